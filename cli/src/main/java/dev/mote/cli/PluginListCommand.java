package dev.mote.cli;

import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.Compilers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "list", description = "Lists the compilers that there are.")
final class PluginListCommand implements Callable<Integer> {

  private final Console console;

  @Mixin private PluginOptions plugins = new PluginOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  PluginListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Compilers compilers = plugins.compilers();
    compilers.unusable().forEach(problem -> console.say(problem.toString()));
    if (common.json) {
      List<Map<String, Object>> rows = new ArrayList<>();
      compilers.all().forEach(compiler -> rows.add(PluginDescribeCommand.json(compiler)));
      console.printJson(rows);
    } else {
      Table table = new Table("compiler", "version", "vendor", "takes", "builds", "summary");
      for (CheckedCompiler compiler : compilers.all()) {
        PluginDescription about = compiler.describe();
        table.row(
            about.name(),
            about.version(),
            about.vendor(),
            String.join(", ", about.formats()),
            String.join(", ", about.builds().stream().map(Payload.Kind::label).toList()),
            about.summary());
      }
      console.printTable(table);
    }
    return Mote.OK;
  }
}
