package dev.mote.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "plugin",
    description = {
      "Lists, describes and checks compilers: the built-in one, those on the class path, and programs",
      "that speak the protocol of docs/spec/compiler-plugin.md."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PluginListCommand.class,
      PluginDescribeCommand.class,
      PluginCheckCommand.class,
    })
final class PluginCommand implements Runnable {

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
