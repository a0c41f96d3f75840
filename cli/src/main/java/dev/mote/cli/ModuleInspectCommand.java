package dev.mote.cli;

import dev.mote.module.ModuleFile;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cbor.CborText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = {
      "Shows what a module says of itself.",
      "Everything but who signed it is checked; for that there is 'mote module verify'."
    })
final class ModuleInspectCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODULE", description = "Module file.")
  private Path file = Path.of("");

  @Option(
      names = "--diagnostic",
      description = "Print the manifest in CBOR's diagnostic notation instead.")
  private boolean diagnostic;

  @Mixin private CommonOptions common = new CommonOptions();

  ModuleInspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModuleFile module = ModuleFiles.read(file);
    ModuleSummary summary = new ModuleSummary(module);
    if (diagnostic) {
      console.print(notation(module.encodedManifest()));
    } else if (common.json) {
      console.printJson(summary.json());
    } else {
      summary.lines().forEach(console::print);
    }
    return Mote.OK;
  }

  private static String notation(Bytes manifest) {
    try {
      return CborText.print(CborReader.read(manifest, CborReader.Limits.HEAD));
    } catch (CborProblem e) {
      throw new IllegalStateException("a manifest that was read is CBOR", e);
    }
  }
}
