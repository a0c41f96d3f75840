package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.NetworkedDevice;
import dev.mote.emulator.NetworkedFirmware;
import dev.mote.module.Golden;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payloads;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.request.ContentFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The sample of `examples/lwm2m-device`, as a process and on boards, at a server of other people.
class NetworkedDeviceTest {

  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private static Path shared;

  private static DeviceServer server;
  private static SigningKey vendor;

  @BeforeAll
  static void start() throws Exception {
    for (String library : List.of("mbedtls", "lwip")) {
      Process sources =
          new ProcessBuilder(ROOT.resolve("scripts/sources").toString(), library)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assumeTrue(sources.waitFor() == 0, "the sources of " + library + " are not there");
    }
    server = new DeviceServer();
    vendor = SigningKey.generate(SignatureAlgorithm.ES256, new SecureRandom());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static NetworkedFirmware firmware(String board) {
    return NetworkedFirmware.build(
        ROOT.resolve("examples/lwm2m-device"),
        board,
        ROOT.resolve("out/lwm2m-device").resolve(board));
  }

  private static NetworkedDevice device(String board, String endpoint, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("endpoint", endpoint);
    settings.put("interval", "300");
    settings.put(
        "vendor",
        Base64.getEncoder().encodeToString(vendor.verification().encoded().toByteArray()));
    settings.putAll(more);
    return NetworkedDevice.start(
        firmware(board),
        shared.resolve(endpoint),
        server.address(more.containsKey("psk") ? Protocol.COAPS : Protocol.COAP),
        settings);
  }

  private static byte[] signed(ModuleFile module) throws Exception {
    return ModuleWriter.write(module.signed(List.of(vendor))).toByteArray();
  }

  private static Golden wrong() {
    return new Golden(
        List.of(new Golden.Input.Linear(1, 0)),
        List.of(new Golden.Output.Exact(Bytes.hex("01020304"))));
  }

  /// Waits until the package is what is waited for; results are read, as a server does.
  private static void awaitState(String endpoint, int state, int result) throws Exception {
    String wanted = "state %d, result %d".formatted(state, result);
    String seen = "";
    for (int i = 0; i < 200 && !seen.equals(wanted); i++) {
      Map<String, String> software = server.read(endpoint, ContentFormat.SENML_CBOR, "/9/0");
      seen = "state %s, result %s".formatted(software.get("/9/0/7"), software.get("/9/0/9"));
      if (!seen.equals(wanted)) {
        Thread.sleep(50);
      }
    }
    assertThat(seen).isEqualTo(wanted);
  }

  private static void install(String endpoint) throws Exception {
    assertThat(server.execute(endpoint, "/9/0/4", "")).isEqualTo("CHANGED(204)");
  }

  private static void clear(String endpoint) throws Exception {
    assertThat(server.execute(endpoint, "/9/0/6", "1")).isEqualTo("CHANGED(204)");
  }

  /// A module that is pushed to a new device, and what it then sends.
  private static void takesFirstModule(String target, String endpoint) throws Exception {
    server.await(endpoint, "registered", PATIENCE);
    takes(target, endpoint, signed(new TinyModel(target, 1).module(1)));
  }

  private static void takes(String target, String endpoint, byte[] module) throws Exception {
    assertThat(server.read(endpoint, ContentFormat.TLV, "/33457/0"))
        .containsEntry("/33457/0/14", target)
        .containsEntry("/33457/0/13", "2");
    server.observe(endpoint, ContentFormat.TLV, "/9/0/7");
    assertThat(server.push(endpoint, module)).isEqualTo("CHANGED(204)");
    server.await(endpoint, "notified {/9/0/7=3}", PATIENCE);
    awaitState(endpoint, 3, 3);
    install(endpoint);
    server.await(endpoint, "registered", PATIENCE);
    awaitState(endpoint, 4, 2);
    assertThat(server.read(endpoint, ContentFormat.SENML_CBOR, "/9/0"))
        .containsEntry("/9/0/0", "tiny")
        .containsEntry("/9/0/1", "1")
        .containsEntry("/9/0/12", "true");
    assertThat(server.await(endpoint, "sent", PATIENCE))
        .contains("/33458/0/7=", "/33458/0/8=", "/33458/0/9=", "/33458/0/10=");
  }

  /// The life of a device: a module that is pushed, one that fails its self-test, one that is
  /// fetched.
  private static void livesThroughUpdates(String board, String target, String endpoint)
      throws Exception {
    TinyModel second = new TinyModel(target, 2);
    try (NetworkedDevice device = device(board, endpoint, Map.of())) {
      takesFirstModule(target, endpoint);

      clear(endpoint);
      assertThat(server.push(endpoint, signed(second.module(2, wrong()))))
          .isEqualTo("CHANGED(204)");
      install(endpoint);
      awaitState(endpoint, 4, 58);
      assertThat(server.value(endpoint, "/9/0/1")).isEqualTo("1");
      assertThat(server.value(endpoint, "/33458/1/6")).isEqualTo("6");
      assertThat(server.value(endpoint, "/33458/1/4")).isEqualTo("6");

      String uri = server.offer(endpoint, signed(second.module(3)), Protocol.COAP);
      clear(endpoint);
      assertThat(server.write(endpoint, ContentFormat.TEXT, 9, 3, uri)).isEqualTo("CHANGED(204)");
      awaitState(endpoint, 3, 3);
      install(endpoint);
      server.await(endpoint, "registered", PATIENCE);
      awaitState(endpoint, 4, 2);
      assertThat(server.value(endpoint, "/9/0/1")).isEqualTo("3");
      device.cutPower();
    }
    try (NetworkedDevice again = device(board, endpoint, Map.of())) {
      server.await(endpoint, "registered", PATIENCE);
      assertThat(server.value(endpoint, "/9/0/1")).isEqualTo("3");
      assertThat(again.lines()).contains("module 3");
    }
  }

  @Test
  void aProcessTakesModulesThatArePushedAndFetched() throws Exception {
    livesThroughUpdates("host", "host", "process-1");
  }

  @Test
  void aBoardDoesTheSame() throws Exception {
    livesThroughUpdates("mps2-an386", "cortex-m4", "board-1");
  }

  @Test
  void dtlsWithAKeyOfItsOwn() throws Exception {
    String endpoint = "secure-1";
    byte[] key = "sixteen bytes of".getBytes(StandardCharsets.US_ASCII);
    server.trust(endpoint, "its-identity", key);
    Map<String, String> secret =
        Map.of("identity", "its-identity", "psk", HexFormat.of().formatHex(key));
    try (NetworkedDevice device = device("host", endpoint, secret)) {
      takesFirstModule("host", endpoint);
      assertThat(device.isOn()).isTrue();
    }
  }

  @Test
  void aDeviceThatRebootsInADownloadGoesOnWithIt() throws Exception {
    String endpoint = "reboots-1";
    try (NetworkedDevice device =
        device("host", endpoint, Map.of("bad", "reboot", "bad-at", "9000"))) {
      server.await(endpoint, "registered", PATIENCE);
      byte[] module = signed(new TinyModel("host", 1).module(1));
      String uri = server.offer(endpoint, module, Protocol.COAP);
      assertThat(server.write(endpoint, ContentFormat.TEXT, 9, 3, uri)).isEqualTo("CHANGED(204)");
      server.await(endpoint, "registered", PATIENCE);
      awaitState(endpoint, 3, 3);
      assertThat(device.lines()).anyMatch(line -> line.startsWith("reboots at byte "));
    }
  }

  @Test
  void aModuleThatFailsInItsTrialIsGivenUpAndSaidSo() throws Exception {
    String endpoint = "trial-1";
    try (NetworkedDevice device = device("host", endpoint, Map.of("bad", "trial"))) {
      server.await(endpoint, "registered", PATIENCE);
      byte[] module = signed(new TinyModel("host", 1).module(1));
      assertThat(server.push(endpoint, module)).isEqualTo("CHANGED(204)");
      install(endpoint);
      server.await(endpoint, "registered", PATIENCE);
      awaitState(endpoint, 0, 58);
      assertThat(server.value(endpoint, "/33458/0/6")).isEqualTo("6");
      assertThat(device.lines()).contains("goes back", "no module");
    }
  }

  @ParameterizedTest
  @CsvSource({"mps2-an505, cortex-m33", "virt, rv32imc"})
  void otherBoardsTakeAModuleThatIsEncryptedForThem(String board, String target) throws Exception {
    String endpoint = "board-" + target;
    RecipientKey.Private own = recipient();
    ModuleFile module = new TinyModel(target, 1).module(1).signed(List.of(vendor));
    Map<String, String> keys =
        Map.of(
            "device-key",
            Base64.getEncoder().encodeToString(own.publicKey().encoded().toByteArray()),
            "device-secret",
            HexFormat.of().formatHex(RuntimeProgram.bigEndian(((ECPrivateKey) own.key()).getS())));
    try (NetworkedDevice device = device(board, endpoint, keys)) {
      server.await(endpoint, "registered", PATIENCE);
      server.push(endpoint, encrypted(module, recipient()));
      awaitState(endpoint, 0, 54);
      assertThat(device.lines()).contains("refused: MOTE-6023");
      clear(endpoint);
      takes(target, endpoint, encrypted(module, own));
    }
  }

  private static RecipientKey.Private recipient() {
    KeyPair pair = Curve.P256.generate(new SecureRandom());
    return new RecipientKey.Private(
        new RecipientKey.Public(
            Curve.P256, Bytes.of(pair.getPublic().getEncoded()), pair.getPublic()),
        pair.getPrivate());
  }

  private static byte[] encrypted(ModuleFile module, RecipientKey.Private whose) {
    return ModuleWriter.write(
            Payloads.encrypt(
                module, ContentAlgorithm.A128GCM, List.of(whose.publicKey()), new SecureRandom()))
        .toByteArray();
  }
}
