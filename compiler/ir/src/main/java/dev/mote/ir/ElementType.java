package dev.mote.ir;

/// Type of one element of a tensor.
///
/// Tensor bytes are little-endian and dense in row-major order. [#INT4] packs two elements in a
/// byte, the one with the lower index in the low nibble; an odd count leaves the last high nibble
/// zero. [#BOOL] is one byte, 0 or 1.
public enum ElementType {
  INT4(4),
  INT8(8),
  UINT8(8),
  INT16(16),
  INT32(32),
  INT64(64),
  BOOL(8),
  FLOAT16(16),
  FLOAT32(32);

  private final int bits;

  ElementType(int bits) {
    this.bits = bits;
  }

  /// Bits of one element.
  public int bits() {
    return bits;
  }

  /// Bytes that `count` dense elements occupy, rounded up to a whole byte.
  public long bytes(long count) {
    return Math.ceilDiv(Math.multiplyExact(count, (long) bits), 8L);
  }

  /// Whether this is a binary floating-point type.
  public boolean isFloat() {
    return this == FLOAT16 || this == FLOAT32;
  }

  /// Whether this is an integer type (booleans are not).
  public boolean isInteger() {
    return !isFloat() && this != BOOL;
  }

  /// Smallest value of an integer type.
  ///
  /// @throws IllegalStateException for floats and booleans
  public long minValue() {
    return switch (this) {
      case INT4 -> -8;
      case INT8 -> Byte.MIN_VALUE;
      case UINT8 -> 0;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64 -> Long.MIN_VALUE;
      case BOOL, FLOAT16, FLOAT32 ->
          throw new IllegalStateException(this + " has no integer range");
    };
  }

  /// Largest value of an integer type.
  ///
  /// @throws IllegalStateException for floats and booleans
  public long maxValue() {
    return switch (this) {
      case INT4 -> 7;
      case INT8 -> Byte.MAX_VALUE;
      case UINT8 -> 255;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case INT64 -> Long.MAX_VALUE;
      case BOOL, FLOAT16, FLOAT32 ->
          throw new IllegalStateException(this + " has no integer range");
    };
  }

  /// Lower-case name as it appears in the text form, for instance `int8`.
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
