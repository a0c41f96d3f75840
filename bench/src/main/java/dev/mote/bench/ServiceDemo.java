package dev.mote.bench;

import dev.mote.emulator.NetworkedDevice;
import dev.mote.emulator.NetworkedFirmware;
import dev.mote.module.cose.Curve;
import dev.mote.service.MoteService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/// The whole way of a model: a service, three emulated boards of different instruction sets on its
/// network, a rollout to all of them, and what they make of pictures.
///
/// Arguments: the folder of the model, that of the firmware's sources, that for what is made, and
/// `keep` to leave all of it running until it is interrupted. Ends with status 1 when a step does
/// not come to its end.
public final class ServiceDemo {

  private record BoardKind(String board, String name) {}

  private static final List<BoardKind> BOARDS =
      List.of(
          new BoardKind("mps2-an386", "Cortex-M4"),
          new BoardKind("mps2-an505", "Cortex-M33"),
          new BoardKind("virt", "RISC-V"));

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int HTTP_PORT = 8080;
  private static final int DTLS_PORT = 5684;

  /// Between two samples of a board: 1 s.
  private static final String INTERVAL_MILLISECONDS = "1000";

  /// Shares no divisor with the number of samples.
  private static final int SAMPLES_STEP = 37;

  /// So many until a board's result is told.
  private static final int INFERENCES = 3;

  private final Path model;
  private final Path firmware;
  private final Path folder;
  private final long begun = System.nanoTime();
  private final List<NetworkedDevice> devices = new CopyOnWriteArrayList<>();
  private String devicePage = "";

  private ServiceDemo(Path model, Path firmware, Path folder) {
    this.model = model;
    this.firmware = firmware;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    ServiceDemo demo =
        new ServiceDemo(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    boolean keep = arguments.length > 3 && arguments[3].equals("keep");
    boolean good;
    // However it ends, no emulator is left.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> demo.devices.forEach(NetworkedDevice::close)));
    try {
      good = demo.tell(keep);
    } catch (RuntimeException e) {
      System.out.println();
      System.out.println("The demo failed: " + e.getMessage());
      System.out.println("What the service said is in " + demo.folder.resolve("service.log"));
      good = false;
    }
    System.exit(good ? 0 : 1);
  }

  private boolean tell(boolean keep) throws IOException, InterruptedException {
    FileSystemUtils.deleteRecursively(folder.resolve("devices"));
    FileSystemUtils.deleteRecursively(folder.resolve("data"));
    Files.createDirectories(folder);
    System.out.println(
        """
        A service builds one model for three emulated boards of different instruction sets, brings a
        module to each over its network, signed, and encrypted for it alone, and shows what they make
        of pictures of clothes.
        """);
    title("The service, and the firmware of the boards");
    int port = FreePorts.tcp(HTTP_PORT);
    int coaps = FreePorts.udp(DTLS_PORT);
    if (port != HTTP_PORT) {
      say("port %d is in use by another program: the pages are at port %d", HTTP_PORT, port);
    }
    String password = HexFormat.of().formatHex(SecureRandom.getSeed(8));
    // Each takes a core for a while.
    CompletableFuture<List<NetworkedFirmware>> building =
        CompletableFuture.supplyAsync(this::buildFirmware);
    ConfigurableApplicationContext service = start(port, coaps, password);
    String address = "http://localhost:" + port;
    ServiceCalls calls = ServiceCalls.logIn(address, "admin", password);
    say("the service runs at %s, with a database of its own", address);
    List<NetworkedFirmware> images = building.join();

    title("The boards are switched on");
    switchOn(calls, images, coaps);
    title("A model is uploaded");
    JsonNode version =
        calls.upload(
            "/v1/models/"
                + calls.post("/v1/models", Map.of("name", LabelledModel.NAME)).get("id").asString()
                + "/versions?fileName="
                + LabelledModel.NAME
                + ".tflite",
            Files.readAllBytes(model.resolve(LabelledModel.NAME + ".tflite")));
    say(
        "%s, version %d: %,d bytes, %,d multiplications for an inference",
        version.get("modelName").asString(),
        version.get("number").asInt(),
        version.get("bytes").asLong(),
        version.get("check").get("macs").asLong());
    String rollout = create(calls, version.get("id").asString());
    boolean good = rollOut(calls, rollout);
    modules(calls, version.get("id").asString());
    good &= results(calls);
    System.out.println();
    if (keep) {
      System.out.println(whatToLookAt(address, password, rollout, version.get("id").asString()));
      Thread.sleep(Long.MAX_VALUE);
    }
    devices.forEach(NetworkedDevice::close);
    service.close();
    say("all of it has ended. `make demo KEEP=1` leaves it running, with its pages at %s", address);
    return good;
  }

  private String whatToLookAt(String address, String password, String rollout, String version) {
    String board = devicePage;
    return """
        All of it runs on. Log in as 'admin' with the password %2$s

          %1$s/rollouts/%3$s   how it went, wave by wave
          %1$s/devices/%5$s    a board: where it is and why, what it measures
          %1$s/versions/%4$s   the model: where it fits, what came of it
          ./mote login %1$s --user admin, then: ./mote devices list

        What the service says is in %6$s. Ctrl-C ends all of it."""
        .formatted(address, password, rollout, version, board, folder.resolve("service.log"));
  }

  private List<NetworkedFirmware> buildFirmware() {
    List<NetworkedFirmware> images = new ArrayList<>();
    for (BoardKind kind : BOARDS) {
      NetworkedFirmware image =
          NetworkedFirmware.build(
              firmware, kind.board(), folder.resolve("firmware").resolve(kind.board()));
      say("firmware for %s (%s): %,d bytes", kind.name(), kind.board(), image.flashBytes());
      images.add(image);
    }
    return images;
  }

  private ConfigurableApplicationContext start(int port, int coaps, String password) {
    return SpringApplication.run(
        MoteService.class,
        "--server.port=" + port,
        "--mote.lwm2m.coap=off",
        "--mote.lwm2m.coaps=127.0.0.1:" + coaps,
        "--mote.lwm2m.public-host=10.0.2.2",
        "--mote.access.admin-password=" + password,
        "--mote.access.folder=" + folder.resolve("data"),
        "--mote.database.folder=" + folder.resolve("data/database"),
        "--mote.store.folder=" + folder.resolve("data/artifacts"),
        "--logging.file.name=" + folder.resolve("service.log"),
        "--logging.threshold.console=off",
        "--logging.threshold.file=info");
  }

  /// Enters each board with a key of its own, and gives it power.
  private void switchOn(ServiceCalls calls, List<NetworkedFirmware> images, int coaps)
      throws IOException {
    String vendor =
        calls
            .get("/v1/signing-keys")
            .get(0)
            .get("pem")
            .asString()
            .replaceAll("-----[^-]*-----|\\s", "");
    for (int i = 0; i < images.size(); i++) {
      String endpoint = "board-" + BOARDS.get(i).name().toLowerCase(Locale.ROOT);
      // Made where the device is: the service gets the public half.
      KeyPair own = Curve.P256.generate(new SecureRandom());
      String publicKey = Base64.getEncoder().encodeToString(own.getPublic().getEncoded());
      JsonNode entered =
          calls.post(
              "/v1/devices",
              Map.of(
                  "endpoint",
                  endpoint,
                  "name",
                  BOARDS.get(i).name(),
                  "tags",
                  Map.of("site", "demo"),
                  "recipientKey",
                  publicKey));
      JsonNode credential = entered.get("credential");
      Path home = Files.createDirectories(folder.resolve("devices").resolve(endpoint));
      Files.write(home.resolve("samples.bin"), samples());
      devices.add(
          NetworkedDevice.start(
              images.get(i),
              home,
              new InetSocketAddress(InetAddress.getLoopbackAddress(), coaps),
              Map.of(
                  "endpoint",
                  endpoint,
                  "vendor",
                  vendor,
                  "identity",
                  credential.get("identity").asString(),
                  "psk",
                  credential.get("key").asString(),
                  "device-key",
                  publicKey,
                  "device-secret",
                  scalar((ECPrivateKey) own.getPrivate()),
                  "interval",
                  INTERVAL_MILLISECONDS)));
    }
    await(
        "the boards register and say what they are",
        () ->
            items(calls.get("/v1/devices?filter=state==ONLINE")).size() == BOARDS.size()
                && items(calls.get("/v1/devices")).stream().allMatch(d -> d.has("factsDigest")));
    for (JsonNode device : items(calls.get("/v1/devices"))) {
      JsonNode able = calls.get("/v1/devices/" + device.get("id").asString()).get("capabilities");
      say(
          "%-10s registered over DTLS: %s, %,d bytes of flash and %,d of RAM free",
          device.get("name").asString(),
          text(able, "target"),
          able.get("flashFreeBytes").asLong(),
          able.get("ramFreeBytes").asLong());
    }
  }

  /// 32 bytes in hexadecimal digits.
  private static String scalar(ECPrivateKey key) {
    String digits = key.getS().toString(16);
    return "0".repeat(64 - digits.length()) + digits;
  }

  /// The model's labelled pictures, those of one class not one after the other.
  private byte[] samples() throws IOException {
    LabelledModel labelled = LabelledModel.read(model);
    ByteArrayOutputStream mixed = new ByteArrayOutputStream();
    int all = labelled.pictures().size();
    for (int i = 0; i < all; i++) {
      mixed.writeBytes(labelled.pictures().get(i * SAMPLES_STEP % all).toByteArray());
    }
    return mixed.toByteArray();
  }

  /// One board first, then the others.
  private String create(ServiceCalls calls, String version) {
    Map<String, Object> wanted =
        Map.of(
            "name", "clothes for all boards",
            "version", version,
            "target", Map.of("filter", "tag.site==demo"),
            "waves",
                List.of(
                    Map.of("name", "canary", "devices", 1, "soak", "PT3S"),
                    Map.of("name", "the rest")),
            "errors", Map.of("devices", 0, "then", "ROLL_BACK"),
            "gates", Map.of("selfTestFailures", 0, "minimumSample", 1));
    title("A rollout brings it to the boards: one first, then the others");
    JsonNode dry = calls.post("/v1/rollouts/dry-run", wanted);
    say(
        "a dry run finds %d devices and %d builds: every board gets code for its processor",
        dry.get("devices").asInt(), dry.get("builds").size());
    String rollout = calls.post("/v1/rollouts", wanted).get("id").asString();
    calls.post("/v1/rollouts/" + rollout + "/start", Map.of());
    return rollout;
  }

  private boolean rollOut(ServiceCalls calls, String rollout) {
    TreeSet<String> told = new TreeSet<>();
    await(
        "the rollout to end",
        () -> {
          List<JsonNode> notes = items(calls.get("/v1/rollouts/" + rollout + "/history"));
          notes.stream()
              .filter(note -> told.add(note.get("id").asString()))
              .forEach(note -> say("%s", note.get("what").asString()));
          return calls.get("/v1/rollouts/" + rollout).has("ended");
        });
    JsonNode ended = calls.get("/v1/rollouts/" + rollout);
    for (JsonNode member : items(calls.get("/v1/rollouts/" + rollout + "/devices"))) {
      if (!member.get("state").asString().equals("SUCCEEDED")) {
        say("%-10s %s", member.get("name").asString(), text(member, "reason"));
      }
    }
    return ended.get("phase").asString().equals("SUCCEEDED");
  }

  private void modules(ServiceCalls calls, String version) {
    for (JsonNode module : items(calls.get("/v1/modules?version=" + version))) {
      JsonNode sizes =
          calls.get("/v1/modules/" + module.get("id").asString()).get("report").get("sizes");
      say(
          "module for %-10s %,6d bytes, signed, sent encrypted; runs in %,d bytes of RAM; proved on an emulated board, %,d instructions",
          module.get("target").asString(),
          module.get("bytes").asLong(),
          sizes.get("arenaBytes").asLong(),
          sizes.path("instructions").asLong());
    }
  }

  /// Waits until every board has told what it made of pictures.
  private boolean results(ServiceCalls calls) throws IOException {
    title("What the boards see");
    List<String> classes = Files.readAllLines(model.resolve("labels.txt"));
    boolean good = true;
    for (JsonNode board : items(calls.get("/v1/devices"))) {
      devicePage = board.get("id").asString();
      String telemetry = "/v1/devices/" + devicePage + "/telemetry";
      AtomicReference<SlotTelemetry> told = new AtomicReference<>();
      await(
          board.get("name").asString() + " to tell what it sees",
          () -> {
            told.set(SlotTelemetry.ofBusiest(calls.get(telemetry)));
            return told.get().inferences() >= INFERENCES;
          });
      SlotTelemetry now = told.get();
      good &= now.hasPassed();
      say(
          "%-10s self-test %s, %.0f pictures seen, the last one: %s (score %.2f)",
          board.get("name").asString(),
          now.hasPassed() ? "passed" : "not passed",
          now.inferences(),
          classes.get((int) now.label()),
          now.score());
    }
    return good;
  }

  private static List<JsonNode> items(JsonNode page) {
    List<JsonNode> items = new ArrayList<>();
    page.get("items").forEach(items::add);
    return items;
  }

  private static String text(JsonNode node, String field) {
    return node.has(field) ? node.get(field).asString() : "";
  }

  private void await(String what, Supplier<Boolean> condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.get()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "waited %d s for %s, in vain".formatted(PATIENCE.toSeconds(), what));
      }
      try {
        Thread.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private void title(String words) {
    System.out.printf("%n%s%n", words);
  }

  private void say(String format, Object... arguments) {
    System.out.printf(
        Locale.ROOT,
        "%5.1f s  %s%n",
        (System.nanoTime() - begun) / 1e9,
        String.format(Locale.ROOT, format, arguments));
  }
}
