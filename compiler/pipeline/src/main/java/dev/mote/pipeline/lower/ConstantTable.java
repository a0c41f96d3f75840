package dev.mote.pipeline.lower;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A `static const` array of the emitted source. Tables with equal contents are emitted once.
///
/// @param element C element type; INT4 is emitted as packed bytes, FLOAT16 as `uint16_t` patterns
/// @param data dense little-endian elements
/// @param weightBytes how many of the bytes are the model's own constants (weights and biases, in
/// any
///     order or form); the others were added by the compiler
public record ConstantTable(ElementType element, Blob data, long weightBytes) {

  /// Whether any of it is the model's own.
  public boolean isWeights() {
    return weightBytes > 0;
  }

  public static ConstantTable weights(ElementType element, Blob data) {
    return new ConstantTable(element, data, data.size());
  }

  /// The model's own 32-bit constants.
  public static ConstantTable weights(int[] values) {
    return mixed(values, 4L * values.length);
  }

  /// Words of which `weightBytes` bytes are the model's own.
  public static ConstantTable mixed(int[] words, long weightBytes) {
    return new ConstantTable(ElementType.INT32, ofInt32(words).data(), weightBytes);
  }

  public static ConstantTable ofInt8(byte[] values) {
    return new ConstantTable(ElementType.INT8, Blob.of(values), 0);
  }

  public static ConstantTable ofInt16(short[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (short value : values) {
      bytes.putShort(value);
    }
    return new ConstantTable(ElementType.INT16, Blob.of(bytes.array()), 0);
  }

  public static ConstantTable ofInt32(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return new ConstantTable(ElementType.INT32, Blob.of(bytes.array()), 0);
  }

  public static ConstantTable ofInt64(long[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    return new ConstantTable(ElementType.INT64, Blob.of(bytes.array()), 0);
  }

  public static ConstantTable ofFloat(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new ConstantTable(ElementType.FLOAT32, Blob.of(bytes.array()), 0);
  }

  /// The same table, counted as the model's own constants.
  public ConstantTable asWeights() {
    return weights(element, data);
  }
}
