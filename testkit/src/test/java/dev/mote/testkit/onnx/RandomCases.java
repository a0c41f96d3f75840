package dev.mote.testkit.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Models of one operator each, which ONNX Runtime, the reference interpreter and emitted C run.
final class RandomCases {

  private static final int OPSET = 18;

  private final List<RuntimeCase> cases = new ArrayList<>();

  /// Everything that is wrong with the cases so far.
  List<String> differences() {
    return RuntimeOracle.differences(cases);
  }

  /// A case of `operator`, whose operands are named in order.
  Draft draft(String operator) {
    return new Draft(operator);
  }

  static TensorProto reals(Random random, List<Long> dims, float low, float high) {
    float[] values = new float[count(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = low + random.nextFloat() * (high - low);
    }
    return OnnxSketch.floats(dims, values);
  }

  /// Integers from `low` to `high`, both included.
  static TensorProto integers(
      Random random, TensorProto.DataType type, List<Long> dims, int low, int high) {
    int[] values = random.ints(count(dims), low, high + 1).toArray();
    return OnnxSketch.integers(type, dims, values);
  }

  private static int count(List<Long> dims) {
    return dims.stream().reduce(1L, (a, b) -> a * b).intValue();
  }

  /// A case in the making.
  final class Draft {

    private final OnnxSketch sketch = new OnnxSketch(OPSET);
    private final Map<String, TensorProto> feed = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final String operator;
    private double absolute = 2e-5;
    private double relative = 1e-4;

    private Draft(String operator) {
      this.operator = operator;
    }

    Draft input(TensorProto value) {
      String name = "x" + names.size();
      long[] dims = value.getDimsList().stream().mapToLong(Long::longValue).toArray();
      names.add(sketch.input(name, TensorProto.DataType.forNumber(value.getDataType()), dims));
      feed.put(name, value);
      return this;
    }

    Draft constant(TensorProto value) {
      names.add(sketch.constant(value));
      return this;
    }

    /// An optional operand that is not there.
    Draft absent() {
      names.add("");
      return this;
    }

    /// How much integers may differ.
    Draft within(int steps) {
      absolute = steps;
      relative = 0;
      return this;
    }

    /// The operator between dequantizations and a quantization, all by the same scale and zero
    /// point: on its first operand, which is one of integers.
    void addOnIntegers(TensorProto scale, TensorProto zero, AttributeProto... attributes) {
      List<String> meaning = List.of(sketch.constant(scale), sketch.constant(zero));
      List<String> operands = new ArrayList<>(names);
      operands.set(0, quantization("DequantizeLinear", names.getFirst(), meaning));
      String result = sketch.node(operator, operands, attributes);
      finish(List.of(quantization("QuantizeLinear", result, meaning)));
    }

    private String quantization(String kind, String operand, List<String> meaning) {
      return sketch.node(kind, List.of(operand, meaning.getFirst(), meaning.getLast()));
    }

    void add(int outputs, AttributeProto... attributes) {
      finish(sketch.nodes("", operator, outputs, names, attributes));
    }

    private void finish(List<String> results) {
      results.forEach(sketch::output);
      String name = operator + " " + cases.size();
      cases.add(new RuntimeCase(name, sketch.build(), List.of(feed), absolute, relative));
    }
  }
}
