package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The type-length-value format of LwM2M (Core 1.1, 7.4.5).
final class Tlv {

  private static final int OBJECT_INSTANCE = 0;
  private static final int RESOURCE_INSTANCE = 1;
  private static final int MULTIPLE_RESOURCE = 2;
  private static final int RESOURCE = 3;
  private static final int MOST_VALUES = 2_048;
  private static final int DEEPEST = 2;

  private Tlv() {}

  static List<Measurement> read(byte[] payload, NodePath base) throws BadContentException {
    List<Measurement> found = new ArrayList<>();
    try {
      read(ByteBuffer.wrap(payload), base.ids(), found, 0);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new BadContentException("broken TLV", e);
    }
    return found;
  }

  private static void read(ByteBuffer in, List<Integer> at, List<Measurement> found, int depth)
      throws BadContentException {
    if (depth > DEEPEST) {
      throw new BadContentException("TLV deeper than instance, resource and resource instance");
    }
    while (in.hasRemaining()) {
      int head = in.get() & 0xff;
      int id = (head & 0x20) == 0 ? in.get() & 0xff : in.getShort() & 0xffff;
      int length =
          switch (head >> 3 & 3) {
            case 0 -> head & 7;
            case 1 -> in.get() & 0xff;
            case 2 -> in.getShort() & 0xffff;
            default -> (in.get() & 0xff) << 16 | in.getShort() & 0xffff;
          };
      if (length > in.remaining()) {
        throw new BadContentException("TLV that is cut off");
      }
      ByteBuffer content = in.slice(in.position(), length);
      in.position(in.position() + length);
      switch (head >> 6) {
        case OBJECT_INSTANCE -> read(content, List.of(at.getFirst(), id), found, depth + 1);
        case MULTIPLE_RESOURCE -> read(content, resource(at, id), found, depth + 1);
        case RESOURCE -> add(found, resource(at, id), content);
        default -> add(found, at, content);
      }
    }
  }

  /// The path of resource `id` below or at `at`; an object's only instance may be left out.
  private static List<Integer> resource(List<Integer> at, int id) {
    return List.of(at.get(0), at.size() > 1 ? at.get(1) : 0, id);
  }

  private static void add(List<Measurement> found, List<Integer> at, ByteBuffer content)
      throws BadContentException {
    if (at.size() < 3 || found.size() >= MOST_VALUES) {
      throw new BadContentException("TLV with a value outside of a resource, or with too many");
    }
    ResourcePath path = new ResourcePath(at.get(0), at.get(1), at.get(2));
    found.add(new Measurement(path, Optional.empty(), value(ResourceKind.of(path), content)));
  }

  private static Value value(ResourceKind kind, ByteBuffer in) throws BadContentException {
    int length = in.remaining();
    return switch (kind) {
      case TEXT -> new Value.Text(StandardCharsets.UTF_8.decode(in).toString());
      case WHOLE -> new Value.Whole(whole(in, length));
      case UNSIGNED -> {
        long number = whole(in, length);
        yield new Value.Whole(length < 8 ? number & (1L << 8 * length) - 1 : number);
      }
      case DECIMAL ->
          switch (length) {
            case 4 -> new Value.Decimal(in.getFloat());
            case 8 -> new Value.Decimal(in.getDouble());
            default -> throw new BadContentException("a decimal number of " + length + " bytes");
          };
      case FLAG -> new Value.Flag(whole(in, length) != 0);
      case LINK -> new Value.Text((in.getShort() & 0xffff) + ":" + (in.getShort() & 0xffff));
      case BYTES, UNKNOWN -> new Value.Bytes(in);
    };
  }

  private static long whole(ByteBuffer in, int length) throws BadContentException {
    return switch (length) {
      case 1 -> in.get();
      case 2 -> in.getShort();
      case 4 -> in.getInt();
      case 8 -> in.getLong();
      default -> throw new BadContentException("a whole number of " + length + " bytes");
    };
  }

  /// The resources of a write, one after the other.
  static byte[] write(Map<ResourcePath, List<Value>> values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    values.forEach(
        (path, list) -> {
          ResourceKind kind = ResourceKind.of(path);
          if (list.size() == 1) {
            entry(out, RESOURCE, path.resource(), bytes(kind, list.getFirst()));
          } else {
            ByteArrayOutputStream inner = new ByteArrayOutputStream();
            for (int i = 0; i < list.size(); i++) {
              entry(inner, RESOURCE_INSTANCE, i, bytes(kind, list.get(i)));
            }
            entry(out, MULTIPLE_RESOURCE, path.resource(), inner.toByteArray());
          }
        });
    return out.toByteArray();
  }

  private static void entry(ByteArrayOutputStream out, int type, int id, byte[] content) {
    int length = content.length;
    int lengthBytes = length < 8 ? 0 : length < 1 << 8 ? 1 : length < 1 << 16 ? 2 : 3;
    out.write(
        type << 6 | (id > 255 ? 0x20 : 0) | lengthBytes << 3 | (lengthBytes == 0 ? length : 0));
    if (id > 255) {
      out.write(id >> 8);
    }
    out.write(id);
    for (int i = lengthBytes - 1; i >= 0; i--) {
      out.write(length >> 8 * i);
    }
    out.writeBytes(content);
  }

  private static byte[] bytes(ResourceKind kind, Value value) {
    return switch (value) {
      case Value.Whole whole ->
          kind == ResourceKind.DECIMAL ? decimal(whole.number()) : whole(whole.number());
      case Value.Decimal decimal -> decimal(decimal.number());
      case Value.Flag flag -> new byte[] {(byte) (flag.flag() ? 1 : 0)};
      case Value.Bytes bytes -> bytes.toArray();
      case Value.Text text -> {
        if (kind == ResourceKind.LINK && text.text().matches("[0-9]{1,5}:[0-9]{1,5}")) {
          String[] ids = text.text().split(":", 2);
          yield ByteBuffer.allocate(4)
              .putShort((short) Integer.parseInt(ids[0]))
              .putShort((short) Integer.parseInt(ids[1]))
              .array();
        }
        yield text.text().getBytes(StandardCharsets.UTF_8);
      }
    };
  }

  private static byte[] whole(long number) {
    if (number == (byte) number) {
      return new byte[] {(byte) number};
    }
    if (number == (short) number) {
      return ByteBuffer.allocate(2).putShort((short) number).array();
    }
    return number == (int) number
        ? ByteBuffer.allocate(4).putInt((int) number).array()
        : ByteBuffer.allocate(8).putLong(number).array();
  }

  private static byte[] decimal(double number) {
    return (float) number == number
        ? ByteBuffer.allocate(4).putFloat((float) number).array()
        : ByteBuffer.allocate(8).putDouble(number).array();
  }
}
