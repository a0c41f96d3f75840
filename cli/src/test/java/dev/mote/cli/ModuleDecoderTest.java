package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The decoder in `examples/module-decoder`, which was written from the specification alone, says
/// of modules what `mote module inspect` says.
class ModuleDecoderTest {

  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));
  private static final Path MODEL =
      ROOT.resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  @TempDir private Path folder;

  @BeforeEach
  void needsPython() {
    assumeTrue(canRun("python3", "--version"), "there is no python3");
  }

  private static boolean canRun(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void mote(String... arguments) {
    Run run = Run.of(arguments);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  /// What the decoder did.
  private record Decoded(int exitCode, String out, String err) {
    Map<String, Object> json() throws IOException {
      assertThat(err).isEmpty();
      return JSON.std.mapFrom(out);
    }
  }

  private Decoded decode(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("python3");
    command.add(ROOT.resolve("examples/module-decoder/decode.py").toString());
    command.addAll(Arrays.asList(arguments));
    Path out = folder.resolve("decoder.out");
    Path err = folder.resolve("decoder.err");
    int exitCode =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Decoded(exitCode, Files.readString(out), Files.readString(err));
  }

  private void build(String name, String kind, String... more) {
    mote("module", "keygen", path("vendor"), "--kind", kind);
    List<String> command = new ArrayList<>();
    command.addAll(List.of("module", "build", MODEL.toString(), "-o", path(name), "--with-model"));
    command.addAll(List.of("--key", path("vendor.pem")));
    command.addAll(Arrays.asList(more));
    mote(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "es256"})
  void bothSayTheSame(String kind) throws IOException, InterruptedException {
    assumeTrue(kind.equals("ed25519") || canRun("openssl", "version"), "there is no openssl");
    build("a.mote", kind, "--labels", ROOT.resolve("examples/fashion-mnist/labels.txt").toString());
    Map<String, Object> ours = Run.of("module", "inspect", path("a.mote"), "--json").jsonObject();
    Map<String, Object> theirs =
        decode(path("a.mote"), "--key", path("vendor.pub.pem"), "--unpack", path("out")).json();
    for (String key :
        List.of(
            "name",
            "version",
            "sequence",
            "manifestDigest",
            "inputs",
            "outputs",
            "goldenVectors")) {
      assertThat(theirs.get(key)).as(key).isEqualTo(ours.get(key));
    }
    List<Map<String, Object>> payloads = maps(theirs.get("payloads"));
    for (int i = 0; i < payloads.size(); i++) {
      assertThat(payloads.get(i)).containsEntry("state", "verified");
      payloads.get(i).remove("state");
      assertThat(maps(ours.get("payloads")).get(i)).containsAllEntriesOf(payloads.get(i));
    }
    assertThat(maps(theirs.get("signatures")).getFirst())
        .containsEntry("checked", true)
        .containsAllEntriesOf(maps(ours.get("signatures")).getFirst());
    assertThat(folder.resolve("out/payload-1")).hasSameBinaryContentAs(MODEL);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> maps(@Nullable Object value) {
    return (List<Map<String, Object>>) Objects.requireNonNull(value);
  }

  @Test
  void itAppliesADelta() throws IOException, InterruptedException {
    build("old.mote", "ed25519");
    Path other = Files.write(folder.resolve("model.tflite"), Retrained.lastLayerOf(MODEL));
    mote(
        "module",
        "build",
        other.toString(),
        "--with-model",
        "--key",
        path("vendor.pem"),
        "-o",
        path("new.mote"));
    mote("module", "diff", path("old.mote"), path("new.mote"), "-o", path("delta.mote"));
    Decoded decoded =
        decode(
            path("delta.mote"),
            "--key",
            path("vendor.pub.pem"),
            "--base",
            path("old.mote"),
            "--unpack",
            path("out"));
    assertThat(decoded.err()).isEmpty();
    assertThat(folder.resolve("out/payload-1")).hasSameBinaryContentAs(other);
    assertThat(decode(path("delta.mote"), "--key", path("vendor.pub.pem")).err())
        .isEqualTo("MOTE-6024 the base of a delta is not at hand\n");
  }

  @Test
  void itRefusesWhatWasChanged() throws IOException, InterruptedException {
    build("a.mote", "ed25519");
    byte[] file = Files.readAllBytes(folder.resolve("a.mote"));
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int manifest = text.indexOf("tflite");
    assertRefused(file, manifest, "MOTE-6009 the manifest is not the one of the digest\n");
    assertRefused(file, file.length - 1, "MOTE-6021 a payload or a block has another digest\n");
    assertRefused(file, 0, "MOTE-6001 it is no module\n");
    mote("module", "keygen", path("stranger"));
    assertThat(decode(path("a.mote"), "--key", path("stranger.pub.pem")).err())
        .isEqualTo("MOTE-6010 nobody trusted signed it\n");
  }

  private void assertRefused(byte[] file, int at, String message)
      throws IOException, InterruptedException {
    byte[] changed = file.clone();
    changed[at] ^= 1;
    Files.write(folder.resolve("b.mote"), changed);
    Decoded decoded = decode(path("b.mote"), "--key", path("vendor.pub.pem"));
    assertThat(decoded.exitCode()).isEqualTo(1);
    assertThat(decoded.err()).isEqualTo(message);
  }
}
