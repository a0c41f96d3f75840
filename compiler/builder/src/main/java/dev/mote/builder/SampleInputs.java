package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;

/// Sets of inputs that any model can be run with: random, or the fixed one of the benchmarks. A set
/// has one blob for each input, in the model's order.
public final class SampleInputs {

  private SampleInputs() {}

  /// A random set: integers over the whole range of their type, plain integers (indices, say) 0 or
  /// 1, floats in -1 … 1.
  public static List<Blob> random(Graph graph, RandomGenerator random) {
    return graph.inputs().stream()
        .map(name -> graph.tensor(name).type())
        .map(type -> fill(type, _ -> random.nextInt(256)))
        .toList();
  }

  /// The benchmarks' set: byte `i` of a quantized input is `(37 i + 11) mod 256`; element `i` of a
  /// float input is that as an int8, divided by 128.
  public static List<Blob> fixed(Graph graph) {
    return graph.inputs().stream()
        .map(name -> graph.tensor(name).type())
        .map(type -> fill(type, i -> (int) ((37L * i + 11) % 256)))
        .toList();
  }

  /// @param bytes index → 0 … 255
  private static Blob fill(TensorType type, IntUnaryOperator bytes) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.toIntExact(type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    ElementType element = type.element();
    if (element == ElementType.FLOAT32) {
      for (int i = 0; i < type.shape().count(); i++) {
        buffer.putFloat((byte) bytes.applyAsInt(i) / 128f);
      }
    } else if (type.quantization().isQuantized()) {
      for (int i = 0; i < type.bytes(); i++) {
        buffer.put((byte) bytes.applyAsInt(i));
      }
    } else {
      int size = Math.max(1, element.bits() / 8);
      for (int i = 0; i < type.shape().count() && i * size < buffer.capacity(); i++) {
        buffer.put(i * size, (byte) (bytes.applyAsInt(i) & 1));
      }
    }
    return Blob.of(buffer.array());
  }
}
