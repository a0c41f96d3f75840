package dev.mote.cli;

import dev.mote.client.Compilation;
import dev.mote.client.ModelVersion;
import dev.mote.client.Modules.Wanted;
import dev.mote.client.MoteClient;
import dev.mote.client.PlannedBuild;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A name of its own, not an option of `compile`: that takes a file, runs here and has options of
/// which none would apply; this takes a version, runs there and serves devices.
@Command(
    name = "build",
    description = {
      "Has the service build modules of a version, for targets or for devices.",
      "'mote compile' compiles a file here."
    })
final class ServiceBuildCommand implements Callable<Integer> {

  private static final long MILLISECONDS_BETWEEN_LOOKS = 500;

  private final Console console;

  @Parameters(
      paramLabel = "VERSION",
      description = "An id, MODEL (its newest), MODEL:NUMBER or MODEL@ALIAS.")
  private String version = "";

  @Option(
      names = {"-t", "--target"},
      paramLabel = "NAME",
      description = "Target with all its memory; may be repeated.")
  private List<String> targets = new ArrayList<>();

  @Option(names = "--devices", paramLabel = "FILTER", description = "Devices that modules are for.")
  private @Nullable String devices;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description = "Option of the build; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(names = "--plan", description = "Only say what would be built, and why.")
  private boolean plan;

  @Option(names = "--no-wait", description = "Do not wait for the modules.")
  private boolean noWait;

  @Mixin private CommonOptions common = new CommonOptions();

  ServiceBuildCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    MoteClient mote = ServiceDoor.open(console);
    ModelVersion found = ServiceDoor.version(mote, version);
    Wanted wanted =
        new Wanted(found.id(), targets, Optional.ofNullable(devices), new LinkedHashMap<>(options));
    if (plan) {
      printPlan(mote.modules().plan(wanted));
      return Mote.OK;
    }
    Compilation compilation = mote.modules().request(wanted);
    if (!noWait) {
      compilation = await(mote, compilation);
    }
    print(compilation);
    List<Compilation.Part> failed =
        compilation.builds().stream()
            .filter(part -> part.build().state().matches("FAILED|CANCELLED"))
            .toList();
    if (!failed.isEmpty()) {
      Compilation.Build first = failed.getFirst().build();
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.NO_SUCCESS,
              version,
              "%d of %d builds failed; %s %s"
                  .formatted(
                      failed.size(),
                      compilation.builds().size(),
                      first.code().orElse(""),
                      first.failure().orElse(first.state())),
              first.fix().orElse("'mote jobs log' says more.")));
    }
    return Mote.OK;
  }

  private Compilation await(MoteClient mote, Compilation asked) throws InterruptedException {
    Compilation now = asked;
    try (Progress bar = console.progress("building", asked.builds().size())) {
      while (!now.ended()) {
        Thread.sleep(MILLISECONDS_BETWEEN_LOOKS);
        now = mote.modules().compilation(asked.id());
        bar.at(
            now.builds().stream().filter(p -> !p.build().state().equals("RUNNING")).count(),
            "modules");
      }
    }
    return now;
  }

  private void printPlan(List<PlannedBuild> builds) {
    if (common.json) {
      console.printJson(PlainData.of(builds));
      return;
    }
    console.printTable(RolloutCommand.table(builds));
    builds.forEach(build -> build.explanation().forEach(line -> console.print("  " + line)));
  }

  private void print(Compilation compilation) {
    if (common.json) {
      console.printJson(PlainData.of(compilation));
      return;
    }
    Table table = new Table("build", "devices", "state", "module");
    for (Compilation.Part part : compilation.builds()) {
      table.row(
          String.valueOf(part.facts().getOrDefault("target", "-")),
          part.devices(),
          part.build().state(),
          part.build().module().map(UUID::toString).orElse("-"));
    }
    console.printTable(table);
  }
}
