package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.plugin.Device;
import dev.mote.plugin.SourceModel;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.PluginCodes;
import dev.mote.pluginhost.check.Conformance;
import dev.mote.pluginhost.check.Finding;
import dev.mote.pluginhost.check.PayloadRunner;
import dev.mote.pluginhost.check.ProbeModels;
import dev.mote.targets.Targets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "check",
    description = "Holds a compiler to the rules for compilers, on models that Mote brings along.")
final class PluginCheckCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "NAME|PATH", description = "A compiler, or an executable.")
  private String compiler = "";

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Check on this model as well; may repeat.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = {"-t", "--target"},
      paramLabel = "TARGET",
      description = "Check for this target; may repeat (default: host and cortex-m4).")
  private List<String> targets = new ArrayList<>();

  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private PluginOptions plugins = new PluginOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  PluginCheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CheckedCompiler found = plugins.compiler(compiler);
    List<SourceModel> subjects = new ArrayList<>(ProbeModels.all());
    models.forEach(file -> subjects.add(PluginOptions.source(file, modelOptions)));
    List<Device> devices =
        (targets.isEmpty() ? List.of("host", "cortex-m4") : targets)
            .stream().map(name -> plugins.device(Targets.find(name))).toList();
    List<Finding> findings = Conformance.check(found, subjects, devices, PayloadRunner.all());
    long broken = count(findings, Finding.Verdict.BROKEN);
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("compiler", found.name());
      json.put("conforms", broken == 0);
      json.put("findings", findings.stream().map(PluginCheckCommand::json).toList());
      console.printJson(json);
    } else {
      Table table = new Table("rule", "verdict", "on", "what was seen");
      findings.forEach(
          f ->
              table.row(
                  f.rule().name().toLowerCase(Locale.ROOT),
                  f.verdict().name().toLowerCase(Locale.ROOT),
                  f.subject(),
                  f.detail()));
      console.printTable(table);
      console.print(
          "%s: %d rules hold, %d are broken, %d could not be checked"
              .formatted(
                  found.name(),
                  count(findings, Finding.Verdict.HOLDS),
                  broken,
                  count(findings, Finding.Verdict.SKIPPED)));
    }
    if (broken > 0) {
      console.say(
          Diagnostic.user(
                  PluginCodes.NOT_CONFORMANT,
                  "compiler '" + found.name() + "'",
                  "it breaks %d rules".formatted(broken),
                  "docs/howto/write-a-compiler-plugin.md says what each rule asks for.")
              .toString());
    }
    return broken == 0 ? Mote.OK : Mote.BAD_INPUT;
  }

  private static long count(List<Finding> findings, Finding.Verdict verdict) {
    return findings.stream().filter(finding -> finding.verdict() == verdict).count();
  }

  private static Map<String, Object> json(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rule", finding.rule().name().toLowerCase(Locale.ROOT));
    json.put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT));
    json.put("on", finding.subject());
    json.put("detail", finding.detail());
    return json;
  }
}
