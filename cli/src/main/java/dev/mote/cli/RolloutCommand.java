package dev.mote.cli;

import dev.mote.client.DryRun;
import dev.mote.client.EventStream;
import dev.mote.client.MoteClient;
import dev.mote.client.PlannedBuild;
import dev.mote.client.Rollout;
import dev.mote.client.RolloutDevice;
import dev.mote.client.Rollouts.Action;
import dev.mote.client.Tally;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "rollout",
    description = "Brings a version of a model to many devices, wave by wave.",
    synopsisSubcommandLabel = "COMMAND")
final class RolloutCommand {

  /// A look now and then, for what no event tells of.
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  RolloutCommand(Console console) {
    this.console = console;
  }

  @Command(name = "list", description = "Lists rollouts, the newest first.")
  int list(@Mixin CommonOptions common) {
    List<Rollout> rollouts = ServiceDoor.open(console).rollouts().list().limit(200).toList();
    if (common.json) {
      console.printJson(PlainData.of(rollouts));
      return Mote.OK;
    }
    Table table = new Table("rollout", "phase", "done", "failed", "of", "made", "by", "id");
    for (Rollout rollout : rollouts) {
      table.row(
          rollout.name(),
          rollout.phase(),
          rollout.counts().done(),
          rollout.counts().failed(),
          rollout.counts().total(),
          Readable.age(rollout.created(), Instant.now()),
          rollout.createdBy(),
          rollout.id());
    }
    console.printTable(table);
    return Mote.OK;
  }

  @Command(
      name = "plan",
      description = "Says which devices would get which module; changes nothing.")
  int plan(@Mixin RolloutPlanOptions options, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    DryRun run = mote.rollouts().dryRun(options.plan(mote));
    if (common.json) {
      console.printJson(PlainData.of(run));
      return Mote.OK;
    }
    console.print(
        "%d %s: %d can be spoken to, %d have not said what they are"
            .formatted(
                run.devices(),
                run.devices() == 1 ? "device" : "devices",
                run.there(),
                run.unknown()));
    for (int i = 0; i < run.waves().size(); i++) {
      console.print("wave %d: %d".formatted(i + 1, run.waves().get(i)));
    }
    if (!run.builds().isEmpty()) {
      console.printTable(table(run.builds()));
    }
    run.builds().stream()
        .filter(build -> !build.fits())
        .forEach(build -> build.explanation().forEach(line -> console.print("  " + line)));
    return Mote.OK;
  }

  static Table table(List<PlannedBuild> builds) {
    Table table = new Table("devices", "target", "compiler", "fits", "module");
    for (PlannedBuild build : builds) {
      table.row(
          build.devices(),
          build.target().orElse("-"),
          build.compiler().orElse("-"),
          build.fits() ? "yes" : "no",
          build.module().map(UUID::toString).orElse("to be built"));
    }
    return table;
  }

  @Command(name = "create", description = "Makes a rollout; nothing happens before it is started.")
  int create(
      @Mixin RolloutPlanOptions options,
      @Option(names = "--start", description = "Start it at once.") boolean start,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    Rollout rollout = mote.rollouts().create(options.plan(mote));
    print(start ? mote.rollouts().act(rollout.id(), Action.START) : rollout, common);
    return Mote.OK;
  }

  @Command(name = "start", description = "Starts a rollout.")
  int start(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    return act(id, Action.START, common);
  }

  @Command(name = "approve", description = "Approves a rollout of another person.")
  int approve(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    return act(id, Action.APPROVE, common);
  }

  @Command(name = "pause", description = "Pauses a rollout; updates that run go on.")
  int pause(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    return act(id, Action.PAUSE, common);
  }

  @Command(name = "resume", description = "Resumes a rollout, and accepts what failed so far.")
  int resume(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    return act(id, Action.RESUME, common);
  }

  @Command(name = "abort", description = "Ends a rollout; what is installed stays.")
  int abort(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    return act(id, Action.ABORT, common);
  }

  @Command(name = "rollback", description = "Ends a rollout, and brings devices back.")
  int rollback(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    return act(id, Action.ROLLBACK, common);
  }

  private int act(String id, Action action, CommonOptions common) {
    print(ServiceDoor.open(console).rollouts().act(ServiceDoor.id(id, "rollout"), action), common);
    return Mote.OK;
  }

  @Command(name = "show", description = "Shows where a rollout is, and which devices failed.")
  int show(
      @Parameters(paramLabel = "ID") String id,
      @Option(
              names = "--devices",
              paramLabel = "STATE",
              arity = "0..1",
              fallbackValue = "",
              description = "List its devices, or those in a state.")
          @Nullable String state,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    UUID rollout = ServiceDoor.id(id, "rollout");
    if (state == null) {
      print(mote.rollouts().get(rollout), common);
      return Mote.OK;
    }
    List<RolloutDevice> devices =
        mote.rollouts()
            .devices(
                rollout,
                Optional.of(state.toUpperCase(java.util.Locale.ROOT)).filter(s -> !s.isEmpty()))
            .limit(10_000)
            .toList();
    if (common.json) {
      console.printJson(PlainData.of(devices));
      return Mote.OK;
    }
    Table table = new Table("device", "wave", "state", "tries", "changed", "why");
    for (RolloutDevice device : devices) {
      table.row(
          device.name(),
          device.wave(),
          device.state(),
          device.attempts(),
          Readable.age(device.changed(), Instant.now()),
          device.reason());
    }
    console.printTable(table);
    return Mote.OK;
  }

  private void print(Rollout rollout, CommonOptions common) {
    if (common.json) {
      console.printJson(PlainData.of(rollout));
      return;
    }
    console.print(rollout.name() + "  " + line(rollout));
    console.print("id " + rollout.id());
    rollout.waitsFor().forEach(text -> console.print("  waits: " + text));
    Table table =
        new Table("wave", "waiting", "running", "succeeded", "failed", "skipped", "returned");
    for (Rollout.Wave wave : rollout.waves()) {
      Tally counts = wave.counts();
      table.row(
          wave.number() + (wave.name().isEmpty() ? "" : " " + wave.name()),
          counts.waiting(),
          counts.running(),
          counts.succeeded(),
          counts.failed(),
          counts.skipped(),
          counts.returned());
    }
    if (!rollout.waves().isEmpty()) {
      console.printTable(table);
    }
  }

  private static String line(Rollout rollout) {
    Tally counts = rollout.counts();
    StringBuilder text = new StringBuilder(rollout.phase());
    rollout.stage().ifPresent(stage -> text.append(' ').append(stage));
    text.append("  wave %d of %d".formatted(rollout.wave(), Math.max(1, rollout.waves().size())));
    text.append("  %d of %d done".formatted(counts.done(), counts.total()));
    amount(text, counts.running() + counts.goingBack(), "running");
    amount(text, counts.failed(), "failed");
    amount(text, counts.skipped(), "skipped");
    amount(text, counts.returned(), "returned");
    return text + (rollout.reason().isEmpty() ? "" : "  (" + rollout.reason() + ")");
  }

  private static void amount(StringBuilder text, int devices, String what) {
    if (devices > 0) {
      text.append(", ").append(devices).append(' ').append(what);
    }
  }

  @Command(
      name = "watch",
      description = {
        "Prints a line for each change until the rollout has ended; exit code 0 if it succeeded.",
        "With --json, each line is a JSON object."
      })
  int watch(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    UUID rollout = ServiceDoor.id(id, "rollout");
    // Opened before the first look, so that nothing falls between them.
    try (EventStream events = mote.events(List.of("rollout"), List.of(rollout.toString()))) {
      Rollout now = mote.rollouts().get(rollout);
      try (Progress bar = console.progress(now.name(), now.counts().total())) {
        String shown = "";
        while (true) {
          String line = line(now);
          if (!line.equals(shown)) {
            shown = line;
            bar.hide();
            console.print(common.json ? json(now) : line);
            console.flush();
            bar.at(now.counts().done(), now.phase());
          }
          if (now.isOver()) {
            break;
          }
          events.next(BETWEEN_LOOKS);
          // Many events at once are one look.
          while (events.next(Duration.ZERO).isPresent()) {}
          now = mote.rollouts().get(rollout);
        }
      }
      if (!now.phase().equals("SUCCEEDED")) {
        throw new DiagnosticException(
            Diagnostic.user(
                CliCodes.NO_SUCCESS,
                now.name(),
                "the rollout ended "
                    + now.phase()
                    + (now.reason().isEmpty() ? "" : ": " + now.reason()),
                "'mote rollout show "
                    + id
                    + " --devices failed' says which devices failed, and why."));
      }
    }
    return Mote.OK;
  }

  private static String json(Rollout rollout) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("phase", rollout.phase());
    rollout.stage().ifPresent(stage -> json.put("stage", stage));
    json.put("wave", rollout.wave());
    json.put("counts", PlainData.of(rollout.counts()));
    json.put("reason", rollout.reason());
    return dev.mote.builder.Json.text(json).replaceAll("\\s*\\R\\s*", " ");
  }
}
