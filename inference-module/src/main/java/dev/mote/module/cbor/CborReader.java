package dev.mote.module.cbor;

import dev.mote.module.cbor.CborProblem.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads CBOR whose author may be hostile. Accepts the deterministic encoding only, so that what
/// was read has exactly one form, within stated limits, in time and memory linear in the input.
public final class CborReader {

  /// What a reader accepts.
  ///
  /// @param depth how deep arrays, maps and tags may nest
  /// @param items how many data items there may be
  public record Limits(int depth, int items) {
    /// Of everything but payloads; they are byte strings, whose contents do not count.
    public static final Limits HEAD = new Limits(12, 20_000);
  }

  private final byte[] in;
  private final Limits limits;
  private int at;
  private int items;

  private CborReader(byte[] in, Limits limits) {
    this.in = in;
    this.limits = limits;
  }

  /// The one item that `bytes` are the encoding of.
  ///
  /// @throws CborProblem when they are not
  public static Cbor read(Bytes bytes, Limits limits) throws CborProblem {
    CborReader reader = new CborReader(bytes.toByteArray(), limits);
    Cbor item = reader.item(0);
    if (reader.at != reader.in.length) {
      throw reader.problem(
          Kind.MALFORMED, "%,d bytes follow its end".formatted(reader.in.length - reader.at));
    }
    return item;
  }

  private Cbor item(int depth) throws CborProblem {
    if (depth > limits.depth()) {
      throw problem(Kind.LIMIT, "it nests deeper than " + limits.depth());
    }
    if (++items > limits.items()) {
      throw problem(Kind.LIMIT, "it has more than %,d items".formatted(limits.items()));
    }
    int start = at;
    int initial = next();
    int major = initial >> 5;
    int additional = initial & 31;
    if (major == 7) {
      return simple(additional, start);
    }
    long argument = argument(additional, start);
    return switch (major) {
      case 0 -> Cbor.of(argument);
      case 1 -> Cbor.of(-1 - argument);
      case 2 -> Cbor.of(Bytes.of(in, at, skip(argument)));
      case 3 -> Cbor.of(text(argument));
      case 4 -> array(argument, depth);
      case 5 -> mapping(argument, depth);
      default -> new Cbor.Tag(argument, item(depth + 1));
    };
  }

  private Cbor key(int depth) throws CborProblem {
    int major = at < in.length && depth <= limits.depth() ? (in[at] & 0xff) >> 5 : 0;
    if (items < limits.items() && major > 1 && major != 3) {
      throw problem(Kind.NOT_CANONICAL, "a key is neither an integer nor a text");
    }
    return item(depth);
  }

  private Cbor array(long length, int depth) throws CborProblem {
    List<Cbor> read = new ArrayList<>(count(length));
    for (long i = 0; i < length; i++) {
      read.add(item(depth + 1));
    }
    return new Cbor.Array(read);
  }

  private Cbor mapping(long length, int depth) throws CborProblem {
    Map<Cbor, Cbor> read = LinkedHashMap.newLinkedHashMap(count(length));
    int before = -1;
    int beforeEnd = -1;
    for (long i = 0; i < length; i++) {
      int start = at;
      Cbor key = key(depth + 1);
      int order = before < 0 ? 1 : Arrays.compareUnsigned(in, start, at, in, before, beforeEnd);
      if (order <= 0) {
        at = start;
        throw problem(
            Kind.NOT_CANONICAL, order == 0 ? "a key stands twice" : "keys are out of order");
      }
      before = start;
      beforeEnd = at;
      read.put(key, item(depth + 1));
    }
    return new Cbor.Mapping(read);
  }

  /// A length that may be reserved for: every item takes a byte of the input.
  private int count(long length) throws CborProblem {
    if (length > in.length - at) {
      throw problem(Kind.MALFORMED, "it is cut off");
    }
    return (int) Math.min(length, 64);
  }

  private String text(long length) throws CborProblem {
    int start = at;
    int end = skip(length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(in, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      at = start;
      throw problem(Kind.MALFORMED, "a text is not UTF-8");
    }
  }

  /// Passes over `length` bytes; returns where they end.
  private int skip(long length) throws CborProblem {
    if (length > in.length - at) {
      throw problem(Kind.MALFORMED, "it is cut off");
    }
    at += (int) length;
    return at;
  }

  private Cbor simple(int additional, int start) throws CborProblem {
    return switch (additional) {
      case 20 -> new Cbor.Bool(false);
      case 21 -> new Cbor.Bool(true);
      case 22 -> Cbor.NULL;
      case 25 -> real(Float.float16ToFloat((short) bigEndian(2)), start);
      case 26 -> real(Float.intBitsToFloat((int) bigEndian(4)), start);
      case 27 -> real(Double.longBitsToDouble(bigEndian(8)), start);
      default -> {
        at = start;
        throw problem(Kind.NOT_CANONICAL, "it has a simple value that modules do not use");
      }
    };
  }

  private Cbor real(double value, int start) throws CborProblem {
    if (!Double.isFinite(value)) {
      at = start;
      throw problem(Kind.NOT_CANONICAL, "a number is not finite");
    }
    Cbor item = Cbor.of(value);
    if (CborWriter.write(item).size() != at - start) {
      at = start;
      throw problem(Kind.NOT_CANONICAL, "a number is not in its shortest form");
    }
    return item;
  }

  private long argument(int additional, int start) throws CborProblem {
    if (additional < 24) {
      return additional;
    }
    if (additional > 27) {
      at = start;
      throw problem(
          additional == 31 ? Kind.NOT_CANONICAL : Kind.MALFORMED,
          additional == 31 ? "it has an item of indefinite length" : "a head is reserved");
    }
    int size = 1 << additional - 24;
    long value = bigEndian(size);
    if (value < 0) {
      at = start;
      throw problem(Kind.LIMIT, "an integer needs more than 64 bits with its sign");
    }
    if (value < 24 || size > 1 && value >>> 8 * (size / 2) == 0) {
      at = start;
      throw problem(Kind.NOT_CANONICAL, "an integer or a length is not in its shortest form");
    }
    return value;
  }

  private long bigEndian(int bytes) throws CborProblem {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | next();
    }
    return value;
  }

  private int next() throws CborProblem {
    if (at == in.length) {
      throw problem(Kind.MALFORMED, "it is cut off");
    }
    return in[at++] & 0xff;
  }

  private CborProblem problem(Kind kind, String what) {
    return new CborProblem(kind, at, what);
  }
}
