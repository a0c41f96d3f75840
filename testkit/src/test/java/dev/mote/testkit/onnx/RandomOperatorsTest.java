package dev.mote.testkit.onnx;

import static dev.mote.testkit.onnx.OnnxSketch.integer;
import static dev.mote.testkit.onnx.OnnxSketch.ints;
import static dev.mote.testkit.onnx.OnnxSketch.real;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Operators of the standard domain in random shapes and configurations, by ONNX Runtime, the
/// reference interpreter and emitted C.
class RandomOperatorsTest {

  private static final int CONFIGURATIONS = 5;

  /// Operators of one input, with the range of their inputs.
  private static final Map<String, float[]> UNARY = new LinkedHashMap<>();

  static {
    for (String name :
        ("Abs Neg Relu Sigmoid Tanh Softplus Softsign LeakyRelu Elu Selu Celu HardSigmoid"
                + " HardSwish Mish ThresholdedRelu Exp Sin Cos Floor Ceil Round Sign Erf Atan Asinh"
                + " Sinh Cosh Identity Softmax LogSoftmax Hardmax")
            .split(" ")) {
      UNARY.put(name, new float[] {-4, 4});
    }
    for (String name : "Sqrt Log Reciprocal".split(" ")) {
      UNARY.put(name, new float[] {0.1f, 9});
    }
    for (String name : "Asin Acos Atanh Tan".split(" ")) {
      UNARY.put(name, new float[] {-0.9f, 0.9f});
    }
    UNARY.put("Acosh", new float[] {1.1f, 6});
  }

  private final RandomCases cases = new RandomCases();

  private static TensorProto tensor(Random random, List<Long> dims, float low, float high) {
    return RandomCases.reals(random, dims, low, high);
  }

  private static List<Long> shape(Random random, int least, int most) {
    List<Long> dims = new ArrayList<>();
    for (int i = least + random.nextInt(most - least + 1); i > 0; i--) {
      dims.add(1L + random.nextInt(5));
    }
    return dims;
  }

  /// A model of one operator on `inputs`, of which those from `variable` on are constants.
  private void add(
      String operator,
      List<TensorProto> inputs,
      int variable,
      int outputs,
      AttributeProto... attributes) {
    RandomCases.Draft draft = cases.draft(operator);
    inputs.subList(0, variable).forEach(draft::input);
    inputs.subList(variable, inputs.size()).forEach(draft::constant);
    draft.add(outputs, attributes);
  }

  @Test
  void ofOneInput() {
    Random random = new Random(1);
    UNARY.forEach(
        (operator, range) -> {
          for (int i = 0; i < CONFIGURATIONS; i++) {
            List<Long> dims = shape(random, 1, 4);
            add(operator, List.of(tensor(random, dims, range[0], range[1])), 1, 1);
          }
        });
    assertThat(cases.differences()).isEmpty();
  }

  @Test
  void ofTwoInputs() {
    Random random = new Random(2);
    for (String operator :
        "Add Sub Mul Div Pow Max Min Greater Less Equal GreaterOrEqual LessOrEqual PRelu"
            .split(" ")) {
      for (int i = 0; i < CONFIGURATIONS; i++) {
        List<Long> dims = shape(random, 1, 4);
        List<Long> other = new ArrayList<>(dims.subList(random.nextInt(dims.size()), dims.size()));
        if (random.nextBoolean()) {
          other.set(random.nextInt(other.size()), 1L);
        }
        TensorProto x = tensor(random, dims, 0.5f, 3);
        add(operator, List.of(x, tensor(random, other, 0.5f, 3)), 2, 1);
      }
    }
    assertThat(cases.differences()).isEmpty();
  }

  @Test
  void overDimensions() {
    Random random = new Random(3);
    for (String operator : "Sum Mean Max Min Prod L1 L2 SumSquare LogSum LogSumExp".split(" ")) {
      for (int i = 0; i < CONFIGURATIONS; i++) {
        List<Long> dims = shape(random, 2, 4);
        long axis = random.nextInt(dims.size()) - (random.nextBoolean() ? dims.size() : 0);
        add(
            "Reduce" + operator,
            List.of(tensor(random, dims, 0.5f, 2), OnnxSketch.longs(axis)),
            1,
            1,
            integer("keepdims", random.nextInt(2)));
      }
    }
    for (String operator : List.of("ArgMax", "ArgMin", "CumSum", "TopK")) {
      for (int i = 0; i < CONFIGURATIONS; i++) {
        List<Long> dims = shape(random, 2, 3);
        int axis = random.nextInt(dims.size());
        TensorProto x = tensor(random, dims, -3, 3);
        switch (operator) {
          case "CumSum" ->
              add(
                  operator,
                  List.of(x, OnnxSketch.longs(List.of(), axis)),
                  1,
                  1,
                  integer("reverse", random.nextInt(2)),
                  integer("exclusive", random.nextInt(2)));
          case "TopK" ->
              add(
                  operator,
                  List.of(x, OnnxSketch.longs(1 + random.nextInt(dims.get(axis).intValue()))),
                  1,
                  2,
                  integer("axis", axis),
                  integer("largest", random.nextInt(2)));
          default ->
              add(
                  operator,
                  List.of(x),
                  1,
                  1,
                  integer("axis", axis),
                  integer("keepdims", random.nextInt(2)),
                  integer("select_last_index", random.nextInt(2)));
        }
      }
    }
    assertThat(cases.differences()).isEmpty();
  }

  @Test
  void matricesAndImages() {
    Random random = new Random(4);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      long n = 1 + random.nextInt(4);
      long k = 1 + random.nextInt(6);
      long m = 1 + random.nextInt(5);
      TensorProto weights = tensor(random, List.of(k, m), -1, 1);
      add("MatMul", List.of(tensor(random, List.of(2L, n, k), -1, 1), weights), i % 2 + 1, 1);
      add(
          "Gemm",
          List.of(tensor(random, List.of(n, k), -1, 1), weights, tensor(random, List.of(m), -1, 1)),
          1,
          1,
          real("alpha", 0.5f + random.nextFloat()),
          real("beta", random.nextFloat()));
      long channels = 2L * (1 + random.nextInt(2));
      TensorProto image = tensor(random, List.of(1L, channels, 7L, 6L), -1, 1);
      long groups = 1 + random.nextInt(2);
      AttributeProto strides = ints("strides", 1 + random.nextInt(2), 1 + random.nextInt(2));
      long pad = random.nextInt(2);
      AttributeProto pads = ints("pads", pad, 1, 0, pad);
      add(
          "Conv",
          List.of(
              image,
              tensor(random, List.of(4L, channels / groups, 3L, 2L), -1, 1),
              tensor(random, List.of(4L), -1, 1)),
          1,
          1,
          ints("kernel_shape", 3, 2),
          integer("group", groups),
          strides,
          pads);
      for (String pool : List.of("MaxPool", "AveragePool")) {
        add(pool, List.of(image), 1, 1, ints("kernel_shape", 3, 2), strides, pads);
      }
      add("GlobalAveragePool", List.of(image), 1, 1);
      add("GlobalMaxPool", List.of(image), 1, 1);
      add(
          "DepthToSpace",
          List.of(tensor(random, List.of(1L, 8L, 2L, 3L), -1, 1)),
          1,
          1,
          integer("blocksize", 2));
      add(
          "SpaceToDepth",
          List.of(tensor(random, List.of(1L, 2L, 4L, 6L), -1, 1)),
          1,
          1,
          integer("blocksize", 2));
    }
    assertThat(cases.differences()).isEmpty();
  }

  @Test
  void movement() {
    Random random = new Random(5);
    for (int i = 0; i < CONFIGURATIONS; i++) {
      List<Long> dims = List.of(2L + random.nextInt(3), 3L, 2L + random.nextInt(3));
      TensorProto x = tensor(random, dims, -1, 1);
      int axis = random.nextInt(3);
      List<Long> order = new ArrayList<>(List.of(0L, 1L, 2L));
      java.util.Collections.shuffle(order, random);
      long[] permutation = order.stream().mapToLong(Long::longValue).toArray();
      add("Transpose", List.of(x), 1, 1, ints("perm", permutation));
      add("Concat", List.of(x, x), 1, 1, integer("axis", axis));
      add("Flatten", List.of(x), 1, 1, integer("axis", axis));
      add("Reshape", List.of(x, OnnxSketch.longs(-1, 3)), 1, 1);
      add(
          "Squeeze",
          List.of(tensor(random, List.of(1L, 3L, 1L), -1, 1), OnnxSketch.longs(0)),
          1,
          1);
      add("Unsqueeze", List.of(x, OnnxSketch.longs(axis)), 1, 1);
      add("Tile", List.of(x, OnnxSketch.longs(1, 2, 1 + random.nextInt(2))), 1, 1);
      add("Expand", List.of(x, OnnxSketch.longs(2, 1, 3, 1)), 1, 1);
      add(
          "Slice",
          List.of(
              x, OnnxSketch.longs(random.nextInt(2)), OnnxSketch.longs(99), OnnxSketch.longs(axis)),
          1,
          1);
      add("Pad", List.of(x, OnnxSketch.longs(0, 1, random.nextInt(3), 1, 0, 2)), 1, 1);
      add(
          "Gather",
          List.of(x, OnnxSketch.longs(random.nextInt(2), -1, 0)),
          1,
          1,
          integer("axis", axis));
      add(
          "Split",
          List.of(x, OnnxSketch.longs(1, dims.get(axis) - 1)),
          1,
          2,
          integer("axis", axis));
      TensorProto condition =
          OnnxSketch.integers(TensorProto.DataType.BOOL, List.of(3L, 1L), 1, 0, 1);
      add("Where", List.of(condition, x, tensor(random, dims, -1, 1)), 3, 1);
    }
    assertThat(cases.differences()).isEmpty();
  }
}
