package dev.mote.testkit.classical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.classical.Condition;
import dev.mote.frontends.classical.ForestBuilder;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Verifier;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.differential.HostBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Every kind of question is answered as its definition says, at its border and for what is
/// missing.
class MissingValuesTest {

  private static final float[] VALUES = {
    Float.NaN,
    Float.NEGATIVE_INFINITY,
    -3,
    -1.5f,
    -1,
    -0.5f,
    Math.nextDown(0f),
    -0f,
    0f,
    1e-36f,
    1e-34f,
    0.5f,
    Math.nextDown(1f),
    1,
    Math.nextUp(1f),
    1.5f,
    2,
    2.5f,
    3,
    4,
    5.5f,
    33,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY
  };

  private static List<Condition> conditions() {
    List<Condition> conditions = new ArrayList<>();
    for (boolean missing : new boolean[] {false, true}) {
      for (double threshold :
          new double[] {1, 0, -0.0, -1.5, 0.1, 1 + 1e-12, 1 - 1e-12, 1e300, -1e300}) {
        conditions.add(new Condition.AtMost(0, threshold, missing));
        conditions.add(new Condition.Below(0, threshold, missing));
        conditions.add(new Condition.Equal(0, threshold, missing));
        conditions.add(new Condition.AtMostOrZero(0, threshold, 1e-35f, missing));
      }
      conditions.add(new Condition.Member(0, List.of(), missing));
      conditions.add(new Condition.Member(0, List.of(0), missing));
      conditions.add(new Condition.Member(0, List.of(33, 2, 1, 5), missing));
      conditions.add(new Condition.OneOf(0, List.of(), missing));
      conditions.add(new Condition.OneOf(0, List.of(-0.0), missing));
      conditions.add(new Condition.OneOf(0, List.of(2.5, -1.5, 0.0, 33.0), missing));
    }
    return conditions;
  }

  private static boolean holds(Condition condition, float x) {
    return switch (condition) {
      case Condition.AtMost c -> Float.isNaN(x) ? c.missingYes() : x <= c.threshold();
      case Condition.Below c -> Float.isNaN(x) ? c.missingYes() : x < c.threshold();
      case Condition.Equal c -> Float.isNaN(x) ? c.missingYes() : x == c.value();
      case Condition.Member c ->
          Float.isNaN(x) ? c.missingYes() : x > -1 && c.members().contains((int) x);
      case Condition.OneOf c -> Float.isNaN(x) ? c.missingYes() : c.values().contains(x + 0.0);
      case Condition.AtMostOrZero c ->
          Float.isNaN(x) || Math.abs(x) <= c.zero() ? c.missingYes() : x <= c.threshold();
    };
  }

  @Test
  void everyQuestionIsAnsweredInFloat32() {
    List<Condition> conditions = conditions();
    HostBatch code = new HostBatch(Targets.find("host"), Optimize.SPEED);
    HostBatch table = new HostBatch(Targets.find("host"), Optimize.SIZE);
    Graph graph = graph(conditions);
    assertThat(Verifier.verify(graph)).isEmpty();
    assertThat(code.add(graph)).isEmpty();
    assertThat(table.add(graph)).isEmpty();
    try (HostBatch.Library codes = code.build();
        HostBatch.Library tables = table.build()) {
      for (float x : VALUES) {
        byte[] input = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(x).array();
        byte[] expected = new byte[4 * conditions.size()];
        for (int i = 0; i < conditions.size(); i++) {
          expected[4 * i] = (byte) (holds(conditions.get(i), x) ? 1 : 0);
        }
        assertThat(new Interpreter(graph).run(List.of(input)).getFirst())
            .as("of " + x)
            .isEqualTo(expected);
        assertThat(codes.start(0).run(List.of(input)).getFirst())
            .as("code of " + x)
            .isEqualTo(expected);
        assertThat(tables.start(0).run(List.of(input)).getFirst())
            .as("table of " + x)
            .isEqualTo(expected);
      }
    }
  }

  /// A tree of one question for each column of the result: 1 for yes.
  private static Graph graph(List<Condition> conditions) {
    ForestBuilder forest = new ForestBuilder(1, ElementType.FLOAT32, 1);
    int yes = forest.leaf(1);
    int no = forest.leaf(0);
    for (int i = 0; i < conditions.size(); i++) {
      forest.add(
          new ForestBuilder.Tree(
              List.of(conditions.get(i)), List.of(-1 - yes), List.of(-1 - no), 0, i));
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<String> inputs = new ArrayList<>(List.of("x"));
    tensors.put("x", Tensor.activation("x", TensorType.plain(ElementType.FLOAT32, Shape.of(1, 1))));
    for (Tensor constant : forest.constants("t", ElementType.INT8)) {
      tensors.put(constant.name(), constant);
      inputs.add(constant.name());
    }
    TensorType sums = TensorType.plain(ElementType.INT32, Shape.of(1, conditions.size()));
    tensors.put(
        "base",
        Tensor.constant(
            "base",
            sums.withShape(Shape.of(conditions.size())),
            dev.mote.ir.Blob.of(new byte[4 * conditions.size()])));
    inputs.add("base");
    tensors.put("y", Tensor.activation("y", sums));
    Node node =
        new Node("t", new Op.TreeEnsemble(Op.TreeEnsemble.Aggregate.SUM), inputs, List.of("y"));
    return new Graph("g", tensors, List.of(node), List.of("x"), List.of("y"), List.of(), List.of());
  }
}
