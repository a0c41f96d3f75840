package dev.mote.pipeline.lower;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// A `static const` array of the emitted source. Tables with equal contents are emitted once.
///
/// @param element C element type; INT4 is emitted as packed bytes, FLOAT16 as `uint16_t` patterns
/// @param data dense little-endian elements
/// @param weights whether these are the model's own constants (reported as weights) or derived ones
public record ConstantTable(ElementType element, Blob data, boolean weights) {

  public static ConstantTable weights(ElementType element, Blob data) {
    return new ConstantTable(element, data, true);
  }

  public static ConstantTable ofInt8(byte[] values) {
    return new ConstantTable(ElementType.INT8, Blob.of(values), false);
  }

  public static ConstantTable ofInt16(short[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (short value : values) {
      bytes.putShort(value);
    }
    return new ConstantTable(ElementType.INT16, Blob.of(bytes.array()), false);
  }

  public static ConstantTable ofInt32(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return new ConstantTable(ElementType.INT32, Blob.of(bytes.array()), false);
  }

  public static ConstantTable ofFloat(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return new ConstantTable(ElementType.FLOAT32, Blob.of(bytes.array()), false);
  }
}
