package dev.mote.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.pipeline.lower.ConstantTable;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCost;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import dev.mote.targets.Targets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConstantPlacementTest {

  private static final Graph GRAPH =
      new Graph("empty", Map.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  @Test
  void whatIsReadMostForEachByteStaysInTheFirstFlash() {
    List<LoweredStep> steps =
        List.of(layer("once", 600, 600), layer("often", 400, 40_000), layer("twice", 500, 1_000));

    ConstantPlacement placement = ConstantPlacement.of(GRAPH, steps, chip(1000), 50);

    // 950 bytes of room: 400 read a hundred times, 500 read twice.
    assertThat(placement.constants())
        .extracting(ConstantPlacement.Constant::layer)
        .containsExactly("once");
    assertThat(placement.bytes()).isEqualTo(600);
    assertThat(placement.memory().orElseThrow().name()).isEqualTo("slow");
  }

  @Test
  void everythingIsInTheFirstFlashWhenItFits() {
    assertThat(ConstantPlacement.of(GRAPH, List.of(layer("a", 600, 600)), chip(1000), 50))
        .isEqualTo(ConstantPlacement.none());
  }

  @Test
  void oneFlashHasNothingToPlace() {
    Target one = Targets.find("stm32g0b1");
    assertThat(ConstantPlacement.of(GRAPH, List.of(layer("a", 4 << 20, 1)), one, 0))
        .isEqualTo(ConstantPlacement.none());
  }

  private static LoweredStep layer(String name, int bytes, long loaded) {
    byte[] data = new byte[bytes];
    data[0] = (byte) name.hashCode();
    KernelCall call =
        KernelCall.of(
            "portable/" + name,
            name,
            List.of(),
            new Argument.Table(ConstantTable.ofInt8(Blob.of(data).toByteArray())));
    Node node = new Node(name, new Op.FullyConnected(Activation.NONE), List.of(), List.of());
    return new LoweredStep.Layer(node, call, new KernelCost(0, 0, true, bytes, 0, 0, 0, loaded));
  }

  private static Target chip(long fastBytes) {
    Target bare = Targets.find("cortex-m4");
    return new Target(
        "two",
        "two flashes",
        bare.core(),
        bare.instructionSet(),
        100_000_000,
        List.of(
            new Memory("fast", Memory.Kind.FLASH, 0, fastBytes, 1),
            new Memory("slow", Memory.Kind.FLASH, 0x9000_0000L, 1 << 20, 16)),
        bare.toolchain(),
        bare.board(),
        bare.sources());
  }
}
