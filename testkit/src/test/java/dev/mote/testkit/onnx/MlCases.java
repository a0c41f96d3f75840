package dev.mote.testkit.onnx;

import static dev.mote.testkit.onnx.OnnxSketch.ML;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Cases of single operators of `ai.onnx.ml`, which are compared together.
final class MlCases {

  static final int ROWS = 12;

  private final List<RuntimeCase> cases = new ArrayList<>();

  void check() {
    assertThat(RuntimeOracle.differences(cases)).isEmpty();
    assertThat(cases).isNotEmpty();
  }

  void add(RuntimeCase wanted) {
    cases.add(wanted);
  }

  /// A model of one operator with `outputs` results on rows of `features`.
  void add(
      String name,
      int mlOpset,
      String operator,
      int outputs,
      List<Map<String, TensorProto>> feeds,
      AttributeProto... attributes) {
    OnnxSketch sketch = new OnnxSketch(17, mlOpset);
    TensorProto x = feeds.getFirst().values().iterator().next();
    sketch.input(
        "x",
        TensorProto.DataType.forNumber(x.getDataType()),
        x.getDimsList().stream().mapToLong(Long::longValue).toArray());
    sketch.nodes(ML, operator, outputs, List.of("x"), attributes).forEach(sketch::output);
    cases.add(new RuntimeCase(operator + " " + name, sketch.build(), feeds));
  }

  static List<Map<String, TensorProto>> rows(Random random, int features, boolean missing) {
    List<Map<String, TensorProto>> feeds = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      float[] x = normal(random, features);
      for (int k = 0; k < features; k++) {
        x[k] = Math.round(x[k] * 4) / 4f;
        if (missing && random.nextInt(4) == 0) {
          x[k] = Float.NaN;
        }
      }
      feeds.add(OnnxSketch.feed("x", OnnxSketch.floats(List.of(1L, (long) features), x)));
    }
    return feeds;
  }

  static float[] normal(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
