package dev.mote.cli;

import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.Payloads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description = {
      "Makes a module whose payloads travel as deltas to those of another one.",
      "It has the manifest and the signatures of the new module."
    })
final class ModuleDiffCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(index = "0", paramLabel = "OLD", description = "The module that devices have.")
  private Path old = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW", description = "The module that they shall have.")
  private Path file = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "Module to write.")
  private Path output = Path.of("");

  @Mixin private CommonOptions common = new CommonOptions();

  ModuleDiffCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModuleFile before = ModuleFiles.read(old);
    ModuleFile after = ModuleFiles.read(file);
    ModuleFile delta = after;
    List<Integer> both = new ArrayList<>();
    for (int index : after.carried().keySet()) {
      if (before.carried().containsKey(index) && kind(before, index) == kind(after, index)) {
        delta = Payloads.difference(delta, index, Payloads.open(before, index));
        both.add(index);
      }
    }
    if (both.isEmpty()) {
      throw new ModuleException(
          ModuleCodes.DELTA_BASE, old.toString(), "it has no payload like those of " + file);
    }
    delta = delta.carrying(both);
    int bytes = ModuleFiles.write(output, delta);
    report(after, delta, both, bytes);
    return Mote.OK;
  }

  private static Payload.Kind kind(ModuleFile module, int index) {
    return module.manifest().payloads().get(index).kind();
  }

  private void report(ModuleFile after, ModuleFile delta, List<Integer> both, int bytes) {
    List<Map<String, Object>> rows = new ArrayList<>();
    Table table = new Table("payload", "kind", "bytes", "delta", "share");
    for (int index : both) {
      int full = after.manifest().payloads().get(index).size();
      int small = Objects.requireNonNull(delta.carried().get(index)).size();
      double share = (double) small / full;
      String kind = kind(after, index).name().toLowerCase(Locale.ROOT).replace('_', '-');
      table.row(index, kind, full, small, String.format(Locale.ROOT, "%.1f %%", 100 * share));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("payload", index);
      row.put("kind", kind);
      row.put("bytes", full);
      row.put("deltaBytes", small);
      row.put("share", share);
      rows.add(row);
    }
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", output.toString());
      json.put("bytes", bytes);
      json.put("payloads", rows);
      console.printJson(json);
    } else {
      console.print("wrote %s: %,d bytes".formatted(output, bytes));
      console.printTable(table);
    }
  }
}
