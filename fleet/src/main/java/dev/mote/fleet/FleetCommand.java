package dev.mote.fleet;

import dev.mote.fleet.device.Behaviour;
import dev.mote.fleet.device.DeviceView;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Profile;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.line.Network;
import dev.mote.module.KeyFiles;
import dev.mote.module.TrustList;
import dev.mote.module.cose.VerificationKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs a fleet from the command line.
@Command(
    name = "fleet",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Virtual devices that speak LwM2M to a server, and fail in the ways asked for.")
final class FleetCommand implements Callable<Integer> {

  @Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Option(names = "--server", required = true, description = "coap://HOST:PORT or coaps://…")
  private URI server = URI.create("coap://localhost");

  @Option(names = "--devices", defaultValue = "100", description = "How many.")
  private int devices;

  @Option(names = "--prefix", defaultValue = "virtual-", description = "Of endpoint names.")
  private String prefix = "";

  @Option(
      names = "--profile",
      split = ",",
      defaultValue = "host",
      description = "What they are: host, m4, rv32; several in turn.")
  private List<String> profiles = List.of();

  @Option(names = "--seconds", defaultValue = "0", description = "How long; 0 until interrupted.")
  private long seconds;

  @Option(
      names = "--until",
      description = "Ends when all honest devices run this version of a module.")
  private Optional<String> until = Optional.empty();

  @Option(names = "--rate", defaultValue = "500", description = "Registrations a second at first.")
  private int rate;

  @Option(names = "--lifetime", defaultValue = "300", description = "Of registrations, seconds.")
  private long lifetime;

  @Option(names = "--awake", description = "Seconds that devices listen before they sleep.")
  private Optional<Long> awake = Optional.empty();

  @Option(names = "--report", description = "Seconds between measurements.")
  private Optional<Long> report = Optional.empty();

  @Option(names = "--send", description = "Send measurements without being asked.")
  private boolean send;

  @Option(names = "--loss", defaultValue = "0", description = "Share of datagrams lost.")
  private double loss;

  @Option(names = "--duplication", defaultValue = "0", description = "Share that comes twice.")
  private double duplication;

  @Option(names = "--delay", defaultValue = "0", description = "Least delay, milliseconds.")
  private long delay;

  @Option(names = "--jitter", defaultValue = "0", description = "More delay, up to this.")
  private long jitter;

  @Option(names = "--power-cuts", defaultValue = "0", description = "Share of downloads cut.")
  private double powerCuts;

  @Option(names = "--self-test", defaultValue = "0", description = "Share that fails its test.")
  private double selfTest;

  @Option(
      names = "--bad",
      split = ",",
      description = "BEHAVIOUR=SHARE, for instance stalls=0.1: ${COMPLETION-CANDIDATES}")
  private Map<Behaviour, Double> bad = Map.of();

  @Option(names = "--trust", description = "Public keys (PEM) that may sign modules.")
  private List<Path> trust = List.of();

  @Option(
      names = "--psk",
      description =
          "Secret of all devices in hexadecimal digits; their identity is their endpoint.")
  private Optional<String> psk = Optional.empty();

  @Option(names = "--threads", defaultValue = "2", description = "That serve the devices.")
  private int threads;

  @Option(names = "--seed", defaultValue = "1", description = "Of all chance.")
  private long seed;

  @Option(names = "--json", description = "The summary as JSON.")
  private boolean json;

  private FleetCommand() {}

  static int run(String... arguments) {
    return new CommandLine(new FleetCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter talk = line.getErr();
    try (Fleet fleet = Fleet.start(settings())) {
      long start = System.nanoTime();
      long end = seconds == 0 ? Long.MAX_VALUE : start + TimeUnit.SECONDS.toNanos(seconds);
      boolean isDone = false;
      while (System.nanoTime() < end && !isDone) {
        TimeUnit.SECONDS.sleep(1);
        talk.printf(
            "%4d s: %d registered, %d downloads begun, %d delivered, %d installed, %d rolled back%n",
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
            fleet.registered(),
            fleet.tally().of(Event.DOWNLOAD_BEGUN),
            fleet.tally().of(Event.DELIVERED),
            fleet.tally().of(Event.INSTALLED),
            fleet.tally().of(Event.ROLLED_BACK));
        isDone = until.isPresent() && honestRun(fleet, until.get());
      }
      Map<String, Object> summary = summary(fleet);
      line.getOut().println(json ? Json.object(summary) : Json.lines(summary));
      boolean isWrong = fleet.tally().of(Event.INSTALLED_TWICE) > 0;
      return isWrong || until.isPresent() && !isDone ? 1 : 0;
    }
  }

  private static boolean honestRun(Fleet fleet, String version) {
    return fleet.views().stream()
        .filter(view -> view.behaviour() == Behaviour.HONEST)
        .allMatch(view -> view.softwareVersion().equals(version));
  }

  private static Map<String, Object> summary(Fleet fleet) {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("devices", (long) fleet.size());
    summary.put("registered_now", fleet.registered());
    fleet.tally().all().forEach(summary::put);
    fleet.views().stream()
        .filter(view -> view.running().isPresent())
        .collect(
            Collectors.groupingBy(DeviceView::softwareVersion, TreeMap::new, Collectors.counting()))
        .forEach((version, count) -> summary.put("running_" + version, count));
    return summary;
  }

  private FleetSettings settings() throws IOException {
    Network network =
        Network.lossy(loss)
            .withDuplication(duplication)
            .withDelay(Duration.ofMillis(delay), Duration.ofMillis(jitter));
    Faults faults = Faults.NONE.withNetwork(network).withPowerCut(powerCuts).withSelfTest(selfTest);
    for (Map.Entry<Behaviour, Double> each : bad.entrySet()) {
      faults = faults.with(each.getKey(), each.getValue());
    }
    FleetSettings settings =
        plainOrSecure()
            .withPrefix(prefix)
            .withProfiles(profiles.stream().map(FleetCommand::profile).toArray(Profile[]::new))
            .withLifetime(Duration.ofSeconds(lifetime), Duration.ofSeconds(lifetime * 4 / 5))
            .withRate(rate)
            .withFaults(faults)
            .withThreads(threads)
            .withSeed(seed);
    if (awake.isPresent()) {
      settings = settings.withSleep(Duration.ofSeconds(awake.get()));
    }
    if (report.isPresent()) {
      settings = settings.withReports(Duration.ofSeconds(report.get()), send);
    }
    if (!trust.isEmpty()) {
      List<VerificationKey> keys = new ArrayList<>();
      for (Path file : trust) {
        keys.add(KeyFiles.verificationKey(Files.readString(file), file.toString()));
      }
      settings = settings.withChecks(TrustList.of(keys), new HostSelfTest());
    }
    return settings;
  }

  private FleetSettings plainOrSecure() {
    if (psk.isEmpty()) {
      return FleetSettings.of(server, devices);
    }
    byte[] secret = HexFormat.of().parseHex(psk.get());
    return FleetSettings.of(
        server, devices, new PskKeys(index -> FleetSettings.endpoint(prefix, index), _ -> secret));
  }

  private static Profile profile(String name) {
    return switch (name) {
      case "host" -> Profile.host();
      case "m4" -> Profile.cortexM4();
      case "rv32" -> Profile.rv32();
      default ->
          throw new IllegalArgumentException("no profile '" + name + "', only host, m4, rv32");
    };
  }
}
