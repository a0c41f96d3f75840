package dev.mote.testkit.cases;

import dev.mote.ir.ElementType;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;

/// Draws the contents of a tensor, as dense little-endian bytes.
@FunctionalInterface
public interface Values {

  byte[] draw(CaseRandom random, TensorType type);

  /// Whatever the type can hold, by one of several patterns: uniform, extremes only, alternating
  /// extremes, zero points, near the zero point. Floats stay within ±8, int64 within 32 bits.
  static Values any() {
    return Patterns::draw;
  }

  /// Integers (or integral floats) from `low` to `high`, both inclusive, uniformly.
  static Values between(long low, long high) {
    return (random, type) -> {
      long span = high - low + 1;
      return integers(type, _ -> low + Math.floorMod(random.nextLong(), span));
    };
  }

  /// Floats from `low` to `high`, uniformly.
  static Values reals(float low, float high) {
    return (random, type) -> floats(type, _ -> low + (high - low) * random.nextFloat());
  }

  /// These integers, in this order.
  static Values exactly(long... values) {
    return (_, type) -> integers(type, i -> values[i]);
  }

  /// These floats, in this order.
  static Values exactly(float... values) {
    return (_, type) -> floats(type, i -> values[i]);
  }

  /// Encodes element `i` as `element.apply(i)`; for float types too.
  static byte[] integers(TensorType type, IntFunction<Long> element) {
    int count = type.shape().count();
    byte[] array = new byte[Math.toIntExact(type.bytes())];
    ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      long value = element.apply(i);
      switch (type.element()) {
        case INT4 -> {
          int nibble = (int) (value & 15) << (i % 2 == 0 ? 0 : 4);
          bytes.put(i / 2, (byte) (bytes.get(i / 2) | nibble));
        }
        case INT8, UINT8, BOOL -> bytes.put(i, (byte) value);
        case INT16 -> bytes.putShort(2 * i, (short) value);
        case INT32 -> bytes.putInt(4 * i, (int) value);
        case INT64 -> bytes.putLong(8 * i, value);
        case FLOAT16 -> bytes.putShort(2 * i, Float.floatToFloat16((float) value));
        case FLOAT32 -> bytes.putFloat(4 * i, (float) value);
      }
    }
    return array;
  }

  /// Encodes element `i` as `element.apply(i)` in a float type.
  static byte[] floats(TensorType type, IntFunction<Float> element) {
    int count = type.shape().count();
    byte[] array = new byte[Math.toIntExact(type.bytes())];
    ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      if (type.element() == ElementType.FLOAT16) {
        bytes.putShort(2 * i, Float.floatToFloat16(element.apply(i)));
      } else {
        bytes.putFloat(4 * i, element.apply(i));
      }
    }
    return array;
  }
}
