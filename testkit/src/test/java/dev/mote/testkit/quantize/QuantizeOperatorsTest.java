package dev.mote.testkit.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Graph;
import dev.mote.ir.Verifier;
import dev.mote.pipeline.Settings;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantized;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.differential.Comparison;
import dev.mote.testkit.differential.HostBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every operator with an integer form, quantized alone: valid, near the float original, and the
/// same in emitted C.
class QuantizeOperatorsTest {

  private static final Target HOST = Targets.find("host");

  private record Built(String name, FloatRun run, Graph graph) {}

  @Test
  void everyOperatorBecomesInt8() {
    check(ActivationFormat.INT8, true);
  }

  @Test
  void everyOperatorBecomesInt16() {
    check(ActivationFormat.INT16, true);
  }

  @Test
  void everyOperatorBecomesInt8InsideAFloatBorder() {
    check(ActivationFormat.INT8, false);
  }

  private static void check(ActivationFormat format, boolean integerBorder) {
    List<String> problems = new ArrayList<>();
    List<Built> built = new ArrayList<>();
    for (OperatorNets net : OperatorNets.all()) {
      double floor = format == ActivationFormat.INT8 ? net.int8() : net.int16();
      Graph graph = Quantizer.prepare(net.build().apply(new FloatNet(new CaseRandom(7, 0))));
      assertThat(Verifier.verify(graph)).as(net.name()).isEmpty();
      FloatRun run = new FloatRun(graph, new CaseRandom(11, 0), 8, net.low(), net.high());
      QuantizationScheme scheme =
          QuantizationScheme.of(
                  format == ActivationFormat.INT8 ? LayerFormat.INT8 : LayerFormat.INT16)
              .withIntegerBorder(integerBorder);
      Quantized quantized =
          Quantizer.convert(
              graph, run.calibration(), scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
      assertThat(Verifier.verify(quantized.graph())).as(net.name()).isEmpty();
      if (quantized.kept().isEmpty() == Double.isNaN(floor)) {
        problems.add(net + ": kept " + quantized.kept());
      }
      double quality = run.signalToNoise(quantized.graph());
      if (quality < (Double.isNaN(floor) ? 30 : floor)) {
        problems.add("%s: %.1f dB".formatted(net, quality));
      }
      built.add(new Built(net.name(), run, quantized.graph()));
    }
    if (integerBorder) {
      problems.addAll(emitted(built));
    }
    assertThat(problems).isEmpty();
  }

  private static List<String> emitted(List<Built> built) {
    List<String> problems = new ArrayList<>();
    List<Built> compiled = new ArrayList<>();
    HostBatch batch = new HostBatch(HOST, Settings.preferring(Compiler.Optimize.BALANCED), true);
    for (Built one : built) {
      batch
          .add(one.graph())
          .ifPresentOrElse(
              refusal -> problems.add(one.name() + ": " + refusal), () -> compiled.add(one));
    }
    try (HostBatch.Library library = batch.build()) {
      for (int number = 0; number < compiled.size(); number++) {
        Built one = compiled.get(number);
        HostBatch.Session session = library.start(number);
        Interpreter interpreter = new Interpreter(one.graph());
        for (List<float[]> values : one.run().inputs()) {
          List<byte[]> inputs = FloatRun.encode(one.graph(), values);
          List<byte[]> expected = interpreter.run(inputs);
          List<byte[]> actual = session.run(inputs);
          for (int output = 0; output < expected.size(); output++) {
            if (!near(one.graph(), output, expected.get(output), actual.get(output))) {
              problems.add(one.name() + ": emitted C differs");
            }
          }
        }
      }
    }
    return problems;
  }

  private static boolean near(Graph graph, int output, byte[] expected, byte[] actual) {
    return Comparison.difference(
            graph.tensor(graph.outputs().get(output)).type(), expected, actual, Agreement.EXACT)
        .isEmpty();
  }
}
