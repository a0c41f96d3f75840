package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// SenML as CBOR (RFC 8428, 6), and single values as CBOR.
final class SenmlCbor {

  private static final int BASE_NAME = -2;
  private static final int BASE_TIME = -3;
  private static final int NAME = 0;
  private static final int NUMBER = 2;
  private static final int TEXT = 3;
  private static final int FLAG = 4;
  private static final int TIME = 6;
  private static final int BYTES = 8;
  private static final int DEEPEST = 4;

  private final ByteBuffer in;

  private SenmlCbor(byte[] payload) {
    this.in = ByteBuffer.wrap(payload);
  }

  static List<Measurement> read(byte[] payload, Instant now) throws BadContentException {
    SenmlPack pack = new SenmlPack(now);
    SenmlCbor reader = new SenmlCbor(payload);
    try {
      long records = reader.head(4);
      for (long i = 0; i != records && !(records < 0 && reader.isBreak()); i++) {
        pack.add(reader.entry());
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new BadContentException("broken CBOR", e);
    }
    if (reader.in.hasRemaining()) {
      throw new BadContentException("bytes after the end of CBOR");
    }
    return pack.measurements();
  }

  /// One value, as content format 60 has it.
  static Object single(byte[] payload) throws BadContentException {
    SenmlCbor reader = new SenmlCbor(payload);
    try {
      Object value = reader.item(0);
      if (value != null && !reader.in.hasRemaining()) {
        return value;
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new BadContentException("broken CBOR", e);
    }
    throw new BadContentException("no single CBOR value");
  }

  private SenmlPack.Entry entry() throws BadContentException {
    SenmlPack.Entry entry = new SenmlPack.Entry();
    long pairs = head(5);
    for (long i = 0; i != pairs && !(pairs < 0 && isBreak()); i++) {
      Object label = item(0);
      Object value = item(0);
      if (label instanceof Long number) {
        switch (number.intValue()) {
          case BASE_NAME -> entry.baseName = text(value);
          case BASE_TIME -> entry.baseTime = number(value);
          case NAME -> entry.name = text(value);
          case TIME -> entry.time = number(value);
          case NUMBER, TEXT, FLAG, BYTES -> entry.value = value;
          default -> {}
        }
      } else if ("vlo".equals(label)) {
        entry.value = value;
      } else if (label instanceof String name && name.endsWith("_")) {
        throw new BadContentException("unknown SenML field " + name);
      }
    }
    return entry;
  }

  private static String text(@Nullable Object value) throws BadContentException {
    if (value instanceof String text) {
      return text;
    }
    throw new BadContentException("a SenML name is a text");
  }

  private static double number(@Nullable Object value) throws BadContentException {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new BadContentException("a SenML time is a number");
  }

  /// The count of an item of major type `type`; -1 where its end is marked instead.
  private long head(int type) throws BadContentException {
    int first = in.get() & 0xff;
    if (first >> 5 != type) {
      throw new BadContentException("CBOR of type " + (first >> 5) + " instead of " + type);
    }
    if ((first & 31) == 31) {
      return -1;
    }
    long count = argument(first & 31);
    if (count < 0 || count > in.remaining()) {
      throw new BadContentException("CBOR promises more than it has");
    }
    return count;
  }

  private boolean isBreak() {
    if (in.hasRemaining() && (in.get(in.position()) & 0xff) == 0xff) {
      in.get();
      return true;
    }
    return false;
  }

  private long argument(int small) throws BadContentException {
    return switch (small) {
      case 24 -> in.get() & 0xff;
      case 25 -> in.getShort() & 0xffff;
      case 26 -> in.getInt() & 0xffffffffL;
      case 27 -> in.getLong();
      default -> {
        if (small > 27) {
          throw new BadContentException("CBOR with an argument of a reserved kind");
        }
        yield small;
      }
    };
  }

  private @Nullable Object item(int depth) throws BadContentException {
    if (depth > DEEPEST) {
      throw new BadContentException("CBOR nested too deeply");
    }
    int first = in.get() & 0xff;
    int small = first & 31;
    return switch (first >> 5) {
      case 0 -> positive(argument(small));
      case 1 -> -1 - (Long) positive(argument(small));
      case 2 -> bytes(argument(small));
      case 3 -> new String(bytes(argument(small)), StandardCharsets.UTF_8);
      case 6 -> {
        argument(small);
        yield item(depth + 1);
      }
      case 7 ->
          switch (small) {
            case 20 -> Boolean.FALSE;
            case 21 -> Boolean.TRUE;
            case 22, 23 -> null;
            case 25 -> (double) Float.float16ToFloat(in.getShort());
            case 26 -> (double) in.getFloat();
            case 27 -> in.getDouble();
            default -> throw new BadContentException("CBOR with a simple value " + small);
          };
      default -> throw new BadContentException("CBOR with an array or map as a value");
    };
  }

  private static Object positive(long number) throws BadContentException {
    if (number < 0) {
      throw new BadContentException("a CBOR number above 2^63");
    }
    return number;
  }

  private byte[] bytes(long length) throws BadContentException {
    if (length < 0 || length > in.remaining()) {
      throw new BadContentException("CBOR promises more than it has");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  /// The resources of a write.
  static byte[] write(Map<ResourcePath, List<Value>> values) {
    int records = values.values().stream().mapToInt(List::size).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    head(out, 4, records);
    values.forEach(
        (path, list) -> {
          for (int i = 0; i < list.size(); i++) {
            head(out, 5, 2);
            head(out, 0, NAME);
            write(out, list.size() == 1 ? path.toString() : path + "/" + i);
            write(out, ResourceKind.of(path), list.get(i));
          }
        });
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, ResourceKind kind, Value value) {
    switch (value) {
      case Value.Whole whole -> {
        head(out, 0, NUMBER);
        long number = whole.number();
        if (kind == ResourceKind.DECIMAL) {
          write(out, (double) number);
        } else {
          head(out, number < 0 ? 1 : 0, number < 0 ? -1 - number : number);
        }
      }
      case Value.Decimal decimal -> {
        head(out, 0, NUMBER);
        write(out, decimal.number());
      }
      case Value.Text text when kind == ResourceKind.LINK -> {
        write(out, "vlo");
        write(out, text.text());
      }
      case Value.Text text -> {
        head(out, 0, TEXT);
        write(out, text.text());
      }
      case Value.Flag flag -> {
        head(out, 0, FLAG);
        out.write(flag.flag() ? 0xf5 : 0xf4);
      }
      case Value.Bytes bytes -> {
        head(out, 0, BYTES);
        head(out, 2, bytes.content().remaining());
        out.writeBytes(bytes.toArray());
      }
    }
  }

  private static void write(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    head(out, 3, bytes.length);
    out.writeBytes(bytes);
  }

  private static void write(ByteArrayOutputStream out, double number) {
    out.write(0xfb);
    out.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
  }

  private static void head(ByteArrayOutputStream out, int type, long argument) {
    if (argument < 24) {
      out.write(type << 5 | (int) argument);
      return;
    }
    int size = argument < 1 << 8 ? 0 : argument < 1 << 16 ? 1 : argument < 1L << 32 ? 2 : 3;
    out.write(type << 5 | 24 + size);
    for (int i = (1 << size) - 1; i >= 0; i--) {
      out.write((int) (argument >> 8 * i));
    }
  }
}
