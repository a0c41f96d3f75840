package dev.mote.testkit.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.plugin.Device;
import dev.mote.plugin.SourceModel;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.Compilers;
import dev.mote.pluginhost.ExternalCompiler;
import dev.mote.pluginhost.check.Conformance;
import dev.mote.pluginhost.check.Finding;
import dev.mote.pluginhost.check.Finding.Rule;
import dev.mote.pluginhost.check.Finding.Verdict;
import dev.mote.pluginhost.check.PayloadRunner;
import dev.mote.pluginhost.check.ProbeModels;
import dev.mote.pluginhost.process.Limits;
import dev.mote.targets.Targets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every compiler on the class path, and the example in Python, passes the conformance suite.
class PluginConformanceTest {

  private static final Path EXAMPLE =
      Path.of(System.getProperty("mote.root", ".."), "examples/dense-compiler/dense_compiler.py");

  /// What the firmware of a device carries that takes the payloads of every compiler.
  private static final Map<String, String> FIRMWARE =
      Map.of(
          "firmware.tflm", "2024", "firmware.cmsis-nn", "7.0.0", "firmware.webassembly", "wasm3");

  @TestFactory
  Stream<DynamicTest> everyCompilerKeepsTheRules() {
    Compilers compilers = Compilers.standard(List.of(EXAMPLE), Limits.STANDARD);
    assertThat(compilers.unusable()).isEmpty();
    assertThat(compilers.all()).extracting(CheckedCompiler::name).contains("mote-c", "dense-c");
    return compilers.all().stream()
        .map(compiler -> DynamicTest.dynamicTest(compiler.name(), () -> keepsTheRules(compiler)));
  }

  /// A program is started for each question: one target is enough for it.
  private static Stream<String> targets(CheckedCompiler compiler) {
    return compiler.unchecked() instanceof ExternalCompiler
        ? Stream.of("host")
        : Stream.of("host", "cortex-m4");
  }

  private static void keepsTheRules(CheckedCompiler compiler) {
    List<SourceModel> models = ProbeModels.all();
    assertThat(models).hasSize(ProbeModels.NAMES.size());

    List<Finding> findings =
        Conformance.check(
            compiler,
            models,
            targets(compiler).map(target -> new Device(Targets.find(target), FIRMWARE)).toList(),
            PayloadRunner.all());

    assertThat(findings).noneMatch(finding -> finding.verdict() == Verdict.BROKEN);
    assertThat(findings)
        .extracting(Finding::rule)
        .contains(Rule.DESCRIPTION, Rule.AGREEMENT, Rule.REASONS, Rule.DETERMINISTIC, Rule.LIMITS);
    if (List.of("mote-c", "dense-c", "wasm").contains(compiler.name())) {
      assertThat(findings).anyMatch(f -> f.rule() == Rule.EXACT && f.verdict() == Verdict.HOLDS);
    }
  }
}
