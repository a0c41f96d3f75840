package dev.mote.testkit.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.ir.Verifier;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.ValueRange;
import dev.mote.pipeline.quantize.WeightFormat;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.cases.CaseRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Ranges and weights that have nothing to do with each other, tiny, huge and zero: what comes out
/// is well-formed, compiles and runs.
class ExtremeNumbersTest {

  private static final Target BOARD = Targets.find("cortex-m4");

  @Test
  void anyFiniteNumbersGiveAGraphThatCompilesAndRuns() {
    for (int seed = 0; seed < 60; seed++) {
      CaseRandom random = new CaseRandom(seed, 0);
      Graph graph = withOtherWeights(Quantizer.prepare(RandomFloatNet.draw(seed)), random);
      LayerFormat format =
          random.pick(
              LayerFormat.INT8,
              LayerFormat.INT16,
              LayerFormat.INT8.withWeights(WeightFormat.INT4),
              LayerFormat.INT8.withWeights(WeightFormat.INT2));
      QuantizationScheme scheme =
          new QuantizationScheme(
              format, Map.of(), random.chance(0.5), random.chance(0.5), random.chance(0.5));
      Graph quantized =
          Quantizer.quantize(
              graph, ranges(graph, random), scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
      assertThat(Verifier.verify(quantized)).as("network %d", seed).isEmpty();
      assertThat(MoteCompiler.compile(quantized, BOARD, Compiler.Optimize.BALANCED, "model"))
          .as("network %d", seed)
          .isInstanceOf(MoteCompiler.Outcome.Compiled.class);
      Interpreter interpreter = new Interpreter(quantized);
      for (String input : quantized.inputs()) {
        interpreter.set(input, new byte[(int) quantized.tensor(input).type().bytes()]);
      }
      interpreter.run();
    }
  }

  private static float extreme(CaseRandom random) {
    return random.chance(0.25) ? 0 : (float) Math.pow(10, random.between(-15, 15));
  }

  private static Calibration ranges(Graph graph, CaseRandom random) {
    Map<String, ValueRange> ranges = new HashMap<>();
    for (Tensor tensor : graph.tensors().values()) {
      float high = extreme(random);
      float low = random.chance(0.15) ? high / 2 : -extreme(random);
      ranges.put(tensor.name(), new ValueRange(low, high));
    }
    return new Calibration(ranges);
  }

  private static Graph withOtherWeights(Graph graph, CaseRandom random) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    for (Tensor tensor : graph.tensors().values()) {
      if (tensor.isConstant() && tensor.element() == ElementType.FLOAT32 && random.chance(0.3)) {
        float factor = (float) Math.pow(10, random.between(-18, 15));
        ByteBuffer bytes =
            ByteBuffer.allocate((int) tensor.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : tensor.constantFloats()) {
          bytes.putFloat(random.chance(0.1) ? 0 : value * factor);
        }
        Tensor other = Tensor.constant(tensor.name(), tensor.type(), Blob.of(bytes.array()));
        tensors.put(tensor.name(), other);
      }
    }
    return graph.withTensors(tensors);
  }
}
