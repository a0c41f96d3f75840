package dev.mote.cli;

import dev.mote.builder.page.Figures;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import dev.mote.targets.Targets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "targets", description = "Lists the targets, or shows one.")
final class TargetsCommand implements Callable<Integer> {

  private final Console console;

  @Mixin private CommonOptions common = new CommonOptions();

  TargetsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    return printList(common.json);
  }

  @Command(name = "list", description = "Lists the targets.")
  int list(@Mixin CommonOptions options) {
    return printList(options.json || common.json);
  }

  @Command(name = "show", description = "Shows one target.")
  int show(
      @Parameters(paramLabel = "TARGET", description = "Name of the target.") String name,
      @Mixin CommonOptions options) {
    Target target = Targets.find(name);
    if (options.json || common.json) {
      console.printJson(json(target));
      return Mote.OK;
    }
    console.print(target.name() + ": " + target.description());
    Table facts = new Table("", "");
    facts.row("core", target.core());
    facts.row("kernels for", instructionSet(target));
    facts.row("clock", clock(target));
    facts.row("emulated by", target.board().orElse("-"));
    facts.row(
        "compiler",
        (target.toolchain().compiler() + " " + String.join(" ", target.toolchain().flags()))
            .strip());
    facts.lines().stream().skip(1).forEach(line -> console.print("  " + line));
    for (Memory memory : target.memories()) {
      console.print(
          "  %-11s  %s at 0x%08x, %s, %d wait states"
              .formatted(
                  memory.kind().name().toLowerCase(Locale.ROOT),
                  Figures.bytes(memory.bytes()),
                  memory.origin(),
                  memory.name(),
                  memory.waitStates()));
    }
    target.sources().forEach(source -> console.print("  source       " + source));
    return Mote.OK;
  }

  private int printList(boolean asJson) {
    List<Target> targets = Targets.all();
    if (asJson) {
      console.printJson(targets.stream().map(TargetsCommand::json).toList());
      return Mote.OK;
    }
    Table table =
        new Table("target", "core", "RAM", "flash", "clock", "emulated by", "description");
    for (Target target : targets) {
      table.row(
          target.name(),
          target.core(),
          limit(target, Memory.Kind.RAM),
          limit(target, Memory.Kind.FLASH),
          clock(target),
          target.board().orElse("-"),
          target.description());
    }
    console.printTable(table);
    return Mote.OK;
  }

  private static String limit(Target target, Memory.Kind kind) {
    return target.limit(kind).map(Figures::bytes).orElse("-");
  }

  private static String clock(Target target) {
    return target.clockHz() == 0 ? "-" : target.clockHz() / 1_000_000 + " MHz";
  }

  private static String instructionSet(Target target) {
    return target.instructionSet().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> json(Target target) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", target.name());
    json.put("description", target.description());
    json.put("core", target.core());
    json.put("instructionSet", instructionSet(target));
    json.put("clockHz", target.clockHz());
    json.put(
        "memories",
        target.memories().stream()
            .map(
                memory -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("name", memory.name());
                  row.put("kind", memory.kind().name().toLowerCase(Locale.ROOT));
                  row.put("origin", memory.origin());
                  row.put("bytes", memory.bytes());
                  row.put("waitStates", memory.waitStates());
                  return row;
                })
            .toList());
    json.put("compiler", target.toolchain().compiler());
    json.put("flags", target.toolchain().flags());
    target.board().ifPresent(board -> json.put("board", board));
    json.put("sources", target.sources());
    return json;
  }
}
