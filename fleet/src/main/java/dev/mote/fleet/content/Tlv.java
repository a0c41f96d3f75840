package dev.mote.fleet.content;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// OMA's TLV (OMA LightweightM2M 1.1 Core, section 7.4.3): a byte that says kind and sizes, id,
/// length, value.
final class Tlv {

  private static final int INSTANCE = 0;
  private static final int ITEM = 1;
  private static final int ITEMS = 2;
  private static final int RESOURCE = 3;

  private static final int TO_OBJECT = 1;
  private static final int TO_ITEM = 4;
  private static final int DEEPEST = 3;

  private Tlv() {}

  static byte[] encode(List<Entry> values, int depth) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (depth == TO_OBJECT) {
      grouped(values, Entry::instance)
          .forEach((instance, own) -> put(out, INSTANCE, instance, resources(own)));
    } else if (depth == TO_ITEM) {
      values.forEach(value -> put(out, ITEM, value.item(), raw(value.value())));
    } else {
      out.writeBytes(resources(values));
    }
    return out.toByteArray();
  }

  private static Map<Integer, List<Entry>> grouped(
      List<Entry> values, Function<Entry, Integer> key) {
    Map<Integer, List<Entry>> groups = new TreeMap<>();
    values.forEach(v -> groups.computeIfAbsent(key.apply(v), _ -> new ArrayList<>()).add(v));
    return groups;
  }

  private static byte[] resources(List<Entry> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    grouped(values, Entry::resource)
        .forEach(
            (resource, own) -> {
              if (own.getFirst().item() == Entry.SINGLE) {
                put(out, RESOURCE, resource, raw(own.getFirst().value()));
              } else {
                ByteArrayOutputStream items = new ByteArrayOutputStream();
                own.forEach(item -> put(items, ITEM, item.item(), raw(item.value())));
                put(out, ITEMS, resource, items.toByteArray());
              }
            });
    return out.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, int kind, int id, byte[] value) {
    int length = value.length;
    int sizeOfLength = length < 8 ? 0 : length < 1 << 8 ? 1 : length < 1 << 16 ? 2 : 3;
    out.write(
        kind << 6
            | (id > 0xff ? 1 << 5 : 0)
            | sizeOfLength << 3
            | (sizeOfLength == 0 ? length : 0));
    if (id > 0xff) {
      out.write(id >> 8);
    }
    out.write(id);
    for (int i = sizeOfLength - 1; i >= 0; i--) {
      out.write(length >> 8 * i);
    }
    out.writeBytes(value);
  }

  private static byte[] raw(Object value) {
    return switch (value) {
      case byte[] bytes -> bytes;
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      case Boolean flag -> new byte[] {(byte) (flag ? 1 : 0)};
      case Double number -> ByteBuffer.allocate(Double.BYTES).putDouble(number).array();
      case Long number -> whole(number);
      default -> throw new IllegalArgumentException("no value of a resource: " + value);
    };
  }

  /// In one, two, four or eight bytes.
  private static byte[] whole(long number) {
    if (number == (byte) number) {
      return new byte[] {(byte) number};
    } else if (number == (short) number) {
      return ByteBuffer.allocate(Short.BYTES).putShort((short) number).array();
    } else if (number == (int) number) {
      return ByteBuffer.allocate(Integer.BYTES).putInt((int) number).array();
    }
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  static List<Entry> decode(byte[] payload, List<Integer> path) throws ContentProblem {
    List<Entry> found = new ArrayList<>();
    int instance = path.size() > 1 ? path.get(1) : 0;
    int resource = path.size() > 2 ? path.get(2) : 0;
    decode(ByteBuffer.wrap(payload), path.getFirst(), instance, resource, found, 0);
    return found;
  }

  private static void decode(
      ByteBuffer from, int object, int instance, int resource, List<Entry> found, int depth)
      throws ContentProblem {
    if (depth > DEEPEST) {
      throw new ContentProblem("TLV goes too deep");
    }
    while (from.hasRemaining()) {
      int type = from.get() & 0xff;
      int id = (int) unsigned(from, (type & 1 << 5) == 0 ? 1 : 2);
      int sizeOfLength = type >> 3 & 3;
      long length = sizeOfLength == 0 ? type & 7 : unsigned(from, sizeOfLength);
      if (length > from.remaining()) {
        throw new ContentProblem("TLV is cut off");
      }
      ByteBuffer inner = from.slice(from.position(), (int) length);
      from.position(from.position() + (int) length);
      switch (type >> 6) {
        case INSTANCE -> decode(inner, object, id, resource, found, depth + 1);
        case ITEMS -> decode(inner, object, instance, id, found, depth + 1);
        case ITEM -> found.add(new Entry(object, instance, resource, id, bytes(inner)));
        default -> found.add(Entry.of(object, instance, id, bytes(inner)));
      }
    }
  }

  private static long unsigned(ByteBuffer from, int size) throws ContentProblem {
    if (from.remaining() < size) {
      throw new ContentProblem("TLV is cut off");
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | from.get() & 0xff;
    }
    return value;
  }

  private static byte[] bytes(ByteBuffer from) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    return bytes;
  }
}
