package dev.mote.testkit.differential;

import dev.mote.ir.ElementType;
import dev.mote.ir.TensorType;
import dev.mote.testkit.cases.Agreement;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Compares two tensors of one type element by element.
public final class Comparison {

  private Comparison() {}

  /// The first element where `actual` does not agree with `expected`, told with both values; empty
  /// when they agree.
  public static Optional<String> difference(
      TensorType type, byte[] expected, byte[] actual, Agreement agreement) {
    if (expected.length != actual.length) {
      return Optional.of("%d bytes instead of %d".formatted(actual.length, expected.length));
    }
    int count = type.shape().count();
    int different = 0;
    String first = "";
    for (int i = 0; i < count; i++) {
      if (!agrees(type.element(), expected, actual, i, agreement)) {
        if (different == 0) {
          first =
              "[%d] is %s instead of %s"
                  .formatted(i, text(type.element(), actual, i), text(type.element(), expected, i));
        }
        different++;
      }
    }
    return different == 0
        ? Optional.empty()
        : Optional.of("%s (%d of %d elements differ)".formatted(first, different, count));
  }

  private static boolean agrees(
      ElementType element, byte[] expected, byte[] actual, int index, Agreement agreement) {
    if (element.isFloat()) {
      float x = real(element, expected, index);
      float y = real(element, actual, index);
      // NaN equals NaN; otherwise bit for bit, the sign of zero included.
      if (Float.floatToIntBits(x) == Float.floatToIntBits(y)) {
        return true;
      }
      return agreement instanceof Agreement.Close(float relative, float absolute)
          && Math.abs(x - y) <= relative * Math.max(Math.abs(x), Math.abs(y)) + absolute;
    }
    long x = integer(element, expected, index);
    long y = integer(element, actual, index);
    return x == y
        || (agreement instanceof Agreement.Within(int steps, String _) && Math.abs(x - y) <= steps);
  }

  private static String text(ElementType element, byte[] bytes, int index) {
    return element.isFloat()
        ? Float.toString(real(element, bytes, index))
        : Long.toString(integer(element, bytes, index));
  }

  private static float real(ElementType element, byte[] bytes, int index) {
    return element == ElementType.FLOAT16
        ? Float.float16ToFloat(buffer(bytes).getShort(2 * index))
        : buffer(bytes).getFloat(4 * index);
  }

  private static long integer(ElementType element, byte[] bytes, int index) {
    return switch (element) {
      case INT4 -> (byte) (bytes[index / 2] << (index % 2 == 0 ? 4 : 0)) >> 4;
      case INT8 -> bytes[index];
      case UINT8, BOOL -> Byte.toUnsignedInt(bytes[index]);
      case INT16 -> buffer(bytes).getShort(2 * index);
      case INT32 -> buffer(bytes).getInt(4 * index);
      case INT64 -> buffer(bytes).getLong(8 * index);
      case FLOAT16, FLOAT32 -> throw new IllegalArgumentException(element + " is no integer");
    };
  }

  private static ByteBuffer buffer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
