package dev.mote.fleet.content;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// SenML (RFC 8428) in CBOR. What servers write is read in any encoding of RFC 8949, within bounds.
public final class SenmlCbor {

  private static final int BASE_NAME = -2;
  private static final int BASE_TIME = -3;
  private static final int NAME = 0;
  private static final int VALUE = 2;
  private static final int TEXT = 3;
  private static final int FLAG = 4;
  private static final int DATA = 8;

  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int STRING = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int SIMPLE = 7;

  private static final int INDEFINITE = 31;
  private static final int BREAK = 0xff;
  private static final int DEEPEST = 4;
  private static final int MOST_RECORDS = 1_000;

  private SenmlCbor() {}

  static byte[] encode(List<Entry> values) {
    return encode(values, 0);
  }

  /// A pack of these values.
  ///
  /// @param time seconds since 1970 when they were measured; 0 says nothing of it
  public static byte[] encode(List<Entry> values, double time) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    head(out, ARRAY, values.size());
    String base = values.isEmpty() ? "" : "/" + values.getFirst().object() + "/";
    boolean isFirst = true;
    for (Entry value : values) {
      boolean timed = isFirst && time != 0;
      head(out, MAP, (isFirst ? 3 : 2) + (timed ? 1 : 0));
      if (isFirst) {
        head(out, NEGATIVE, -1 - BASE_NAME);
        text(out, base);
      }
      if (timed) {
        head(out, NEGATIVE, -1 - BASE_TIME);
        real(out, time);
      }
      head(out, UNSIGNED, NAME);
      text(out, name(value, base));
      value(out, value.value());
      isFirst = false;
    }
    return out.toByteArray();
  }

  private static String name(Entry value, String base) {
    String name = value.instance() + "/" + value.resource();
    String whole = value.item() == Entry.SINGLE ? name : name + "/" + value.item();
    if (!base.equals("/" + value.object() + "/")) {
      throw new IllegalArgumentException("a pack holds values of one object");
    }
    return whole;
  }

  private static void value(ByteArrayOutputStream out, Object value) {
    switch (value) {
      case Long number -> {
        head(out, UNSIGNED, VALUE);
        head(out, number < 0 ? NEGATIVE : UNSIGNED, number < 0 ? -1 - number : number);
      }
      case Double number -> {
        head(out, UNSIGNED, VALUE);
        real(out, number);
      }
      case String text -> {
        head(out, UNSIGNED, TEXT);
        text(out, text);
      }
      case Boolean flag -> {
        head(out, UNSIGNED, FLAG);
        out.write(SIMPLE << 5 | (flag ? 21 : 20));
      }
      case byte[] bytes -> {
        head(out, UNSIGNED, DATA);
        head(out, BYTES, bytes.length);
        out.writeBytes(bytes);
      }
      default -> throw new IllegalArgumentException("no value of a resource: " + value);
    }
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    head(out, STRING, bytes.length);
    out.writeBytes(bytes);
  }

  private static void real(ByteArrayOutputStream out, double number) {
    out.write(SIMPLE << 5 | 27);
    out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
  }

  private static void head(ByteArrayOutputStream out, int major, long value) {
    int kind = major << 5;
    if (value < 24) {
      out.write(kind | (int) value);
      return;
    }
    int size = value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : value < 1L << 32 ? 4 : 8;
    out.write(kind | 24 + Integer.numberOfTrailingZeros(size));
    for (int i = size - 1; i >= 0; i--) {
      out.write((int) (value >>> 8 * i));
    }
  }

  /// The values in a pack; those whose names are no paths are refused.
  static List<Entry> decode(byte[] payload) throws ContentProblem {
    ByteBuffer from = ByteBuffer.wrap(payload);
    if (!(item(from, 0) instanceof List<?> records) || from.hasRemaining()) {
      throw new ContentProblem("SenML is an array");
    }
    List<Entry> found = new ArrayList<>();
    String base = "";
    for (Object each : records) {
      if (!(each instanceof Map<?, ?> fields)) {
        throw new ContentProblem("a record of SenML is a map");
      }
      if (fields.get((long) BASE_NAME) instanceof String text) {
        base = text;
      }
      String name = base + (fields.get((long) NAME) instanceof String text ? text : "");
      for (int key : new int[] {VALUE, TEXT, FLAG, DATA}) {
        Object value = fields.get((long) key);
        if (value != null) {
          found.add(entry(name, value));
        }
      }
    }
    return found;
  }

  private static Entry entry(String name, Object value) throws ContentProblem {
    String[] ids = name.startsWith("/") ? name.substring(1).split("/", -1) : new String[0];
    if (ids.length < 3 || ids.length > 4) {
      throw new ContentProblem("'" + name + "' is no path of a resource");
    }
    try {
      int[] numbers = Arrays.stream(ids).mapToInt(Integer::parseInt).toArray();
      return new Entry(
          numbers[0], numbers[1], numbers[2], ids.length == 4 ? numbers[3] : Entry.SINGLE, value);
    } catch (NumberFormatException e) {
      throw new ContentProblem("'" + name + "' is no path of a resource");
    }
  }

  private static Object item(ByteBuffer from, int depth) throws ContentProblem {
    int initial = unsigned(from);
    int major = initial >> 5;
    int low = initial & 31;
    if (depth > DEEPEST) {
      throw new ContentProblem("CBOR goes too deep");
    }
    if (major == SIMPLE) {
      return simple(from, low);
    }
    boolean open = low == INDEFINITE;
    long length = open ? MOST_RECORDS : length(from, low);
    return switch (major) {
      case UNSIGNED -> length;
      case NEGATIVE -> -1 - length;
      case BYTES -> bytes(from, length, open);
      case STRING -> new String(bytes(from, length, open), StandardCharsets.UTF_8);
      case ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (items.size() < limit(length) && !ends(from, open)) {
          items.add(item(from, depth + 1));
        }
        yield items;
      }
      case MAP -> {
        Map<Object, @Nullable Object> fields = new LinkedHashMap<>();
        for (long i = 0; i < limit(length) && !ends(from, open); i++) {
          fields.put(item(from, depth + 1), item(from, depth + 1));
        }
        yield fields;
      }
      case TAG -> item(from, depth + 1);
      default -> throw new ContentProblem("no CBOR");
    };
  }

  private static long limit(long length) throws ContentProblem {
    if (length < 0 || length > MOST_RECORDS) {
      throw new ContentProblem("more than " + MOST_RECORDS + " items");
    }
    return length;
  }

  private static boolean ends(ByteBuffer from, boolean open) throws ContentProblem {
    if (!open) {
      return false;
    }
    if (!from.hasRemaining()) {
      throw new ContentProblem("CBOR is cut off");
    }
    if ((from.get(from.position()) & 0xff) == BREAK) {
      from.get();
      return true;
    }
    return false;
  }

  private static byte[] bytes(ByteBuffer from, long length, boolean open) throws ContentProblem {
    if (open || length < 0 || length > from.remaining()) {
      throw new ContentProblem("a text or bytes of CBOR are cut off or in pieces");
    }
    byte[] bytes = new byte[(int) length];
    from.get(bytes);
    return bytes;
  }

  private static long length(ByteBuffer from, int low) throws ContentProblem {
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw new ContentProblem("no length of CBOR");
    }
    long value = 0;
    for (int i = 1 << low - 24; i > 0; i--) {
      value = value << 8 | unsigned(from);
    }
    return value;
  }

  private static Object simple(ByteBuffer from, int low) throws ContentProblem {
    return switch (low) {
      case 20 -> false;
      case 21 -> true;
      case 25 -> (double) Float.float16ToFloat((short) length(from, low));
      case 26 -> (double) Float.intBitsToFloat((int) length(from, low));
      case 27 -> Double.longBitsToDouble(length(from, low));
      default -> throw new ContentProblem("no value of SenML");
    };
  }

  private static int unsigned(ByteBuffer from) throws ContentProblem {
    if (!from.hasRemaining()) {
      throw new ContentProblem("CBOR is cut off");
    }
    return from.get() & 0xff;
  }
}
