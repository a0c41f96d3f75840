package dev.mote.ir;

import java.nio.ByteBuffer;
import java.util.Optional;

/// A named value of a graph: an activation, a constant or a state variable.
///
/// @param name unique in its graph; not empty
/// @param type element type, shape and quantization
/// @param data the elements of a constant, dense and little-endian; empty for activations and state
public record Tensor(String name, TensorType type, Optional<Blob> data) {

  public Tensor {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a tensor needs a name");
    }
    if (data.isPresent() && data.get().size() != type.bytes()) {
      throw new IllegalArgumentException(
          "constant '"
              + name
              + "' has "
              + data.get().size()
              + " bytes, its type needs "
              + type.bytes());
    }
  }

  public static Tensor activation(String name, TensorType type) {
    return new Tensor(name, type, Optional.empty());
  }

  public static Tensor constant(String name, TensorType type, Blob data) {
    return new Tensor(name, type, Optional.of(data));
  }

  public boolean isConstant() {
    return data.isPresent();
  }

  public Shape shape() {
    return type.shape();
  }

  public ElementType element() {
    return type.element();
  }

  public Quantization quantization() {
    return type.quantization();
  }

  /// The constant's elements as integers, INT4 unpacked; booleans as 0 and 1.
  ///
  /// @throws IllegalStateException when this is not a constant of an integer or boolean type
  public long[] constantIntegers() {
    ByteBuffer bytes = constantBytes();
    int count = shape().count();
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (element()) {
            case INT4 -> (byte) (bytes.get(i / 2) << (i % 2 == 0 ? 4 : 0)) >> 4;
            case INT8 -> bytes.get(i);
            case UINT8, BOOL -> Byte.toUnsignedInt(bytes.get(i));
            case INT16 -> bytes.getShort(2 * i);
            case INT32 -> bytes.getInt(4 * i);
            case INT64 -> bytes.getLong(8 * i);
            case FLOAT16, FLOAT32 ->
                throw new IllegalStateException("constant '" + name + "' is not an integer tensor");
          };
    }
    return values;
  }

  /// The constant's elements as floats; half floats are widened, quantized integers are not scaled.
  ///
  /// @throws IllegalStateException when this is not a constant of a float type
  public float[] constantFloats() {
    ByteBuffer bytes = constantBytes();
    int count = shape().count();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (element()) {
            case FLOAT16 -> Float.float16ToFloat(bytes.getShort(2 * i));
            case FLOAT32 -> bytes.getFloat(4 * i);
            case INT4, INT8, UINT8, INT16, INT32, INT64, BOOL ->
                throw new IllegalStateException("constant '" + name + "' is not a float tensor");
          };
    }
    return values;
  }

  private ByteBuffer constantBytes() {
    return data.orElseThrow(() -> new IllegalStateException("'" + name + "' is not a constant"))
        .buffer();
  }
}
