package dev.mote.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  private static Node unary(String name, String from) {
    return new Node(name, new Op.Unary(Op.Unary.Kind.RELU), List.of(from), List.of(name));
  }

  private static Graph graph(Map<String, Integer> sizes, List<Node> nodes, String output) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    sizes.forEach(
        (name, size) ->
            tensors.put(
                name,
                Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, Shape.of(size)))));
    return new Graph("g", tensors, nodes, List.of("in"), List.of(output), List.of(), List.of());
  }

  @Test
  void aBranchThatShrinksRunsBeforeTheBranchThatStaysLarge() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("in", 10);
    sizes.put("wide", 500);
    sizes.put("tall", 400);
    sizes.put("narrow", 1);
    sizes.put("flat", 1);
    sizes.put("sum", 1);
    Node sum =
        new Node(
            "sum",
            new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE),
            List.of("narrow", "flat"),
            List.of("sum"));
    Graph bad =
        graph(
            sizes,
            List.of(
                unary("wide", "in"),
                unary("tall", "in"),
                unary("narrow", "wide"),
                unary("flat", "tall"),
                sum),
            "sum");

    Graph good = Schedule.order(bad);

    List<String> names = good.nodes().stream().map(Node::name).toList();
    assertThat(Math.abs(names.indexOf("narrow") - names.indexOf("wide"))).isEqualTo(1);
    assertThat(Math.abs(names.indexOf("flat") - names.indexOf("tall"))).isEqualTo(1);
    assertThat(names.getLast()).isEqualTo("sum");
  }

  @Test
  void aChainKeepsItsOrder() {
    Map<String, Integer> sizes = new LinkedHashMap<>(Map.of("in", 4, "a", 4, "b", 4));
    Graph chain = graph(sizes, List.of(unary("a", "in"), unary("b", "a")), "b");

    assertThat(Schedule.order(chain)).isEqualTo(chain);
  }
}
