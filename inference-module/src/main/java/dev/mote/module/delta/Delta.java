package dev.mote.module.delta;

import dev.mote.module.cbor.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Deltas, as the specification of modules describes them.
public final class Delta {

  /// What an operation does; its number is in the low three bits of its first byte.
  static final int COPY = 1;

  static final int LITERAL = 2;
  static final int ADD = 3;
  static final int SPARSE = 4;
  static final int REPEAT = 5;

  /// A difference whose quotient is this long is written as it is.
  static final int LONGEST_QUOTIENT = 12;

  static final int MOST_RICE = 7;

  private Delta() {}

  /// A delta from `base` to `contents`, in segments of `blockSize` bytes of `contents`.
  public static Bytes make(Bytes base, Bytes contents, int blockSize) {
    return new DeltaEncoder(base.toByteArray(), contents.toByteArray()).encode(blockSize);
  }

  /// What `delta` makes of `base`.
  ///
  /// @param size bytes that it must make
  /// @param blockSize bytes that each segment but the last must make
  /// @throws DeltaProblem when it is no delta to it
  public static Bytes apply(Bytes base, Bytes delta, int size, int blockSize) throws DeltaProblem {
    byte[] out = new byte[size];
    int[] at = {0};
    DeltaDecoder decoder =
        new DeltaDecoder(
            base, () -> at[0] < delta.size() ? delta.at(at[0]++) : -1, offset -> out[offset]);
    try {
      for (int made = 0; made < size; made += blockSize) {
        byte[] block = decoder.segment(made, Math.min(blockSize, size - made)).toByteArray();
        System.arraycopy(block, 0, out, made, block.length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (at[0] != delta.size()) {
      throw new DeltaProblem(at[0], "more follows than the payload needs");
    }
    return Bytes.of(out);
  }
}
