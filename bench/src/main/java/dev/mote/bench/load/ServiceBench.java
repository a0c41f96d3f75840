package dev.mote.bench.load;

import dev.mote.fleet.load.Figures;
import dev.mote.fleet.load.LoadGenerator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// What the service can do on this machine, which its devices are on as well: writes `service.csv`
/// and the table of `docs/reference/capacity.md`.
public final class ServiceBench {

  private static final String GATEWAY = "gateway";

  private ServiceBench() {}

  /// @param arguments folder of the CSV file, file of the table, and for a quick look: devices,
  ///     modules at once, seconds of notifications, and of `gateway` and `service` one alone
  public static void main(String[] arguments) throws IOException {
    boolean isQuick = arguments.length > 2;
    LoadPlan plan =
        isQuick
            ? new LoadPlan(
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Duration.ofSeconds(Integer.parseInt(arguments[4])))
            : LoadPlan.WHOLE;
    Rows rows = new Rows();
    boolean both = arguments.length < 6;
    if (both || arguments[5].equals(GATEWAY)) {
      gateway(plan, rows);
    }
    if (both || arguments[5].equals("service")) {
      new WholeServiceBench(plan, rows).run();
    }
    rows.write(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  private static void gateway(LoadPlan plan, Rows rows) throws IOException {
    try (ServerProcess server = new ServerProcess(ServerUnderLoad.class, List.of());
        LoadGenerator load =
            LoadGenerator.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.number(0)),
                plan.devices(),
                "load-",
                LoadPlan.WINDOW)) {
      long empty = server.heapAtRest();
      WarmUp.run(
          server,
          () -> {
            load.register();
            load.update();
            load.deregister();
          });
      rows.rate(GATEWAY, "registrations", server, load::register);
      server.ask("observe");
      if (!load.awaitObservations()) {
        throw new IllegalStateException("not all devices were observed: " + server.ask("stats"));
      }
      long full = server.heapAtRest();
      rows.add(
          Row.of(GATEWAY, "heap per device", (full - empty) / (double) plan.devices(), "bytes"));
      load.notifyFor(plan.time().dividedBy(2));
      long before = stats(server)[1];
      Figures told =
          rows.rate(
              GATEWAY, "confirmable notifications", server, () -> load.notifyFor(plan.time()));
      long heard = stats(server)[1] - before;
      if (heard < told.operations()) {
        throw new IllegalStateException(
            "%d notifications were acknowledged, %d heard".formatted(told.operations(), heard));
      }
      rows.rate(GATEWAY, "updates of registrations", server, load::update);
      rows.rate(
          GATEWAY, "packages of 100 kB pushed at once", server, () -> pushes(plan, server, load));
    }
  }

  private static Figures pushes(LoadPlan plan, ServerProcess server, LoadGenerator load) {
    String digest = server.word(2);
    long begin = System.nanoTime();
    server.ask("push " + plan.modules());
    boolean all = load.awaitPackages(plan.modules(), digest);
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Figures(
        all ? plan.modules() : 0, all ? load.damaged(digest) : plan.modules(), 0, seconds);
  }

  private static long[] stats(ServerProcess server) {
    return Arrays.stream(server.ask("stats").split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }
}
