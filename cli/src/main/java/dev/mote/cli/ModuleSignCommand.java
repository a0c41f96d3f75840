package dev.mote.cli;

import dev.mote.module.ModuleFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sign",
    description = {
      "Adds signatures to a module.",
      "Two keys of different algorithms make a hybrid, for devices that require both."
    })
final class ModuleSignCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODULE", description = "Module file.")
  private Path file = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "PEM",
      required = true,
      description = "Private key that signs; may repeat.")
  private List<Path> keys = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Module to write (default: the same file).")
  private @Nullable Path output;

  @Mixin private CommonOptions common = new CommonOptions();

  ModuleSignCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModuleFile module =
        ModuleFiles.read(file).signed(keys.stream().map(ModuleFiles::signingKey).toList());
    Path target = output == null ? file : output;
    int bytes = ModuleFiles.write(target, module);
    new ModuleSummary(module).print(console, common.json, target, bytes);
    return Mote.OK;
  }
}
