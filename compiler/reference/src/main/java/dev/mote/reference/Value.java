package dev.mote.reference;

import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Mutable contents of a tensor while it is interpreted: `long` elements for integers and booleans,
/// `float` elements for floats, row-major.
public final class Value {

  private final TensorType type;
  private final long[] integers;
  private final float[] floats;

  private Value(TensorType type, long[] integers, float[] floats) {
    this.type = type;
    this.integers = integers;
    this.floats = floats;
  }

  /// A value of `type` with all elements 0 (not the zero point).
  public static Value zeros(TensorType type) {
    int count = type.shape().count();
    return type.element().isFloat()
        ? new Value(type, new long[0], new float[count])
        : new Value(type, new long[count], new float[0]);
  }

  /// The contents of a constant tensor.
  public static Value of(Tensor constant) {
    return constant.element().isFloat()
        ? new Value(constant.type(), new long[0], constant.constantFloats())
        : new Value(constant.type(), constant.constantIntegers(), new float[0]);
  }

  /// Decodes dense little-endian bytes.
  ///
  /// @throws IllegalArgumentException when the length is not that of `type`
  public static Value fromBytes(TensorType type, byte[] bytes) {
    return of(Tensor.constant("bytes", type, dev.mote.ir.Blob.of(bytes)));
  }

  public TensorType type() {
    return type;
  }

  public Shape shape() {
    return type.shape();
  }

  public ElementType element() {
    return type.element();
  }

  public int count() {
    return type.shape().count();
  }

  /// Element `index` of an integer or boolean tensor.
  public long integer(int index) {
    return integers[index];
  }

  public int int32(int index) {
    return Math.toIntExact(integers[index]);
  }

  public void set(int index, long value) {
    integers[index] = value;
  }

  /// Element `index` of a float tensor.
  public float real(int index) {
    return floats[index];
  }

  public void setReal(int index, float value) {
    floats[index] = value;
  }

  /// Element `index` as the real number that it stands for: dequantized when quantized per tensor,
  /// the number itself otherwise.
  public float asReal(int index) {
    if (element().isFloat()) {
      return floats[index];
    }
    return type.quantization().isQuantized()
        ? type.quantization().scale() * (integers[index] - type.quantization().zeroPoint())
        : integers[index];
  }

  /// Sets every element of an integer tensor.
  public void fill(long value) {
    Arrays.fill(integers, value);
  }

  /// Copies element `from` of `source`, which has the same kind of elements, to element `to`.
  public void copy(Value source, int from, int to) {
    if (element().isFloat()) {
      floats[to] = source.floats[from];
    } else {
      integers[to] = source.integers[from];
    }
  }

  /// Copies every element of `source`, which has as many of the same kind.
  public void copyFrom(Value source) {
    System.arraycopy(source.integers, 0, integers, 0, integers.length);
    System.arraycopy(source.floats, 0, floats, 0, floats.length);
  }

  /// An independent copy.
  public Value copy() {
    return new Value(type, integers.clone(), floats.clone());
  }

  /// Dense little-endian bytes.
  public byte[] toBytes() {
    int count = count();
    ByteBuffer bytes = ByteBuffer.allocate((int) type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (element()) {
        case INT4 -> {
          int shift = i % 2 == 0 ? 0 : 4;
          int old = bytes.get(i / 2);
          bytes.put(i / 2, (byte) (old | (integers[i] & 15) << shift));
        }
        case INT8, UINT8, BOOL -> bytes.put(i, (byte) integers[i]);
        case INT16 -> bytes.putShort(2 * i, (short) integers[i]);
        case INT32 -> bytes.putInt(4 * i, (int) integers[i]);
        case INT64 -> bytes.putLong(8 * i, integers[i]);
        case FLOAT16 -> bytes.putShort(2 * i, Float.floatToFloat16(floats[i]));
        case FLOAT32 -> bytes.putFloat(4 * i, floats[i]);
      }
    }
    return bytes.array();
  }
}
