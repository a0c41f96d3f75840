package dev.mote.bench;

import dev.mote.emulator.NetworkedDevice;
import dev.mote.emulator.NetworkedFirmware;
import dev.mote.service.MoteService;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
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

  /// Slots of the firmware, and resources of object 33458.
  private static final int SLOTS = 2;

  private static final int INFERENCES = 7;
  private static final int LATENCY = 8;
  private static final int CLASS = 10;
  private static final int SCORE = 11;
  private static final int SELF_TEST = 12;

  private final Path model;
  private final Path firmware;
  private final Path folder;
  private final long begun = System.nanoTime();
  private final List<NetworkedDevice> devices = new ArrayList<>();

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
    try {
      good = demo.tell(keep);
    } catch (RuntimeException e) {
      System.out.println(e);
      System.out.println("What the service said is in " + demo.folder.resolve("service.log"));
      good = false;
    }
    demo.devices.forEach(NetworkedDevice::close);
    System.exit(good ? 0 : 1);
  }

  private boolean tell(boolean keep) throws IOException, InterruptedException {
    FileSystemUtils.deleteRecursively(folder.resolve("devices"));
    FileSystemUtils.deleteRecursively(folder.resolve("data"));
    Files.createDirectories(folder);
    say("builds the firmware of three boards (the first time takes a minute) …");
    List<NetworkedFirmware> images =
        BOARDS.stream()
            .map(
                kind ->
                    NetworkedFirmware.build(
                        firmware, kind.board(), folder.resolve("firmware").resolve(kind.board())))
            .toList();

    int port = free(HTTP_PORT, ServiceDemo::isFreeForTcp);
    int coaps = free(DTLS_PORT, ServiceDemo::isFreeForUdp);
    String password = HexFormat.of().formatHex(SecureRandom.getSeed(8));
    say("starts the service, with a database of its own …");
    ConfigurableApplicationContext service = start(port, coaps, password);
    String address = "http://localhost:" + port;
    ServiceCalls calls = ServiceCalls.logIn(address, "admin", password);
    say("the service runs at %s, and waits for devices at coaps://localhost:%d", address, coaps);

    switchOn(calls, images, coaps);
    JsonNode version =
        calls.upload(
            "/v1/models/"
                + calls.post("/v1/models", Map.of("name", LabelledModel.NAME)).get("id").asString()
                + "/versions?fileName="
                + LabelledModel.NAME
                + ".tflite",
            Files.readAllBytes(model.resolve(LabelledModel.NAME + ".tflite")));
    say(
        "model %s, version %d uploaded: %,d bytes, %,d multiplications",
        version.get("modelName").asString(),
        version.get("number").asInt(),
        version.get("bytes").asLong(),
        version.get("check").get("macs").asLong());
    boolean good = rollOut(calls, version.get("id").asString());
    good &= results(calls);
    System.out.println();
    if (keep) {
      System.out.printf(
          "%s shows it: user admin, password %s. Ends with Ctrl-C.%n", address, password);
      Thread.sleep(Long.MAX_VALUE);
    }
    devices.forEach(NetworkedDevice::close);
    service.close();
    say("all of it ended; `make demo KEEP=1` leaves it running with the pages at %s", address);
    return good;
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
      JsonNode entered =
          calls.post(
              "/v1/devices",
              Map.of(
                  "endpoint",
                  endpoint,
                  "name",
                  BOARDS.get(i).name(),
                  "tags",
                  Map.of("site", "demo")));
      JsonNode credential = entered.get("credential");
      devices.add(
          NetworkedDevice.start(
              images.get(i),
              Files.createDirectories(folder.resolve("devices").resolve(endpoint)),
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
                  "interval",
                  "1000")));
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

  /// One board first, then the others.
  private boolean rollOut(ServiceCalls calls, String version) {
    Map<String, Object> wanted =
        Map.of(
            "name", "clothes for all boards",
            "version", version,
            "target", Map.of("filter", "tag.site==demo"),
            "waves", List.of(Map.of("name", "canary", "devices", 1), Map.of("name", "the rest")),
            "errors", Map.of("devices", 0, "then", "ROLL_BACK"));
    JsonNode dry = calls.post("/v1/rollouts/dry-run", wanted);
    say(
        "dry run: %d devices match, %d builds",
        dry.get("devices").asInt(), dry.get("builds").size());
    String rollout = calls.post("/v1/rollouts", wanted).get("id").asString();
    calls.post("/v1/rollouts/" + rollout + "/start", Map.of());
    TreeSet<String> told = new TreeSet<>();
    await(
        "the rollout to end",
        () -> {
          List<JsonNode> notes = items(calls.get("/v1/rollouts/" + rollout + "/history"));
          notes.stream()
              .filter(note -> told.add(note.get("id").asString()))
              .forEach(note -> say("rollout: %s", note.get("what").asString()));
          return calls.get("/v1/rollouts/" + rollout).has("ended");
        });
    JsonNode ended = calls.get("/v1/rollouts/" + rollout);
    for (JsonNode member : items(calls.get("/v1/rollouts/" + rollout + "/devices"))) {
      say(
          "%-10s %s %s",
          member.get("name").asString(),
          member.get("state").asString().toLowerCase(Locale.ROOT),
          text(member, "reason"));
    }
    for (JsonNode module : items(calls.get("/v1/modules?version=" + version))) {
      JsonNode report = calls.get("/v1/modules/" + module.get("id").asString()).get("report");
      say(
          "module for %s by %s: %,d bytes, arena %,d",
          module.get("target").asString(),
          module.get("compiler").asString(),
          module.get("bytes").asLong(),
          report.get("sizes").get("arenaBytes").asLong());
    }
    return ended.get("phase").asString().equals("SUCCEEDED");
  }

  /// Waits until every board has told what it made of pictures.
  private boolean results(ServiceCalls calls) {
    List<JsonNode> boards = items(calls.get("/v1/devices"));
    for (JsonNode board : boards) {
      String telemetry = "/v1/devices/" + board.get("id").asString() + "/telemetry";
      await(
          board.get("name").asString() + " to tell what it sees",
          () ->
              latest(calls.get(telemetry), INFERENCES)
                  .filter(n -> n.get("value").asDouble() > 0)
                  .isPresent());
      JsonNode told = calls.get(telemetry);
      say(
          "%-10s self-test %s, %.0f inferences, class %.0f with score %.2f, %.0f µs each",
          board.get("name").asString(),
          latest(told, SELF_TEST)
              .map(n -> n.get("value").asInt() == 1 ? "passed" : "failed")
              .orElse("not told"),
          number(told, INFERENCES),
          number(told, CLASS),
          number(told, SCORE),
          number(told, LATENCY));
    }
    return boards.stream()
        .allMatch(
            board ->
                latest(
                        calls.get("/v1/devices/" + board.get("id").asString() + "/telemetry"),
                        SELF_TEST)
                    .filter(n -> n.get("value").asInt() == 1)
                    .isPresent());
  }

  private static double number(JsonNode telemetry, int resource) {
    return latest(telemetry, resource).map(n -> n.get("value").asDouble()).orElse(Double.NaN);
  }

  /// The latest value of a resource of the slot whose module has worked most: the one in use.
  private static Optional<JsonNode> latest(JsonNode telemetry, int resource) {
    return IntStream.range(0, SLOTS)
        .boxed()
        .max(Comparator.comparingDouble(slot -> value(telemetry, slot, INFERENCES)))
        .flatMap(slot -> find(telemetry, slot, resource));
  }

  private static double value(JsonNode telemetry, int slot, int resource) {
    return find(telemetry, slot, resource).map(n -> n.get("value").asDouble()).orElse(-1.0);
  }

  private static Optional<JsonNode> find(JsonNode telemetry, int slot, int resource) {
    String path = "/33458/%d/%d".formatted(slot, resource);
    for (JsonNode value : telemetry.get("latest")) {
      if (value.get("path").asString().equals(path) && value.has("value")) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
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

  private void say(String format, Object... arguments) {
    System.out.printf(
        Locale.ROOT,
        "%5.1f s  %s%n",
        (System.nanoTime() - begun) / 1e9,
        String.format(Locale.ROOT, format, arguments));
  }

  private static int free(int usual, java.util.function.IntPredicate isFree) {
    int port = usual;
    while (!isFree.test(port)) {
      port++;
    }
    return port;
  }

  private static boolean isFreeForTcp(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isFreeForUdp(int port) {
    try (DatagramSocket socket = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (SocketException e) {
      return false;
    }
  }
}
