package dev.mote.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GraphTextTest {

  private static final Window2d WINDOW = new Window2d(3, 2, 2, 1, 1, 1, 0, 1, 0, 1);

  static List<Op> everySortOfAttribute() {
    return List.of(
        new Op.Conv2d(WINDOW, 2, Activation.RELU6),
        new Op.Pool2d(Op.Pool2d.Kind.L2, WINDOW, Activation.NONE),
        new Op.BatchMatMul(true, false),
        new Op.Lstm(true, 0.1f),
        new Op.Softmax(Float.MIN_VALUE),
        new Op.L2Normalization(),
        new Op.Unary(Op.Unary.Kind.RELU_N1_TO_1),
        new Op.Pad(List.of(0, 1), List.of(2, 3), Op.Pad.Mode.SYMMETRIC),
        new Op.Slice(List.of(), List.of(), List.of()),
        new Op.ReadVariable("state \"1\""),
        new Op.CustomOp("Foo", Map.of("b", "2 = {", "a", "\\1\n")));
  }

  @ParameterizedTest
  @MethodSource("everySortOfAttribute")
  void anOperatorIsReadAsItWasWritten(Op op) {
    Graph graph = graph(Map.of(), List.of(new Node("n", op, List.of("a"), List.of("b", "c"))));
    assertThat(GraphText.parse(GraphText.print(graph))).isEqualTo(graph);
  }

  @Test
  void everyOperatorCanBeNamed() {
    assertThat(Op.class.getPermittedSubclasses()).allMatch(Class::isRecord);
  }

  @Test
  void tensorsBorderAndSignaturesAreReadAsTheyWereWritten() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    add(tensors, "x", TensorType.plain(ElementType.FLOAT32, Shape.SCALAR), new byte[0]);
    add(
        tensors,
        "odd \"name\"\\\u0000é\ud83d\ude00",
        new TensorType(ElementType.INT8, Shape.of(1, 40), new Quantization.PerTensor(0.1f, -128)),
        new byte[40]);
    add(
        tensors,
        "w",
        new TensorType(
            ElementType.INT4,
            Shape.of(3, 1),
            new Quantization.PerChannel(List.of(1e-38f, 0f, 3f), 0)),
        new byte[] {1, (byte) 0xff});
    add(tensors, "none", TensorType.plain(ElementType.BOOL, Shape.of(0, 2)), new byte[0]);
    Graph graph =
        new Graph(
            "model",
            tensors,
            List.of(),
            List.of("x"),
            List.of("x", "w"),
            List.of("none"),
            List.of(new Graph.Signature("main", Map.of("in", "x"), Map.of("out", "w"))));
    assertThat(GraphText.parse(GraphText.print(graph))).isEqualTo(graph);
  }

  @Test
  void theTextIsOneLineForEachTensorAndNode() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(
        "x",
        Tensor.activation(
            "x",
            new TensorType(ElementType.INT8, Shape.of(1, 2), new Quantization.PerTensor(0.5f, 3))));
    tensors.put("y", Tensor.activation("y", TensorType.plain(ElementType.BOOL, Shape.SCALAR)));
    Graph graph =
        graph(
            tensors, List.of(new Node("y", new Op.ArgReduce(true, 1), List.of("x"), List.of("y"))));
    assertThat(GraphText.print(graph))
        .isEqualTo(
            """
            graph "g" {
              tensor "x" int8 [1x2] scale 0.5 zero 3
              tensor "y" bool []
              node "y" ArgReduce(largest: true, axis: 1) "x" -> "y"
            }
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "graph x {} | line 1: a name in quotation marks is missing",
        "graph \"x\" { node \"n\" Foo -> \"y\" } | line 1: there is no operator 'Foo'",
        "graph \"x\" { tensor \"n\" int8 [1xa] } | line 1: 'a' is no integer",
        "graph \"x\" { tensor \"n\" int8 [2] = hex \"00\" } |"
            + " line 1: constant 'n' has 1 bytes, its type needs 2",
        "graph \"x\" { } more | line 1: something follows the graph",
        "graph \"x\" { weight | line 1: a graph has no 'weight'",
        "graph \"x | line 1: a quotation mark is missing",
      })
  void whatIsNoGraphIsRefusedWithTheReason(String text, String reason) {
    assertThatThrownBy(() -> GraphText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(reason);
  }

  private static void add(Map<String, Tensor> tensors, String name, TensorType type, byte[] data) {
    tensors.put(
        name,
        new Tensor(
            name,
            type,
            type.bytes() == data.length ? Optional.of(Blob.of(data)) : Optional.empty()));
  }

  private static Graph graph(Map<String, Tensor> tensors, List<Node> nodes) {
    return new Graph("g", tensors, nodes, List.of(), List.of(), List.of(), List.of());
  }
}
