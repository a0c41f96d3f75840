package dev.mote.service.system;

import dev.mote.fleet.Fleet;
import dev.mote.fleet.FleetSettings;
import dev.mote.fleet.device.Packages;
import dev.mote.module.KeyFiles;
import dev.mote.module.TrustList;
import dev.mote.service.TestService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// A user's work at a running service: models, devices, rollouts. What it says to the service goes
/// over HTTP, what devices say over UDP.
final class Site {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Path MODEL =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  private TestService.Client user;
  private final int coapPort;

  Site(TestService.Client user, int coapPort) {
    this.user = user;
    this.coapPort = coapPort;
  }

  /// A port that nobody listens at, and that no system gives to who asks for any.
  static int freePort() {
    while (true) {
      int port = 20_000 + ThreadLocalRandom.current().nextInt(10_000);
      try (DatagramSocket socket = new DatagramSocket(port);
          ServerSocket stream = new ServerSocket(port)) {
        return stream.isBound() && socket.isBound() ? port : freePort();
      } catch (IOException e) {
        // Somebody listens there: another one.
      }
    }
  }

  /// The service was started anew.
  void now(TestService.Client again) {
    user = again;
  }

  TestService.Client user() {
    return user;
  }

  /// Uploads the project's model; each further version differs in its last byte, which nothing
  /// reads.
  String version(int number) {
    if (number == 1) {
      user.post("/v1/models", Map.of("name", "clothes")).expect(201);
    }
    byte[] file = file();
    byte[] padded = java.util.Arrays.copyOf(file, file.length + 4 * (number - 1));
    return user.upload("/v1/models/clothes/versions?fileName=clothes.tflite", padded)
        .expect(201)
        .json()
        .get("id")
        .asString();
  }

  private static byte[] file() {
    try {
      return Files.readAllBytes(MODEL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Enters devices that need no key, and switches them on.
  Fleet devices(int count, String prefix, Clock clock, UnaryOperator<FleetSettings> more) {
    FleetSettings settings =
        more.apply(
            FleetSettings.of(URI.create("coap://127.0.0.1:" + coapPort), count)
                .withPrefix(prefix)
                .withChecks(trust(), Packages.SelfTest.NONE));
    for (int i = 0; i < count; i++) {
      enter(settings.endpoint(i));
    }
    return Fleet.start(settings, clock);
  }

  /// Enters a device that needs no key.
  void enter(String endpoint) {
    user.post("/v1/devices", Map.of("endpoint", endpoint, "credential", Map.of("kind", "none")))
        .expect(201);
  }

  private TrustList trust() {
    String pem = user.get("/v1/signing-keys").expect(200).json().get(0).get("pem").asString();
    return TrustList.of(List.of(KeyFiles.verificationKey(pem, "the service's key")));
  }

  /// How many devices the service knows well enough to build for them.
  int known(String prefix) {
    int known = 0;
    for (JsonNode device :
        user.get("/v1/devices?limit=200&filter=endpoint==" + prefix + "*")
            .expect(200)
            .json()
            .get("items")) {
      if (device.has("factsDigest")) {
        known++;
      }
    }
    return known;
  }

  /// Makes a rollout to all devices whose names begin with `prefix`, and starts it.
  String rollOut(String version, String prefix, Map<String, Object> more) {
    Map<String, Object> wanted = new HashMap<>(more);
    wanted.put("name", "for " + prefix);
    wanted.put("version", version);
    wanted.put("target", Map.of("filter", "endpoint==" + prefix + "*"));
    String id = user.post("/v1/rollouts", wanted).expect(201).json().get("id").asString();
    user.post("/v1/rollouts/" + id + "/start", Map.of()).expect(200);
    return id;
  }

  JsonNode rollout(String id) {
    return user.get("/v1/rollouts/" + id).expect(200).json();
  }

  String phase(String rollout) {
    return rollout(rollout).get("phase").asString();
  }

  int count(String rollout, String state) {
    return rollout(rollout).get("counts").get(state).asInt();
  }

  /// What was decided about a rollout, in the service's words.
  String history(String rollout) {
    StringBuilder words = new StringBuilder();
    for (JsonNode note :
        user.get("/v1/rollouts/" + rollout + "/history?limit=100")
            .expect(200)
            .json()
            .get("items")) {
      words.append(note.get("what").asString()).append('\n');
    }
    return words.toString();
  }

  /// Why each device of a rollout is where it is.
  Map<String, JsonNode> members(String rollout) {
    Map<String, JsonNode> members = new HashMap<>();
    for (JsonNode member :
        user.get("/v1/rollouts/" + rollout + "/devices?limit=200")
            .expect(200)
            .json()
            .get("items")) {
      members.put(member.get("name").asString(), member);
    }
    return members;
  }

  /// Waits until a rollout has ended, and does `meanwhile` again and again until then.
  void awaitEnd(String rollout, Runnable meanwhile) throws InterruptedException {
    await(
        () -> "the rollout to end: " + history(rollout) + members(rollout),
        () -> {
          meanwhile.run();
          return rollout(rollout).has("ended");
        });
  }

  /// Waits until the service knows enough of so many devices.
  void awaitKnown(String prefix, int devices) throws InterruptedException {
    await(
        () -> "devices %s to be known, %d are".formatted(prefix, known(prefix)),
        () -> known(prefix) >= devices);
  }

  /// Waits until `condition` holds; fails with the words of `what` when it does not in time.
  static void await(Supplier<String> what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + what.get());
      }
      Thread.sleep(100);
    }
  }
}
