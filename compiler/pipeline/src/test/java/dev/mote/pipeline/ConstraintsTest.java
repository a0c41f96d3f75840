package dev.mote.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import dev.mote.plugin.Compiler.Constraints;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// A chain of convolutions whose arena is small only when it runs row by row.
class ConstraintsTest {

  private static final Target CHIP = Targets.find("stm32l4r5");

  private static final CompiledModel FAST =
      model(MoteCompiler.compile(chain(), CHIP, Optimize.SPEED, "chain"));
  private static final CompiledModel SMALL =
      model(MoteCompiler.compile(chain(), CHIP, Optimize.MEMORY, "chain"));

  @Test
  void theTwoWaysDiffer() {
    assertThat(SMALL.arenaBytes()).isLessThan(FAST.arenaBytes());
    assertThat(FAST.estimatedCycles()).isPositive();
    assertThat(FAST.estimatedCodeBytes()).isPositive();
  }

  @Test
  void whatWasAskedForIsTakenWhenItSatisfies() {
    assertThat(compile(ram(FAST.arenaBytes()))).isEqualTo(FAST);
  }

  @Test
  void aSmallerWayIsFoundWhenTheArenaIsTooLarge() {
    CompiledModel found = compile(ram(FAST.arenaBytes() - 1));
    assertThat(found.arenaBytes()).isLessThan(FAST.arenaBytes());
    assertThat(found.layers().size()).isNotEqualTo(FAST.layers().size());
  }

  @Test
  void theRefusalSaysByHowMuchTheNearestWayMisses() {
    MoteCompiler.Outcome outcome =
        MoteCompiler.compile(
            chain(),
            CHIP,
            Settings.preferring(Optimize.SPEED),
            new Constraints(
                Optional.of(Duration.ofNanos(1000)),
                OptionalLong.of(100),
                OptionalLong.of(1 << 20)),
            "chain");
    assertThat(outcome).isInstanceOf(MoteCompiler.Outcome.Refused.class);
    String message = ((MoteCompiler.Outcome.Refused) outcome).problems().getFirst().toString();
    assertThat(message)
        .startsWith("MOTE-3004 chain for stm32l4r5: no way to compile it satisfies all constraints")
        .contains("misses latency: ")
        .contains(" ms of at most 0.00 (")
        .contains("RAM: ")
        .contains(" bytes of at most 100 (")
        .contains("Fix: relax these constraints, or use a faster target")
        .doesNotContain("flash: ");
  }

  @Test
  void aBareCoreHasNoLatency() {
    MoteCompiler.Outcome outcome =
        MoteCompiler.compile(
            chain(),
            Targets.find("cortex-m4"),
            Settings.preferring(Optimize.SPEED),
            new Constraints(
                Optional.of(Duration.ofMillis(5)), OptionalLong.empty(), OptionalLong.empty()),
            "chain");
    assertThat(outcome).isInstanceOf(MoteCompiler.Outcome.Refused.class);
    assertThat(((MoteCompiler.Outcome.Refused) outcome).problems().getFirst().toString())
        .contains("the target has no clock");
  }

  @Test
  void theTargetsMemoryHoldsWhenItIsSmaller() {
    MoteCompiler.Outcome outcome =
        MoteCompiler.compile(
            chain(),
            Targets.find("samd21"),
            Settings.preferring(Optimize.SPEED),
            ram(1 << 20),
            "chain");
    if (outcome instanceof MoteCompiler.Outcome.Compiled(CompiledModel model)) {
      assertThat(model.arenaBytes()).isLessThanOrEqualTo(32768);
    } else {
      assertThat(((MoteCompiler.Outcome.Refused) outcome).problems().getFirst().toString())
          .contains("of at most 32,768");
    }
  }

  @Test
  void constantsThatTheFirstFlashHasNoRoomForAreMarked() {
    Target target =
        new Target(
            "two",
            "two flashes",
            CHIP.core(),
            CHIP.instructionSet(),
            CHIP.clockHz(),
            List.of(
                new Target.Memory("fast", Target.Memory.Kind.FLASH, 0, 8192, 1),
                new Target.Memory("slow", Target.Memory.Kind.FLASH, 0x9000_0000L, 1 << 20, 16)),
            CHIP.toolchain(),
            CHIP.board(),
            CHIP.sources());
    CompiledModel split = model(MoteCompiler.compile(chain(), target, Optimize.SPEED, "chain"));
    assertThat(split.external()).isNotEmpty();
    assertThat(split.external().getFirst().memory()).isEqualTo("slow");
    assertThat(split.source()).contains("MOTE_WEIGHTS_EXTERNAL static const ");
    assertThat(FAST.external()).isEmpty();
    assertThat(FAST.source()).doesNotContain("MOTE_WEIGHTS_EXTERNAL");
  }

  private static CompiledModel compile(Constraints constraints) {
    return model(
        MoteCompiler.compile(
            chain(), CHIP, Settings.preferring(Optimize.SPEED), constraints, "chain"));
  }

  private static Constraints ram(long bytes) {
    return new Constraints(Optional.empty(), OptionalLong.of(bytes), OptionalLong.empty());
  }

  private static CompiledModel model(MoteCompiler.Outcome outcome) {
    return ((MoteCompiler.Outcome.Compiled) outcome).model();
  }

  /// Three 3x3 convolutions on 48x48 pixels, with more channels in the middle.
  private static Graph chain() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    int[] channels = {8, 24, 24, 8};
    tensors.put("x0", Tensor.activation("x0", type(1, 48, 48, channels[0])));
    for (int i = 0; i < 3; i++) {
      int in = channels[i];
      int out = channels[i + 1];
      byte[] weights = new byte[out * 9 * in];
      for (int w = 0; w < weights.length; w++) {
        weights[w] = (byte) (w * 7 + i);
      }
      TensorType weightType =
          new TensorType(
              ElementType.INT8, Shape.of(out, 3, 3, in), new Quantization.PerTensor(0.01f, 0));
      TensorType biasType =
          new TensorType(ElementType.INT32, Shape.of(out), new Quantization.PerTensor(0.0005f, 0));
      tensors.put("w" + i, Tensor.constant("w" + i, weightType, Blob.of(weights)));
      tensors.put("b" + i, Tensor.constant("b" + i, biasType, Blob.of(new byte[4 * out])));
      tensors.put("x" + (i + 1), Tensor.activation("x" + (i + 1), type(1, 48, 48, out)));
      nodes.add(
          new Node(
              "conv" + i,
              new Op.Conv2d(Window2d.same(48, 48, 3, 3, 1, 1, 1, 1), 1, Activation.NONE),
              List.of("x" + i, "w" + i, "b" + i),
              List.of("x" + (i + 1))));
    }
    return new Graph("chain", tensors, nodes, List.of("x0"), List.of("x3"), List.of(), List.of());
  }

  private static TensorType type(int... dims) {
    return new TensorType(ElementType.INT8, Shape.of(dims), new Quantization.PerTensor(0.05f, -3));
  }
}
