package dev.mote.cli;

import dev.mote.plugin.Payload;
import dev.mote.plugin.PluginDescription;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.ExternalCompiler;
import dev.mote.pluginhost.ParametersSchema;
import dev.mote.pluginhost.process.Protection;
import dev.mote.pluginhost.process.Sandbox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "describe",
    description = "Says what a compiler takes, builds and asks for, and what it is held to.")
final class PluginDescribeCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "NAME|PATH", description = "A compiler, or an executable.")
  private String compiler = "";

  @Mixin private PluginOptions plugins = new PluginOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  PluginDescribeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CheckedCompiler found = plugins.compiler(compiler);
    if (common.json) {
      console.printJson(json(found));
      return Mote.OK;
    }
    PluginDescription about = found.describe();
    console.print("%s %s: %s".formatted(about.name(), about.version(), about.summary()));
    console.print("  vendor     " + about.vendor());
    console.print("  licence    " + about.licence());
    console.print("  takes      " + String.join(", ", about.formats()));
    console.print(
        "  builds     "
            + String.join(", ", about.builds().stream().map(Payload.Kind::label).toList()));
    about
        .facts()
        .forEach(
            fact ->
                console.print(
                    "  fact       %s%s: %s"
                        .formatted(
                            fact.name(), fact.required() ? " (required)" : "", fact.purpose())));
    found.schema().properties().forEach(p -> console.print("  parameter  " + line(p)));
    console.print("  runs       " + String.join("; ", protections(found)));
    return Mote.OK;
  }

  private static String line(ParametersSchema.Property property) {
    return property.name()
        + ": "
        + property.type()
        + (property.choices().isEmpty() ? "" : " of " + property.choices())
        + property.preset().map(value -> ", default " + value).orElse("")
        + property.description().map(text -> "; " + text).orElse("");
  }

  private static List<String> protections(CheckedCompiler compiler) {
    if (!(compiler.unchecked() instanceof ExternalCompiler)) {
      return List.of("in this process, as it is trusted");
    }
    List<String> lines = new ArrayList<>(List.of("as a process of its own"));
    for (Protection protection : Protection.values()) {
      lines.add(
          protection.label()
              + (Sandbox.strongest().enforces().contains(protection)
                  ? ""
                  : " (NOT enforced on this machine)"));
    }
    return lines;
  }

  static Map<String, Object> json(CheckedCompiler compiler) {
    PluginDescription about = compiler.describe();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", about.name());
    json.put("version", about.version());
    json.put("vendor", about.vendor());
    json.put("licence", about.licence());
    json.put("summary", about.summary());
    json.put("formats", about.formats());
    json.put("builds", about.builds().stream().map(Payload.Kind::label).toList());
    List<Map<String, Object>> facts = new ArrayList<>();
    for (PluginDescription.Fact fact : about.facts()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", fact.name());
      row.put("required", fact.required());
      row.put("purpose", fact.purpose());
      facts.add(row);
    }
    json.put("facts", facts);
    json.put("parameters", compiler.schema().document());
    boolean external = compiler.unchecked() instanceof ExternalCompiler;
    json.put("external", external);
    if (external) {
      json.put("enforced", Sandbox.strongest().enforces().stream().map(Protection::label).toList());
    }
    return json;
  }
}
