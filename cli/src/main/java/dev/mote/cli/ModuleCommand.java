package dev.mote.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "module",
    description = {
      "Makes and checks inference modules: a model, its code and its tests in one signed file.",
      "The format is specified in docs/spec/inference-module.md."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ModuleBuildCommand.class,
      ModuleSignCommand.class,
      ModuleEncryptCommand.class,
      ModuleInspectCommand.class,
      ModuleVerifyCommand.class,
      ModuleDiffCommand.class,
      ModuleUnpackCommand.class,
      ModuleKeygenCommand.class,
      ModuleTrustCommand.class,
    })
final class ModuleCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;
  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "one of "
              + String.join(", ", spec.commandLine().getSubcommands().keySet())
              + " must follow");
    }
  }
}
