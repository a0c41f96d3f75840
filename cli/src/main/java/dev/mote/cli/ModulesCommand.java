package dev.mote.cli;

import dev.mote.client.Model;
import dev.mote.client.Module;
import dev.mote.client.MoteClient;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "modules",
    description = "Modules that the service built.",
    synopsisSubcommandLabel = "COMMAND")
final class ModulesCommand {

  private final Console console;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  private boolean help;

  ModulesCommand(Console console) {
    this.console = console;
  }

  @Command(name = "list", description = "Lists modules, the newest first.")
  int list(
      @Option(names = "--model", paramLabel = "MODEL", description = "Only those of this model.")
          @Nullable String model,
      @Option(names = "--target", paramLabel = "NAME", description = "Only those for this target.")
          @Nullable String target,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    List<Module> modules =
        mote.modules()
            .list(
                Optional.ofNullable(model).map(name -> mote.models().get(name)).map(Model::id),
                Optional.empty(),
                Optional.ofNullable(target))
            .toList();
    if (common.json) {
      console.printJson(PlainData.of(modules));
      return Mote.OK;
    }
    Table table = new Table("version", "target", "compiler", "kind", "size", "uses", "built", "id");
    for (Module module : modules) {
      table.row(
          module.modelName() + ":" + module.number(),
          module.target(),
          module.compiler(),
          module.kind(),
          Readable.bytes(module.bytes()),
          module.uses(),
          Readable.age(module.created(), Instant.now()),
          module.id());
    }
    console.printTable(table);
    return Mote.OK;
  }

  @Command(name = "show", description = "Shows a module.")
  int show(@Parameters(paramLabel = "ID") String id, @Mixin CommonOptions common) {
    Module module = ServiceDoor.open(console).modules().get(ServiceDoor.id(id, "module"));
    if (common.json) {
      console.printJson(PlainData.of(module));
      return Mote.OK;
    }
    Table table = new Table("module", module.id().toString());
    table.row("of", module.modelName() + ":" + module.number());
    table.row("target", module.target());
    table.row("compiler", module.compiler() + " " + module.compilerVersion());
    table.row("kind", module.kind());
    table.row("size", Readable.bytes(module.bytes()));
    table.row("sha256", module.sha256());
    table.row("identity", module.identity());
    table.row("sequence", Long.toString(module.sequence()));
    table.row("uses", module.uses());
    table.row("built", module.created().toString());
    console.printTable(table);
    return Mote.OK;
  }

  @Command(name = "download", description = "Downloads a signed module and checks its digest.")
  int download(
      @Parameters(paramLabel = "ID") String id,
      @Option(
              names = {"-o", "--output"},
              paramLabel = "FILE",
              description = "Default: MODEL-NUMBER-TARGET.mote.")
          @Nullable Path output,
      @Mixin CommonOptions common) {
    MoteClient mote = ServiceDoor.open(console);
    Module module = mote.modules().get(ServiceDoor.id(id, "module"));
    Path file =
        output == null
            ? Path.of(
                "%s-%d-%s.mote"
                    .formatted(module.modelName(), module.number(), module.target())
                    .replaceAll("[^A-Za-z0-9._-]", "_"))
            : output;
    mote.modules().download(module, file);
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", file.toString());
      json.put("bytes", module.bytes());
      json.put("sha256", module.sha256());
      console.printJson(json);
    } else {
      console.print("wrote " + file + " (" + Readable.bytes(module.bytes()) + ")");
    }
    return Mote.OK;
  }
}
