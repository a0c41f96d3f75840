package dev.mote.module.delta;

import dev.mote.module.cbor.Bytes;
import java.io.IOException;

/// Applies a delta from front to back, segment by segment. It keeps a few integers and the block
/// that it makes; base and earlier output stand for flash that a device reads at any place.
public final class DeltaDecoder {

  /// Where a delta comes from.
  public interface Input {
    /// The next byte, 0 to 255, or -1 when there is none.
    int next() throws IOException;
  }

  /// Bytes of the new payload before the current block.
  public interface Earlier {
    /// The byte at `offset`.
    byte at(int offset) throws IOException;
  }

  private final byte[] base;
  private final Input in;
  private final Earlier earlier;
  private byte[] out = new byte[0];
  private int at;
  private int left;
  private int start;
  private int made;
  private int cursor;
  private int bits;
  private int bitCount;

  /// @param base the payload that the delta was made from
  public DeltaDecoder(Bytes base, Input in, Earlier earlier) {
    this.base = base.toByteArray();
    this.in = in;
    this.earlier = earlier;
  }

  /// The bytes that the next segment makes.
  ///
  /// @param offset of the block in the payload
  /// @param size of the block
  /// @throws DeltaProblem when it is no delta to the base
  public Bytes segment(int offset, int size) throws DeltaProblem, IOException {
    out = new byte[size];
    start = offset;
    made = 0;
    cursor = offset;
    left = Integer.MAX_VALUE;
    left = number();
    while (made < size) {
      operation();
    }
    if (left != 0) {
      throw problem("a segment is longer than its block");
    }
    return Bytes.of(out);
  }

  /// How many bytes of the delta were read.
  public int position() {
    return at;
  }

  private void operation() throws DeltaProblem, IOException {
    int first = next();
    int parameter = first >> 3;
    int operation = first & 7;
    if (parameter != 0 && operation != Delta.ADD || parameter > Delta.MOST_RICE) {
      throw problem("an operation has bits that it does not use");
    }
    switch (operation) {
      case Delta.COPY -> {
        moveCursor();
        int length = length();
        requireBase(length);
        System.arraycopy(base, cursor, out, made, length);
        advance(length);
      }
      case Delta.LITERAL -> {
        int length = length();
        for (int i = 0; i < length; i++) {
          out[made + i] = (byte) next();
        }
        made += length;
      }
      case Delta.ADD -> {
        moveCursor();
        int length = length();
        requireBase(length);
        bitCount = 0;
        for (int i = 0; i < length; i++) {
          out[made + i] = (byte) (base[cursor + i] + difference(parameter));
        }
        if ((bits & (1 << bitCount) - 1) != 0) {
          throw problem("the bits that fill up a byte are not zero");
        }
        advance(length);
      }
      case Delta.SPARSE -> {
        moveCursor();
        int length = length();
        requireBase(length);
        System.arraycopy(base, cursor, out, made, length);
        sparse(length);
        advance(length);
      }
      case Delta.REPEAT -> {
        int distance = number();
        int length = length();
        if (distance < 1 || distance > start + made) {
          throw problem("it repeats what was not made yet");
        }
        for (int i = 0; i < length; i++) {
          int from = made - distance;
          out[made++] = from >= 0 ? out[from] : earlier.at(start + from);
        }
      }
      default -> throw problem("there is no operation " + operation);
    }
  }

  /// Runs of equal bytes, each followed by a difference; the last run goes to the end.
  private void sparse(int length) throws DeltaProblem, IOException {
    int position = 0;
    while (true) {
      int run = number();
      if (run > length - position) {
        throw problem("a run is longer than its operation");
      }
      position += run;
      if (position == length) {
        return;
      }
      int difference = next();
      out[made + position++] += (byte) difference;
      if (position == length) {
        return;
      }
    }
  }

  private void advance(int length) {
    cursor += length;
    made += length;
  }

  private void moveCursor() throws DeltaProblem, IOException {
    int folded = number();
    long moved = (long) cursor + (folded >>> 1 ^ -(folded & 1));
    if (moved < 0 || moved > base.length) {
      throw problem("it reads outside the base");
    }
    cursor = (int) moved;
  }

  private void requireBase(int length) throws DeltaProblem {
    if (length > base.length - cursor) {
      throw problem("it reads outside the base");
    }
  }

  private int length() throws DeltaProblem, IOException {
    int length = number();
    if (length < 1 || length > out.length - made) {
      throw problem("an operation makes more than its block, or nothing");
    }
    return length;
  }

  /// An unsigned number: seven bits a byte, the low ones first, the top bit set on all but the
  /// last.
  private int number() throws DeltaProblem, IOException {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = next();
      if (shift == 28 && next > 7 || next == 0 && shift > 0) {
        throw problem("a number is too large, or longer than it needs to be");
      }
      value |= (next & 0x7f) << shift;
      if (next < 0x80) {
        return value;
      }
    }
  }

  private int difference(int rice) throws DeltaProblem, IOException {
    int quotient = 0;
    while (quotient < Delta.LONGEST_QUOTIENT && bit() == 1) {
      quotient++;
    }
    int count = quotient == Delta.LONGEST_QUOTIENT ? 8 : rice;
    int folded = quotient == Delta.LONGEST_QUOTIENT ? 0 : quotient;
    for (int i = 0; i < count; i++) {
      folded = folded << 1 | bit();
    }
    return folded >>> 1 ^ -(folded & 1);
  }

  private int bit() throws DeltaProblem, IOException {
    if (bitCount == 0) {
      bits = next();
      bitCount = 8;
    }
    return bits >> --bitCount & 1;
  }

  private int next() throws DeltaProblem, IOException {
    int next = left == 0 ? -1 : in.next();
    if (next < 0) {
      throw problem("it is cut off");
    }
    at++;
    left--;
    return next;
  }

  private DeltaProblem problem(String what) {
    return new DeltaProblem(at, what);
  }
}
