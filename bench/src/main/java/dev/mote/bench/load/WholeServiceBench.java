package dev.mote.bench.load;

import dev.mote.bench.ServiceCalls;
import dev.mote.fleet.Fleet;
import dev.mote.fleet.FleetSettings;
import dev.mote.fleet.PskKeys;
import dev.mote.fleet.device.Packages;
import dev.mote.fleet.load.Figures;
import dev.mote.fleet.load.LoadGenerator;
import dev.mote.module.KeyFiles;
import dev.mote.module.TrustList;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Load on the whole service: the process that users start, with all that listens to devices in it,
/// and its database.
final class WholeServiceBench {

  private static final String NAME = "service";
  private static final String PREFIX = "load-";
  private static final String MODULES = "modules-";
  private static final String SECURE = "secure-";

  private static final int ROUNDS = 8;
  private static final int SECURE_DEVICES = 300;
  private static final int DTLS_RATE = 100_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String PASSWORD = "for the time of a measurement";

  private final LoadPlan plan;
  private final Rows rows;
  private final int http = freePort();
  private final int coap = freePort();
  private final int coaps = freePort();

  WholeServiceBench(LoadPlan plan, Rows rows) {
    this.plan = plan;
    this.rows = rows;
  }

  void run() throws IOException {
    Path folder = Files.createTempDirectory("mote-bench");
    try {
      run(folder);
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private void run(Path folder) throws IOException {
    ServerProcess server = start(folder);
    try (LoadGenerator load =
        LoadGenerator.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), coap),
            plan.devices(),
            PREFIX,
            LoadPlan.SERVICE_WINDOW)) {
      ServiceCalls calls = ServiceCalls.logIn("http://localhost:" + http, "admin", PASSWORD);
      enter(calls, load::endpoint, plan.devices(), "none");
      long empty = server.heapAtRest();
      registrations(server, load);
      double full = server.heapAtRest();
      rows.add(Row.of(NAME, "heap per device", (full - empty) / plan.devices(), "bytes"));
      notifications(server, load);
      WarmUp.run(server, load::update);
      rows.rate(NAME, "updates of registrations", server, load::update);
      if (plan.modules() == 0) {
        return;
      }
      modules(server, calls, "PULL");
      modules(server, calls, "PUSH");
      handshakes(server, calls);
      server.kill();
      server = start(folder);
      Figures kept = load.update();
      rows.add(
          new Row(
              NAME,
              "devices kept when it was killed",
              kept.operations(),
              "",
              kept.failures(),
              0,
              0,
              0,
              0));
    } finally {
      server.close();
    }
  }

  private ServerProcess start(Path folder) throws IOException {
    return new ServerProcess(
        ServiceUnderLoad.class,
        List.of(
            "--server.port=" + http,
            "--mote.lwm2m.coap=127.0.0.1:" + coap,
            "--mote.lwm2m.coaps=127.0.0.1:" + coaps,
            "--mote.lwm2m.public-host=127.0.0.1",
            "--mote.lwm2m.node=bench",
            "--mote.access.admin-password=" + PASSWORD,
            "--mote.access.folder=" + folder,
            "--mote.database.folder=" + folder.resolve("database"),
            "--mote.store.folder=" + folder.resolve("artifacts")));
  }

  /// Enters devices in bulk.
  ///
  /// @return what the service says of each
  private static List<JsonNode> enter(
      ServiceCalls calls, IntFunction<String> endpoint, int count, String kind) {
    StringBuilder lines = new StringBuilder("endpoint,kind\n");
    for (int i = 0; i < count; i++) {
      lines.append(endpoint.apply(i)).append(',').append(kind).append('\n');
    }
    List<JsonNode> entered = new ArrayList<>();
    JsonMapper json = new JsonMapper();
    for (String line :
        calls.send("/v1/device-imports", lines.toString(), "text/csv").strip().split("\n", -1)) {
      entered.add(json.readTree(line));
    }
    JsonNode sum = entered.removeLast();
    if (sum.get("entered").asInt() != count) {
      throw new IllegalStateException("not all devices were entered: " + sum);
    }
    return entered;
  }

  private void registrations(ServerProcess server, LoadGenerator load) throws IOException {
    rows.rate(
        NAME,
        "first registrations; read and observed",
        server,
        () -> {
          long begin = System.nanoTime();
          Figures registered = load.register();
          boolean all =
              load.awaitObservations()
                  && load.serveUntil(
                      () ->
                          count(server, "device where facts_digest is not null") >= plan.devices(),
                      PATIENCE);
          return new Figures(
              all ? registered.operations() : 0,
              registered.failures(),
              registered.resent(),
              (System.nanoTime() - begin) / 1e9);
        });
    double[] answered = new double[1];
    rows.rate(
        NAME,
        "registrations in the first minute; and observed again",
        server,
        () -> rounds(load, answered));
    WarmUp.run(
        server,
        () -> {
          load.register();
          observed(load);
        });
    Figures all =
        rows.rate(NAME, "registrations; and observed again", server, () -> rounds(load, answered));
    rows.add(
        new Row(
            NAME,
            "registrations",
            all.operations() / answered[0],
            "/s",
            all.failures(),
            0,
            0,
            0,
            0));
  }

  /// All devices register again, [#ROUNDS] times.
  ///
  /// @param answered set to the seconds until all were answered
  private static Figures rounds(LoadGenerator load, double[] answered) {
    long begin = System.nanoTime();
    long operations = 0;
    long failures = 0;
    long resent = 0;
    answered[0] = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Figures round = load.register();
      operations += round.operations();
      failures += round.failures();
      resent += round.resent();
      answered[0] += round.seconds();
      observed(load);
    }
    return new Figures(operations, failures, resent, (System.nanoTime() - begin) / 1e9);
  }

  private static void observed(LoadGenerator load) {
    if (!load.awaitObservations()) {
      throw new IllegalStateException("not all devices were observed");
    }
  }

  private static long count(ServerProcess server, String what) {
    return Long.parseLong(server.ask("count " + what));
  }

  /// Values in the database since the start.
  private static long written(ServerProcess server) {
    return Long.parseLong(server.ask("written"));
  }

  /// A notification counts when it was acknowledged; the time ends when all values are in the
  /// database.
  private void notifications(ServerProcess server, LoadGenerator load) throws IOException {
    load.notifyFor(plan.time().dividedBy(2));
    await(() -> written(server) > 0);
    settle(server);
    long before = written(server);
    long rowsBefore = count(server, "telemetry_point");
    Figures told =
        rows.rate(
            NAME,
            "confirmable notifications; in the database",
            server,
            () -> {
              long begin = System.nanoTime();
              Figures sent = load.notifyFor(plan.time());
              await(() -> written(server) - before >= sent.operations());
              return new Figures(
                  sent.operations(),
                  sent.failures(),
                  sent.resent(),
                  (System.nanoTime() - begin) / 1e9);
            });
    settle(server);
    long stored = count(server, "telemetry_point") - rowsBefore;
    if (stored < told.operations()) {
      throw new IllegalStateException(
          "%d notifications were acknowledged, %d are stored".formatted(told.operations(), stored));
    }
  }

  /// Waits until nothing is written any more.
  private static void settle(ServerProcess server) {
    long before = -1;
    long now = written(server);
    while (before != now) {
      sleep(Duration.ofSeconds(1));
      before = now;
      now = written(server);
    }
  }

  /// A rollout of one module to many devices, all at once.
  private void modules(ServerProcess server, ServiceCalls calls, String delivery)
      throws IOException {
    String way = delivery.toLowerCase(Locale.ROOT);
    String prefix = MODULES + way + "-";
    // One more: it gets the module first, so that it is built when the others come.
    int devices = plan.modules() + 1;
    FleetSettings settings =
        FleetSettings.of(URI.create("coap://127.0.0.1:" + coap), devices)
            .withPrefix(prefix)
            .withChecks(trust(calls), Packages.SelfTest.NONE);
    enter(calls, settings::endpoint, devices, "none");
    try (Fleet fleet = Fleet.start(settings)) {
      await(() -> known(server, prefix) >= devices);
      String version = upload(calls, "large-" + way);
      String builder = settings.endpoint(0);
      String first = rollOut(calls, version, "endpoint==" + builder, delivery);
      await(() -> ended(calls, first));
      String others = "endpoint==" + prefix + "* and endpoint!=" + builder;
      Figures done =
          rows.rate(
              NAME,
              "modules of 100 kB at once; " + way,
              server,
              () -> {
                long begin = System.nanoTime();
                String rollout = rollOut(calls, version, others, delivery);
                await(() -> ended(calls, rollout));
                double seconds = (System.nanoTime() - begin) / 1e9;
                JsonNode counts = calls.get("/v1/rollouts/" + rollout).get("counts");
                System.err.println("  " + counts);
                long succeeded = counts.get("succeeded").asLong();
                return new Figures(succeeded, plan.modules() - succeeded, 0, seconds);
              });
      long running = fleet.views().stream().filter(view -> view.running().isPresent()).count();
      if (running < done.operations()) {
        throw new IllegalStateException(running + " devices run the module");
      }
      double bytes =
          calls.get("/v1/modules?version=" + version).get("items").get(0).get("bytes").asDouble();
      rows.add(Row.of(NAME, "all of them; " + way, done.seconds(), "s"));
      rows.add(Row.of(NAME, "bytes of modules; " + way, bytes * done.perSecond() / 1000, "kB/s"));
    }
  }

  private static long known(ServerProcess server, String prefix) {
    return count(
        server, "device where facts_digest is not null and endpoint like '" + prefix + "%'");
  }

  private static String upload(ServiceCalls calls, String name) {
    calls.post("/v1/models", Map.of("name", name));
    String path = "/v1/models/" + name + "/versions?fileName=" + name + ".tflite";
    return calls.upload(path, LargeModel.file()).get("id").asString();
  }

  private String rollOut(ServiceCalls calls, String version, String filter, String delivery) {
    Map<String, Object> wanted =
        Map.of(
            "name",
            "load",
            "version",
            version,
            "target",
            Map.of("filter", filter),
            "atOnce",
            plan.modules(),
            "delivery",
            delivery);
    String id = calls.post("/v1/rollouts", wanted).get("id").asString();
    calls.post("/v1/rollouts/" + id + "/start", Map.of());
    return id;
  }

  private static boolean ended(ServiceCalls calls, String rollout) {
    return calls.get("/v1/rollouts/" + rollout).has("ended");
  }

  private static TrustList trust(ServiceCalls calls) {
    String pem = calls.get("/v1/signing-keys").get(0).get("pem").asString();
    return TrustList.of(List.of(KeyFiles.verificationKey(pem, "the service's key")));
  }

  /// Devices that prove a key of their own: a handshake and a registration each.
  private void handshakes(ServerProcess server, ServiceCalls calls) throws IOException {
    List<JsonNode> keys = enter(calls, i -> SECURE + "%05d".formatted(i), SECURE_DEVICES, "psk");
    FleetSettings settings =
        FleetSettings.of(
                URI.create("coaps://127.0.0.1:" + coaps),
                SECURE_DEVICES,
                new PskKeys(
                    i -> keys.get(i).get("identity").asString(),
                    i -> HexFormat.of().parseHex(keys.get(i).get("key").asString())))
            .withPrefix(SECURE)
            .withRate(DTLS_RATE);
    rows.rate(
        NAME,
        "handshakes with a key; registrations; read",
        server,
        () -> {
          long begin = System.nanoTime();
          try (Fleet fleet = Fleet.start(settings)) {
            await(() -> known(server, SECURE) >= SECURE_DEVICES);
            return new Figures(SECURE_DEVICES, 0, 0, (System.nanoTime() - begin) / 1e9);
          }
        });
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited for %s in vain".formatted(PATIENCE));
      }
      sleep(Duration.ofMillis(100));
    }
  }

  private static void sleep(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// A port that nobody listens at, and that no system gives to who asks for any.
  private static int freePort() {
    return IntStream.generate(() -> 20_000 + (int) (Math.random() * 10_000))
        .filter(WholeServiceBench::isFree)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (DatagramSocket socket = new DatagramSocket(port);
        ServerSocket stream = new ServerSocket(port)) {
      return stream.isBound() && socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
