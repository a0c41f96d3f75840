package dev.mote.module.delta;

import dev.mote.module.cbor.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Finds a short delta.
///
/// A block is written in several ways, of which the shortest is kept: as differences to the base
/// over its whole length, as weights that were trained on a little need it; and as copies of exact
/// matches (found by a hash of eight bytes, in the base and in the output before) with the cheapest
/// of literal bytes and differences between them, as changed code and text need it. Cf. C.
/// Percival, "Naive differences of executable code", 2003, for differences along an alignment.
final class DeltaEncoder {

  private static final int HASHED = 8;
  private static final int TABLE_BITS = 16;
  private static final int[] LEAST_MATCHES = {8, 24, 64};

  private final byte[] base;
  private final byte[] contents;
  private final MatchTable inBase;
  private final MatchTable inContents;
  private int lastShift;

  DeltaEncoder(byte[] base, byte[] contents) {
    this.base = base;
    this.contents = contents;
    this.inBase = new MatchTable(base);
    this.inContents = new MatchTable(contents);
    inBase.addUpTo(base.length);
  }

  Bytes encode(int blockSize) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int start = 0; start < contents.length; start += blockSize) {
      int end = Math.min(contents.length, start + blockSize);
      byte[] segment = shortest(start, end);
      number(all, segment.length);
      all.writeBytes(segment);
      inContents.addUpTo(end);
    }
    return Bytes.of(all.toByteArray());
  }

  private byte[] shortest(int start, int end) {
    byte[] best = null;
    int[] shifts = {0, base.length - contents.length, lastShift};
    for (int shift : shifts) {
      if (start + shift >= 0 && end + shift <= base.length) {
        Segment whole = new Segment(start);
        whole.difference(start, start + shift, end - start, false);
        best = shorter(best, whole.bytes());
      }
      for (int least : LEAST_MATCHES) {
        Segment matched = new Segment(start);
        int shiftAfter = matches(matched, start, end, shift, least);
        byte[] bytes = matched.bytes();
        if (best == null || bytes.length < best.length) {
          best = bytes;
          lastShift = shiftAfter;
        }
      }
    }
    if (best == null) {
      throw new IllegalStateException("a block can always be written as a literal");
    }
    return best;
  }

  private static byte[] shorter(byte @org.jspecify.annotations.Nullable [] a, byte[] b) {
    return a == null || b.length < a.length ? b : a;
  }

  /// Writes a block as matches and what lies between them.
  ///
  /// @param shift position in the base less position in the contents where it begins to look
  /// @return the shift at the end
  private int matches(Segment segment, int start, int end, int shift, int least) {
    inContents.forget(start);
    int pending = start;
    int at = start;
    int along = shift;
    while (at < end) {
      inContents.addUpTo(at);
      int aligned = commonLength(base, at + along, at, end);
      int from = at + along;
      int length = aligned;
      boolean repeat = false;
      if (aligned < 4 * least) {
        int found = inBase.find(contents, at);
        int candidate = commonLength(base, found, at, end);
        if (candidate > length + 4) {
          from = found;
          length = candidate;
        }
        int earlier = inContents.find(contents, at);
        int repeated = earlier < at ? commonLength(contents, earlier, at, end) : 0;
        if (repeated > length + 4) {
          from = earlier;
          length = repeated;
          repeat = true;
        }
      }
      if (length < least && at + length < end || length < 4) {
        at++;
        continue;
      }
      segment.unmatched(pending, at, along);
      if (repeat) {
        segment.repeat(at - from, length);
      } else {
        segment.copy(from, length);
        along = from - at;
      }
      at += length;
      pending = at;
    }
    segment.unmatched(pending, end, along);
    return along;
  }

  private int commonLength(byte[] other, int from, int at, int end) {
    if (from < 0 || from >= other.length) {
      return 0;
    }
    int most = Math.min(end - at, other.length - from);
    int length = Arrays.mismatch(other, from, from + most, contents, at, at + most);
    return length < 0 ? most : length;
  }

  /// The operations of one block.
  private final class Segment {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int cursor;

    private Segment(int start) {
      cursor = start;
    }

    private byte[] bytes() {
      return out.toByteArray();
    }

    private void copy(int from, int length) {
      place(Delta.COPY, from, length);
    }

    private void repeat(int distance, int length) {
      out.write(Delta.REPEAT);
      number(out, distance);
      number(out, length);
    }

    /// Bytes that match nothing, in the cheapest way.
    private void unmatched(int from, int to, int along) {
      int length = to - from;
      if (length == 0) {
        return;
      }
      boolean hasBase = from + along >= 0 && to + along <= base.length;
      if (!hasBase || !difference(from, from + along, length, true)) {
        out.write(Delta.LITERAL);
        number(out, length);
        out.write(contents, from, length);
      }
    }

    /// Writes differences to the base; returns whether it did.
    ///
    /// @param unlessLonger whether not to when literal bytes are as short
    private boolean difference(int at, int from, int length, boolean unlessLonger) {
      int[] counts = new int[256];
      for (int i = 0; i < length; i++) {
        counts[folded(at + i, from + i)]++;
      }
      int rice = 0;
      long dense = Long.MAX_VALUE;
      for (int k = 0; k <= Delta.MOST_RICE; k++) {
        long bits = riceBits(counts, k);
        if (bits < dense) {
          dense = bits;
          rice = k;
        }
      }
      dense = (dense + 7) / 8;
      byte[] sparse = sparse(at, from, length);
      if (unlessLonger && Math.min(dense, sparse.length) + 3 >= length) {
        return false;
      }
      if (sparse.length <= dense) {
        place(Delta.SPARSE, from, length);
        out.writeBytes(sparse);
      } else {
        place(rice << 3 | Delta.ADD, from, length);
        rice(at, from, length, rice);
      }
      return true;
    }

    private void place(int operation, int from, int length) {
      out.write(operation);
      int moved = from - cursor;
      number(out, moved << 1 ^ moved >> 31);
      number(out, length);
      cursor = from + length;
    }

    private byte[] sparse(int at, int from, int length) {
      ByteArrayOutputStream runs = new ByteArrayOutputStream();
      int run = 0;
      for (int i = 0; i < length; i++) {
        int difference = contents[at + i] - base[from + i];
        if (difference == 0) {
          run++;
        } else {
          number(runs, run);
          runs.write(difference);
          run = 0;
        }
      }
      if (run > 0) {
        number(runs, run);
      }
      return runs.toByteArray();
    }

    private void rice(int at, int from, int length, int k) {
      int bits = 0;
      int count = 0;
      for (int i = 0; i < length; i++) {
        int folded = folded(at + i, from + i);
        int quotient = Math.min(folded >> k, Delta.LONGEST_QUOTIENT);
        boolean escaped = quotient == Delta.LONGEST_QUOTIENT;
        int tail = escaped ? 8 : k;
        long code = (1L << quotient) - 1;
        int width = quotient;
        if (!escaped) {
          code <<= 1;
          width++;
        }
        code = code << tail | (escaped ? folded : folded & (1 << k) - 1);
        width += tail;
        for (int bit = width - 1; bit >= 0; bit--) {
          bits = bits << 1 | (int) (code >> bit & 1);
          if (++count == 8) {
            out.write(bits);
            bits = 0;
            count = 0;
          }
        }
      }
      if (count > 0) {
        out.write(bits << 8 - count);
      }
    }
  }

  private static long riceBits(int[] counts, int k) {
    long bits = 0;
    for (int folded = 0; folded < counts.length; folded++) {
      int quotient = folded >> k;
      int width =
          quotient >= Delta.LONGEST_QUOTIENT ? Delta.LONGEST_QUOTIENT + 8 : quotient + 1 + k;
      bits += (long) counts[folded] * width;
    }
    return bits;
  }

  /// The difference of two bytes, as 0, -1, 1, -2, 2 … are numbered.
  private int folded(int at, int from) {
    int difference = (byte) (contents[at] - base[from]);
    return (difference << 1 ^ difference >> 31) & 0xff;
  }

  private static void number(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      out.write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  /// The newest position of each hash of eight bytes.
  private static final class MatchTable {

    private final byte[] bytes;
    private final int[] positions = new int[1 << TABLE_BITS];
    private int added;

    private MatchTable(byte[] bytes) {
      this.bytes = bytes;
      Arrays.fill(positions, -1);
    }

    private void addUpTo(int end) {
      for (; added < Math.min(end, bytes.length - HASHED + 1); added++) {
        positions[hash(bytes, added)] = added;
      }
    }

    /// Starts again from `end`; what lies behind is found by its own bytes or not at all.
    private void forget(int end) {
      added = Math.min(added, end);
    }

    /// Where the eight bytes of `other` at `at` may stand, or -1.
    private int find(byte[] other, int at) {
      return at + HASHED <= other.length ? positions[hash(other, at)] : -1;
    }

    private static int hash(byte[] bytes, int at) {
      long word = 0;
      for (int i = 0; i < HASHED; i++) {
        word = word << 8 | bytes[at + i] & 0xff;
      }
      return (int) (word * 0x9E3779B97F4A7C15L >>> 64 - TABLE_BITS);
    }
  }
}
