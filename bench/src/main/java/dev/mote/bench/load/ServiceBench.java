package dev.mote.bench.load;

import dev.mote.fleet.load.Figures;
import dev.mote.fleet.load.LoadGenerator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// What a server can do on this machine, which its devices are on as well: writes `service.csv` and
/// the table of
/// `docs/reference/capacity.md`.
public final class ServiceBench {

  /// Half of it for what is young: what passes by with each message is then mostly gone when the
  /// collector comes.
  /// What is held softly does not count, so that the heap before the first device is not seen too
  /// large.
  private static final List<String> HEAP =
      List.of("-Xms1g", "-Xmx1g", "-Xmn512m", "-XX:SoftRefLRUPolicyMSPerMB=0");

  private static final int REST_SECONDS = 7;
  private static final String BEGIN = "<!-- figures -->";
  private static final String END = "<!-- end of figures -->";

  private final int devices;
  private final int pushes;
  private final Duration time;
  private final List<Row> rows = new ArrayList<>();

  private ServiceBench(int devices, int pushes, Duration time) {
    this.devices = devices;
    this.pushes = pushes;
    this.time = time;
  }

  /// A line of the table.
  ///
  /// @param server what was measured
  /// @param what was done
  /// @param figure how fast, or how much
  /// @param unit of the figure
  /// @param failures operations that went wrong
  /// @param serverMicros processor time of the server for one operation, in microseconds
  /// @param databaseMicros that of the database
  /// @param generatorMicros that of the devices
  record Row(
      String server,
      String what,
      double figure,
      String unit,
      long failures,
      double serverMicros,
      double databaseMicros,
      double generatorMicros) {

    String csv() {
      return String.format(
          Locale.ROOT,
          "%s,%s,%.0f,%s,%d,%.1f,%.1f,%.1f",
          server,
          what,
          figure,
          unit,
          failures,
          serverMicros,
          databaseMicros,
          generatorMicros);
    }

    String markdown() {
      String cpu =
          serverMicros == 0
              ? "– | – | –"
              : String.format(
                  Locale.ROOT, "%.0f | %.0f | %.0f", serverMicros, databaseMicros, generatorMicros);
      return String.format(
          Locale.ROOT,
          "| %s | %s | %,.0f %s | %d | %s |",
          server,
          what,
          figure,
          unit,
          failures,
          cpu);
    }
  }

  /// @param arguments folder of the CSV file, file of the table, and for a quick look: devices,
  /// pushes, seconds of
  ///     notifications
  public static void main(String[] arguments) throws IOException {
    boolean isQuick = arguments.length > 2;
    ServiceBench bench =
        new ServiceBench(
            isQuick ? Integer.parseInt(arguments[2]) : 10_000,
            isQuick ? Integer.parseInt(arguments[3]) : 500,
            Duration.ofSeconds(isQuick ? Integer.parseInt(arguments[4]) : 15));
    boolean both = arguments.length < 6;
    if (both || arguments[5].equals("gateway")) {
      bench.measure("gateway", List.of());
    }
    if (both || arguments[5].equals("database")) {
      Path folder = Files.createTempDirectory("mote-bench");
      bench.measure("with database", List.of(folder.toString()));
    }
    bench.write(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  private void write(Path folder, Path page) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("server,what,figure,unit,failures,server us,database us,devices us");
    rows.forEach(row -> lines.add(row.csv()));
    Files.write(folder.resolve("service.csv"), lines);
    List<String> table = new ArrayList<>();
    table.add("| server | what | figure | failures | server, µs | database, µs | devices, µs |");
    table.add("|---|---|--:|--:|--:|--:|--:|");
    rows.forEach(row -> table.add(row.markdown()));
    String text = Files.readString(page);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    Files.writeString(
        page,
        text.substring(0, from) + "\n" + String.join("\n", table) + "\n" + text.substring(to));
  }

  private void measure(String name, List<String> arguments) throws IOException {
    System.err.println("starting " + name);
    try (Server server = new Server(arguments);
        LoadGenerator load =
            LoadGenerator.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port),
                devices,
                "load-",
                256)) {
      long empty = heapAtRest(server);
      // The compiler of the JVM and the caches of the database get warm first.
      for (int i = 0; i < 2; i++) {
        load.register();
        load.update();
        load.deregister();
      }
      rate(name, "registrations", server, load::register);
      server.ask("observe");
      if (!load.awaitObservations()) {
        throw new IllegalStateException("not all devices were observed: " + server.ask("stats"));
      }
      long full = heapAtRest(server);
      row(new Row(name, "heap per device", (full - empty) / (double) devices, "bytes", 0, 0, 0, 0));
      load.notifyFor(time.dividedBy(2));
      long before = stats(server)[1];
      Figures told = rate(name, "confirmable notifications", server, () -> load.notifyFor(time));
      long heard = stats(server)[1] - before;
      if (heard < told.operations()) {
        throw new IllegalStateException(
            "%d notifications were acknowledged, %d heard".formatted(told.operations(), heard));
      }
      rate(name, "updates of registrations", server, load::update);
      rate(
          name,
          "packages of 100 kB at once",
          server,
          () -> {
            long begin = System.nanoTime();
            server.ask("push " + pushes);
            boolean all = load.awaitPackages(pushes, server.digest);
            double seconds = (System.nanoTime() - begin) / 1e9;
            int damaged = load.damaged(server.digest);
            return new Figures(all ? pushes : 0, all ? damaged : pushes, 0, seconds);
          });
      row(new Row(name, "devices kept", stats(server)[0], "", 0, 0, 0, 0));
    }
  }

  /// Bytes in use when the server has had time to let go of what is done.
  private static long heapAtRest(Server server) {
    try {
      TimeUnit.SECONDS.sleep(REST_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Long.parseLong(server.ask("heap"));
  }

  private static long[] stats(Server server) {
    return Arrays.stream(server.ask("stats").split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  private Figures rate(String name, String what, Server server, Supplier<Figures> work)
      throws IOException {
    double ownBefore = ProcessTime.seconds(ProcessHandle.current().pid());
    double serverBefore = ProcessTime.seconds(server.process.pid());
    double databaseBefore = ProcessTime.secondsOfAll(server.database);
    Figures figures = work.get();
    double micros = 1e6 / Math.max(1, figures.operations());
    row(
        new Row(
            name,
            what,
            figures.perSecond(),
            "/s",
            figures.failures(),
            (ProcessTime.seconds(server.process.pid()) - serverBefore) * micros,
            (ProcessTime.secondsOfAll(server.database) - databaseBefore) * micros,
            (ProcessTime.seconds(ProcessHandle.current().pid()) - ownBefore) * micros));
    if (figures.resent() > 0) {
      System.err.printf("  (%d datagrams were sent again)%n", figures.resent());
    }
    return figures;
  }

  private void row(Row row) {
    rows.add(row);
    System.err.println(row.csv());
  }

  /// The process that is measured.
  private static final class Server implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final PrintWriter in;
    private final int port;
    private final long database;
    private final String digest;

    Server(List<String> arguments) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path")));
      command.addAll(HEAP);
      command.add(ServerUnderLoad.class.getName());
      command.addAll(arguments);
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
      in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.US_ASCII);
      String[] words = Objects.requireNonNull(out.readLine(), "it did not start").split(" ", -1);
      port = Integer.parseInt(words[0]);
      database = Long.parseLong(words[1]);
      digest = words[2];
    }

    String ask(String line) {
      in.println(line);
      try {
        return Objects.requireNonNull(out.readLine(), "it ended");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      in.println("quit");
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        process.destroyForcibly();
      }
    }
  }
}
