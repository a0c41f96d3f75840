package dev.mote.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.targets.Targets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FitTest {

  private static Graph sumOf(int elements) {
    TensorType type = TensorType.plain(ElementType.FLOAT32, Shape.of(elements));
    return new Graph(
        "sum",
        Map.of(
            "x", Tensor.activation("x", type),
            "y", Tensor.activation("y", type),
            "z", Tensor.activation("z", type)),
        List.of(
            new Node(
                "z",
                new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE),
                List.of("x", "y"),
                List.of("z"))),
        List.of("x", "y"),
        List.of("z"),
        List.of(),
        List.of());
  }

  @Test
  void aModelThatNeedsMoreRamThanTheChipHasIsRefusedWithTheFigures() {
    var outcome =
        MoteCompiler.compile(sumOf(8192), Targets.find("samd21"), Optimize.BALANCED, "sum");

    assertThat(outcome).isInstanceOf(MoteCompiler.Outcome.Refused.class);
    assertThat(((MoteCompiler.Outcome.Refused) outcome).problems())
        .singleElement()
        .hasToString(
            """
            MOTE-3002 sum for samd21: the arena needs 65,536 bytes, the largest RAM has 32,768 (32,768 too few); \
            the peak is at layer 'z' (Add)
              Fix: choose a target with more RAM, a smaller input (its area scales the peak), or fewer channels in \
            the layers before the peak.""");
  }

  @Test
  void equalRequestsGiveEqualBytes() {
    var first = MoteCompiler.compile(sumOf(8), Targets.find("host"), Optimize.SPEED, "sum");
    var second = MoteCompiler.compile(sumOf(8), Targets.find("host"), Optimize.SPEED, "sum");

    assertThat(first).isEqualTo(second);
  }
}
