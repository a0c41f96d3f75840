package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.wasm.WasmBuild;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `mote module`, from keys to what a device unpacks, on the project's own model.
class ModuleCommandsTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("mote.root", ".."), "examples/fashion-mnist");
  private static final Path MODEL = EXAMPLE.resolve("fashion_mnist_int8.tflite");

  @TempDir private Path folder;

  @BeforeEach
  void makeKey() {
    assertThat(mote("keygen", path("vendor")).exitCode()).isZero();
  }

  private static Run mote(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "module";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Run run = Run.of(all);
    return run;
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  /// Builds a signed module.
  private void build(Path model, String name, String... more) {
    String[] fixed = {
      "build", model.toString(), "-o", path(name), "--name", "fashion", "--key", path("vendor.pem")
    };
    String[] all = Arrays.copyOf(fixed, fixed.length + more.length);
    System.arraycopy(more, 0, all, fixed.length, more.length);
    Run run = mote(all);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void webAssemblyIsRunOnTheGoldenVectors() {
    assumeTrue(WasmBuild.isAvailable(), "no clang with wasm-ld: apt-get install clang lld");
    build(MODEL, "w.mote", "-t", "wasm32");
    Run verify = mote("verify", path("w.mote"), "--key", path("vendor.pub.pem"));
    assertThat(verify.err()).isEmpty();
    assertThat(verify.out()).contains("the WebAssembly gives the outputs of 2 golden vectors");
    Run run = Run.of("verify", MODEL.toString(), "-t", "wasm32", "--random", "3");
    assertThat(run.out()).contains("reference, host, wasm32 agree on 3 inputs");
  }

  @Test
  void aModelBecomesASignedModuleWhoseSourcesAreThoseOfCompile() throws IOException {
    build(
        MODEL,
        "a.mote",
        "--with-model",
        "--labels",
        EXAMPLE.resolve("labels.txt").toString(),
        "--licence",
        "Apache-2.0",
        "--vendor",
        "example.com");
    Run verify = mote("verify", path("a.mote"), "--key", path("vendor.pub.pem"));
    assertThat(verify.err()).isEmpty();
    assertThat(verify.out())
        .startsWith("fashion 1.0.0: signed by ")
        .contains(
            "2 of 2 payloads carried, all as the manifest says",
            "the reference interpreter gives the outputs of 2 golden vectors");
    assertThat(mote("unpack", path("a.mote"), "-o", path("out")).exitCode()).isZero();
    Run.of("compile", MODEL.toString(), "-o", path("compiled"));
    for (String name : List.of("fashion_mnist_int8.h", "fashion_mnist_int8.c")) {
      assertThat(folder.resolve("out").resolve(name))
          .hasSameTextualContentAs(folder.resolve("compiled").resolve(name));
    }
    assertThat(folder.resolve("out/fashion.tflite")).hasSameBinaryContentAs(MODEL);
  }

  @Test
  void inspectShowsTheManifest() throws IOException {
    build(MODEL, "a.mote", "--sequence", "7", "--vendor", "example.com");
    Run inspect = mote("inspect", path("a.mote"));
    assertThat(inspect.out())
        .startsWith("fashion 1.0.0, sequence number 7\n")
        .contains(
            "vendor   cfbff0d1-9375-5685-968c-48ce8b15ae17",
            "payload  0: c-sources for armv7e-m dsp, ",
            "golden   2 vectors",
            "ED25519");
    Map<String, Object> json = mote("inspect", path("a.mote"), "--json").jsonObject();
    assertThat(json)
        .containsEntry("sequence", 7)
        .containsKeys("provenance", "payloads", "inputs", "outputs", "signatures");
    assertThat(mote("inspect", path("a.mote"), "--diagnostic").out())
        .startsWith("{\n  1: 1,\n  2: 7,\n");
  }

  @Test
  void equalBuildsAreEqual() throws IOException {
    build(MODEL, "a.mote");
    build(MODEL, "b.mote");
    assertThat(folder.resolve("a.mote")).hasSameBinaryContentAs(folder.resolve("b.mote"));
  }

  @Test
  void nativeCodeAndItsSourcesTravelInOneModule() throws IOException {
    String[] payloads = {"--payload", "native", "--payload", "c-sources", "--measure"};
    build(MODEL, "a.mote", payloads);
    build(MODEL, "b.mote", payloads);
    assertThat(folder.resolve("a.mote")).hasSameBinaryContentAs(folder.resolve("b.mote"));
    assertThat(mote("verify", path("a.mote"), "--key", path("vendor.pub.pem")).out())
        .contains("2 of 2 payloads carried, all as the manifest says");
    Map<String, Object> json = mote("inspect", path("a.mote"), "--json").jsonObject();
    List<?> all = (List<?>) Objects.requireNonNull(json.get("payloads"));
    assertThat(all).extracting("kind").containsExactly("native", "c-sources");
    assertThat(all).extracting("architecture").containsExactly("armv7e-m", "armv7e-m");
    assertThat(all.getFirst())
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("measuredOn", "cortex-m4 emulated")
        .containsKeys("instructions", "codeBytes", "stackBytes", "arenaBytes");
  }

  @Test
  void aSharedLibraryIsForTheHost() {
    build(MODEL, "a.mote", "--payload", "shared-library", "-t", "host");
    assertThat(mote("inspect", path("a.mote")).out()).contains("payload  0: shared-library for ");
    Run wrong =
        mote("build", MODEL.toString(), "-o", path("w.mote"), "--payload", "shared-library");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.err()).startsWith("MOTE-5012 model 'fashion_mnist_int8' for cortex-m4: ");
    Run unknown = mote("build", MODEL.toString(), "--payload", "wasm");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err())
        .contains("'wasm' is none of native, c-sources, tflite, webassembly, shared-library");
    Run elsewhere = mote("build", MODEL.toString(), "--payload", "webassembly");
    assertThat(elsewhere.exitCode()).isEqualTo(2);
    assertThat(elsewhere.err()).contains("--payload webassembly goes with --target wasm32");
  }

  @Test
  void anEncryptedModuleOpensForItsRecipientsOnly() throws IOException {
    build(MODEL, "a.mote");
    mote("keygen", path("device"), "--kind", "x25519");
    mote("keygen", path("group"), "--kind", "shared_256");
    mote("keygen", path("stranger"), "--kind", "p256");
    Run encrypt =
        mote(
            "encrypt",
            path("a.mote"),
            "-o",
            path("e.mote"),
            "--algorithm",
            "a256gcm",
            "--recipient",
            path("device.pub.pem"),
            "--recipient",
            path("group.pem"));
    assertThat(encrypt.err()).isEmpty();
    for (String key : List.of("device.pem", "group.pem")) {
      Run verify =
          mote(
              "verify",
              path("e.mote"),
              "--key",
              path("vendor.pub.pem"),
              "--decrypt-key",
              path(key));
      assertThat(verify.err()).isEmpty();
      assertThat(verify.exitCode()).isZero();
    }
    Run refused =
        mote(
            "verify",
            path("e.mote"),
            "--key",
            path("vendor.pub.pem"),
            "--decrypt-key",
            path("stranger.pem"));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err()).startsWith("MOTE-6023 payload 0: it is encrypted for the keys ");
  }

  @Test
  void aHybridSignatureCanBeRequired() throws IOException {
    build(MODEL, "a.mote");
    mote("keygen", path("second"), "--kind", "ml_dsa_65");
    Run missing =
        mote(
            "verify",
            path("a.mote"),
            "--key",
            path("vendor.pub.pem"),
            "--require",
            "ed25519,ml_dsa_65");
    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err())
        .startsWith(
            "MOTE-6010 %s, module: no trusted key signed it by ML_DSA_65\n  Fix: "
                .formatted(path("a.mote")));
    mote("sign", path("a.mote"), "--key", path("second.pem"));
    Run both =
        mote(
            "verify",
            path("a.mote"),
            "--key",
            path("vendor.pub.pem"),
            "--key",
            path("second.pub.pem"),
            "--require",
            "ed25519,ml_dsa_65");
    assertThat(both.err()).isEmpty();
    assertThat(both.exitCode()).isZero();
  }

  /// The last layer gets other weights, in the model's file.
  @ParameterizedTest
  @CsvSource({"native, fashion.bin", "tflite, fashion.tflite", "c-sources, fashion_mnist_int8.c"})
  void aRetrainedLastLayerIsADeltaOfLessThanATenth(String kind, String file) throws IOException {
    Path retrained = folder.resolve("fashion_mnist_int8.tflite");
    Files.write(retrained, Retrained.lastLayerOf(MODEL));
    build(MODEL, "old.mote", "--payload", kind);
    build(retrained, "new.mote", "--payload", kind, "--sequence", "2");
    Run diff = mote("diff", path("old.mote"), path("new.mote"), "-o", path("d.mote"));
    assertThat(diff.err()).isEmpty();
    assertThat(diff.out()).contains(" %");
    assertThat(10 * Files.size(folder.resolve("d.mote")))
        .isLessThan(Files.size(folder.resolve("new.mote")));
    Run verify =
        mote("verify", path("d.mote"), "--key", path("vendor.pub.pem"), "--base", path("old.mote"));
    assertThat(verify.err()).isEmpty();
    assertThat(verify.exitCode()).isZero();
    mote("unpack", path("new.mote"), "-o", path("full"));
    mote("unpack", path("d.mote"), "-o", path("out"), "--base", path("old.mote"));
    assertThat(folder.resolve("out").resolve(file))
        .hasSameBinaryContentAs(folder.resolve("full").resolve(file));
  }

  /// What a module adds to its payload, with all that can be said of the model.
  @ParameterizedTest
  @ValueSource(strings = {"native", "tflite", "c-sources"})
  void theOverheadOfAModuleIsBelowTheLimitOfTheSpecification(String kind) throws IOException {
    build(
        MODEL,
        "a.mote",
        "--payload",
        kind,
        "--labels",
        EXAMPLE.resolve("labels.txt").toString(),
        "--licence",
        "Apache-2.0",
        "--vendor",
        "example.com");
    Map<String, Object> json = mote("inspect", path("a.mote"), "--json").jsonObject();
    List<?> payloads = (List<?>) Objects.requireNonNull(json.get("payloads"));
    Map<?, ?> payload = (Map<?, ?>) payloads.getFirst();
    long size = ((Number) Objects.requireNonNull(payload.get("bytes"))).longValue();
    assertThat(Files.size(folder.resolve("a.mote")) - size).isBetween(500L, 1536L);
  }

  @Test
  void aChangedModuleIsRefusedInWords() throws IOException {
    build(MODEL, "a.mote");
    byte[] bytes = Files.readAllBytes(folder.resolve("a.mote"));
    bytes[bytes.length - 1] ^= 1;
    Files.write(folder.resolve("b.mote"), bytes);
    Run verify = mote("verify", path("b.mote"), "--key", path("vendor.pub.pem"));
    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.err())
        .matches(
            "(?s)MOTE-6021 payload 0, block \\d+: its SHA-256 is not the one in the manifest\\n"
                + "  Fix: fetch or build the file again; the payload was changed.\\n");
    Run model = mote("inspect", MODEL.toString());
    assertThat(model.err())
        .isEqualTo(
            "MOTE-6001 %s, module: it does not start with the tag of an envelope\n".formatted(MODEL)
                + "  Fix: give the path of a module, as 'mote module build' writes it.\n");
  }

  @Test
  void aTrustListRotatesAKey() throws IOException {
    build(MODEL, "a.mote");
    mote("keygen", path("root"), "--kind", "es256");
    mote("keygen", path("next"));
    Object old =
        ((Map<?, ?>)
                ((List<?>)
                        Objects.requireNonNull(
                            mote("inspect", path("a.mote"), "--json")
                                .jsonObject()
                                .get("signatures")))
                    .getFirst())
            .get("key");
    Run trust =
        mote(
            "trust",
            "--sequence",
            "2",
            "--modules",
            path("next.pub.pem"),
            "--lists",
            path("root.pub.pem"),
            "--revoke",
            String.valueOf(old),
            "--key",
            path("root.pem"),
            "-o",
            path("trust"));
    assertThat(trust.err()).isEmpty();
    String[] verify = {
      "verify", path("a.mote"), "--key", path("root.pub.pem"), "--trust-list", path("trust")
    };
    assertThat(mote(verify).err())
        .startsWith("MOTE-6012 " + path("a.mote") + ", module: the key " + old + " is revoked\n");
    mote("build", MODEL.toString(), "-o", path("a.mote"), "--key", path("next.pem"));
    assertThat(mote(verify).exitCode()).isZero();
    Run forged =
        mote(
            "verify", path("a.mote"), "--key", path("next.pub.pem"), "--trust-list", path("trust"));
    assertThat(forged.err()).startsWith("MOTE-6010 trust list: no trusted key signed it");
  }

  @Test
  void keysAreNotOverwrittenAndWrongOnesAreNamed() throws IOException {
    Run again = mote("keygen", path("vendor"));
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err())
        .isEqualTo(
            "MOTE-4017 %s: there is such a file already\n  Fix: choose another name.\n"
                .formatted(path("vendor.pem")));
    build(MODEL, "a.mote");
    Run open = mote("sign", path("a.mote"), "--key", path("vendor.pub.pem"));
    assertThat(open.err())
        .startsWith(
            "MOTE-6030 %s: it holds no private key, only a public one"
                .formatted(path("vendor.pub.pem")));
  }

  @Test
  void withoutASubcommandThereIsHelp() {
    Run run = Run.of("module");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("module: one of build, sign, encrypt, ");
  }
}
