package dev.mote.fleet.coap;

import java.util.Optional;
import java.util.OptionalInt;

/// The value of a Block1 or Block2 option (RFC 7959, section 2.2).
///
/// @param number of the block
/// @param more whether others follow
/// @param exponent size of blocks as 2^(exponent + 4); 0 to 6
public record Block(int number, boolean more, int exponent) {

  public static final int LARGEST = 6;

  /// The block in `message`.
  ///
  /// @param option [CoapMessage#BLOCK1] or [CoapMessage#BLOCK2]
  public static Optional<Block> in(CoapMessage message, int option) {
    OptionalInt value = message.number(option);
    if (value.isEmpty() || (value.getAsInt() & 7) > LARGEST) {
      return Optional.empty();
    }
    int bits = value.getAsInt();
    return Optional.of(new Block(bits >>> 4, (bits & 8) != 0, bits & 7));
  }

  public int value() {
    return number << 4 | (more ? 8 : 0) | exponent;
  }

  /// Bytes of a block that is not the last.
  public int size() {
    return 16 << exponent;
  }

  /// Where it begins, in bytes.
  public long offset() {
    return (long) number * size();
  }
}
