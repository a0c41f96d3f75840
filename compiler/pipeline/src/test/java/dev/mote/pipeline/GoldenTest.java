package dev.mote.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

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
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Holds what the compiler emits for a small network to the files in `src/test/resources/golden`,
/// so that every change of the output is read as a diff. `make golden` rewrites them.
class GoldenTest {

  private static final Path GOLDEN =
      Path.of(
          System.getProperty("mote.root", "../.."), "compiler/pipeline/src/test/resources/golden");

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m0plus", "cortex-m4"})
  void theEmittedFilesAreTheGoldenOnes(String target) throws IOException {
    CompiledModel model =
        switch (MoteCompiler.compile(
            residual(), Targets.find(target), Optimize.BALANCED, "residual")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
        };
    Map<String, String> files = new LinkedHashMap<>();
    files.put("residual.h", model.header());
    files.put("residual.c", model.source());
    files.put("plan.txt", plan(model));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path golden = GOLDEN.resolve(target).resolve(file.getKey());
      if (Boolean.getBoolean("mote.golden")) {
        Files.createDirectories(golden.getParent());
        Files.writeString(golden, file.getValue());
      }
      assertThat(golden).as("written by make golden").content().isEqualTo(file.getValue());
    }
  }

  private static String plan(CompiledModel model) {
    return model.buffers().stream()
        .map(
            b ->
                "%6d %6d  layers %2d to %2d  %s%s%n"
                    .formatted(
                        b.offset(),
                        b.bytes(),
                        b.firstLayer(),
                        b.lastLayer(),
                        b.name(),
                        b.scratch() ? " (scratch)" : ""))
        .collect(Collectors.joining("", "offset  bytes\n", "arena " + model.arenaBytes() + "\n"));
  }

  /// A padded convolution, a depthwise and a pointwise one, a residual sum, a mean, a classifier.
  private static Graph residual() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    activation(tensors, "image", 1, 6, 5, 3);
    activation(tensors, "padded", 1, 8, 7, 3);
    activation(tensors, "stem", 1, 6, 5, 8);
    activation(tensors, "depth", 1, 6, 5, 8);
    activation(tensors, "point", 1, 6, 5, 8);
    activation(tensors, "sum", 1, 6, 5, 8);
    activation(tensors, "pooled", 1, 1, 1, 8);
    activation(tensors, "flat", 1, 8);
    activation(tensors, "scores", 1, 4);
    weights(tensors, "stem/w", 0, 8, 3, 3, 3);
    weights(tensors, "depth/w", 3, 1, 3, 3, 8);
    weights(tensors, "point/w", 0, 8, 1, 1, 8);
    weights(tensors, "scores/w", -1, 4, 8);
    Window2d valid = Window2d.valid(3, 3, 1, 1, 1, 1);
    Window2d same = Window2d.same(6, 5, 3, 3, 1, 1, 1, 1);
    return new Graph(
        "residual",
        tensors,
        List.of(
            node(
                new Op.Pad(List.of(0, 1, 1, 0), List.of(0, 1, 1, 0), Op.Pad.Mode.CONSTANT),
                "padded",
                "image"),
            node(new Op.Conv2d(valid, 1, Activation.RELU), "stem", "padded", "stem/w"),
            node(new Op.DepthwiseConv2d(same, 1, Activation.RELU6), "depth", "stem", "depth/w"),
            node(
                new Op.Conv2d(Window2d.valid(1, 1, 1, 1, 1, 1), 1, Activation.NONE),
                "point",
                "depth",
                "point/w"),
            node(new Op.Binary(Op.Binary.Kind.ADD, Activation.NONE), "sum", "point", "stem"),
            node(
                new Op.Pool2d(
                    Op.Pool2d.Kind.AVERAGE, Window2d.valid(6, 5, 1, 1, 1, 1), Activation.NONE),
                "pooled",
                "sum"),
            node(new Op.Reshape(), "flat", "pooled"),
            node(new Op.FullyConnected(Activation.NONE), "scores", "flat", "scores/w")),
        List.of("image"),
        List.of("scores"),
        List.of(),
        List.of());
  }

  private static Node node(Op op, String output, String... inputs) {
    return new Node(output, op, List.of(inputs), List.of(output));
  }

  private static void activation(Map<String, Tensor> tensors, String name, int... shape) {
    float scale = 0.02f + 0.01f * tensors.size();
    Quantization quantization = new Quantization.PerTensor(scale, name.equals("point") ? 5 : -128);
    if (name.equals("padded")) {
      quantization = tensors.values().iterator().next().quantization();
    } else if (name.equals("pooled") || name.equals("flat")) {
      quantization = new Quantization.PerTensor(0.05f, -128);
    }
    if (name.equals("sum")) {
      quantization = new Quantization.PerTensor(0.05f, -128);
    }
    tensors.put(
        name,
        Tensor.activation(name, new TensorType(ElementType.INT8, Shape.of(shape), quantization)));
  }

  /// Weights that walk through the int8 range, per channel along `axis` unless that is negative.
  private static void weights(Map<String, Tensor> tensors, String name, int axis, int... shape) {
    Shape s = Shape.of(shape);
    byte[] bytes = new byte[s.count()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 37 % 255 - 127);
    }
    Quantization quantization =
        axis < 0
            ? new Quantization.PerTensor(0.01f, 0)
            : new Quantization.PerChannel(
                java.util.stream.IntStream.range(0, s.dim(axis))
                    .mapToObj(i -> 0.01f + 0.001f * i)
                    .toList(),
                axis);
    tensors.put(
        name,
        Tensor.constant(name, new TensorType(ElementType.INT8, s, quantization), Blob.of(bytes)));
  }
}
