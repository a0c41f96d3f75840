package dev.mote.bench.load;

import dev.mote.frontends.tflite.TfliteWriter;
import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A model whose modules have 100 kB: a layer of random weights.
final class LargeModel {

  private static final int INPUTS = 100;
  private static final int OUTPUTS = 250;

  private LargeModel() {}

  /// The model as a TensorFlow Lite file.
  static byte[] file() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    add(tensors, Tensor.activation("x", type(1, INPUTS)));
    add(tensors, Tensor.constant("weights", type(OUTPUTS, INPUTS), random(OUTPUTS * INPUTS)));
    add(tensors, Tensor.constant("bias", type(OUTPUTS), random(OUTPUTS)));
    add(tensors, Tensor.activation("y", type(1, OUTPUTS)));
    Node layer =
        new Node(
            "y",
            new Op.FullyConnected(Activation.NONE),
            List.of("x", "weights", "bias"),
            List.of("y"));
    Graph graph =
        new Graph(
            "large", tensors, List.of(layer), List.of("x"), List.of("y"), List.of(), List.of());
    return switch (new TfliteWriter().write(graph)) {
      case ModelWriter.Result.Written(Blob file) -> file.toByteArray();
      case ModelWriter.Result.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }

  private static void add(Map<String, Tensor> tensors, Tensor tensor) {
    tensors.put(tensor.name(), tensor);
  }

  private static TensorType type(int... extents) {
    return TensorType.plain(ElementType.FLOAT32, Shape.of(extents));
  }

  private static Blob random(int count) {
    Random random = new Random(1);
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat(random.nextFloat() - 0.5f);
    }
    return Blob.of(bytes.array());
  }
}
