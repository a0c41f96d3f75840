package dev.mote.frontends.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/// Checks that every offset, table, vector and string of a model that the reader will follow lies
/// within the file.
///
/// FlatBuffers accessors follow offsets blindly. This walk visits what they would visit, table by
/// table, and counts what is referred to, so that a few bytes that are referred to a million times
/// cannot fill the memory either. Layouts are nested to a fixed depth, so the walk ends.
final class FlatbufferCheck {

  /// What a field of a table is.
  private sealed interface Content {
    /// A number of `bytes` bytes in the table itself.
    record Scalar(int bytes) implements Content {}

    /// An offset to a vector of numbers of `bytes` bytes.
    record Numbers(int bytes) implements Content {}

    /// An offset to a table.
    record Child(Layout layout) implements Content {}

    /// An offset to a vector of tables.
    record Children(Layout layout) implements Content {}

    /// A field that the reader does not look at.
    record Ignored() implements Content {}
  }

  /// The fields of a table in the order of their numbers.
  private record Layout(String name, List<Content> fields) {
    static Layout of(String name, Content... fields) {
      return new Layout(name, List.of(fields));
    }
  }

  private static final class Damage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Damage(String message) {
      super(message, null, false, false);
    }
  }

  private static final Content BYTE = new Content.Scalar(1);
  private static final Content INT = new Content.Scalar(4);
  private static final Content LONG = new Content.Scalar(8);
  private static final Content BYTES = new Content.Numbers(1);
  private static final Content STRING = BYTES;
  private static final Content INTS = new Content.Numbers(4);
  private static final Content LONGS = new Content.Numbers(8);
  private static final Content IGNORED = new Content.Ignored();

  private static final Layout BUFFER = Layout.of("Buffer", BYTES, LONG, LONG);
  private static final Layout OPERATOR_CODE = Layout.of("OperatorCode", BYTE, STRING, INT, INT);
  private static final Layout TENSOR_MAP = Layout.of("TensorMap", STRING, INT);
  private static final Layout SIGNATURE =
      Layout.of(
          "SignatureDef",
          new Content.Children(TENSOR_MAP),
          new Content.Children(TENSOR_MAP),
          STRING,
          IGNORED,
          INT);
  private static final Layout QUANTIZATION =
      Layout.of("QuantizationParameters", IGNORED, IGNORED, INTS, LONGS, BYTE, IGNORED, INT);
  private static final Layout TENSOR =
      Layout.of(
          "Tensor",
          INTS,
          BYTE,
          INT,
          STRING,
          new Content.Child(QUANTIZATION),
          BYTE,
          new Content.Child(Layout.of("SparsityParameters")),
          INTS,
          BYTE,
          IGNORED,
          INT);

  /// Options of any operator. Numbers need no check beyond the file's end, which the buffer makes;
  /// the few vectors and strings in options are read through [#vector].
  private static final Layout OPTIONS = Layout.of("BuiltinOptions");

  private static final Layout OPERATOR =
      Layout.of(
          "Operator",
          INT,
          INTS,
          INTS,
          BYTE,
          new Content.Child(OPTIONS),
          IGNORED,
          IGNORED,
          IGNORED,
          INTS,
          LONG,
          LONG,
          BYTE,
          IGNORED);
  private static final Layout SUBGRAPH =
      Layout.of(
          "SubGraph",
          new Content.Children(TENSOR),
          INTS,
          INTS,
          new Content.Children(OPERATOR),
          STRING);
  private static final Layout MODEL =
      Layout.of(
          "Model",
          INT,
          new Content.Children(OPERATOR_CODE),
          new Content.Children(SUBGRAPH),
          STRING,
          new Content.Children(BUFFER),
          IGNORED,
          IGNORED,
          new Content.Children(SIGNATURE));

  private final ByteBuffer file;
  private final long size;
  private long allowance;

  private FlatbufferCheck(ByteBuffer file) {
    this.file = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.size = file.limit();
    this.allowance = Limits.referredBytes(file.limit());
  }

  /// What is wrong with the structure of `file`, as a sentence without its end; empty when it is
  /// sound.
  static Optional<String> findDamage(ByteBuffer file) {
    try {
      FlatbufferCheck check = new FlatbufferCheck(file);
      check.table(check.target(0, "the root"), MODEL);
      return Optional.empty();
    } catch (Damage damage) {
      return Optional.of(String.valueOf(damage.getMessage()));
    }
  }

  /// Whether the vector of `count` elements of `width` bytes that starts at `start` lies within
  /// `file`; for vectors in
  /// operators' options.
  static boolean vectorFits(ByteBuffer file, int start, int count, int width) {
    return start >= 0 && count >= 0 && (long) start + (long) count * width <= file.limit();
  }

  private void table(long position, Layout layout) {
    String what = "table " + layout.name();
    require(position, 4, what);
    long vtable = position - file.getInt((int) position);
    require(vtable, 4, "the field list of " + what);
    int vtableBytes = Short.toUnsignedInt(file.getShort((int) vtable));
    int tableBytes = Short.toUnsignedInt(file.getShort((int) vtable + 2));
    require(vtable, Math.max(4, vtableBytes), "the field list of " + what);
    require(position, Math.max(4, tableBytes), what);
    requireSigned(vtableBytes, what);
    spend(tableBytes + 16L);
    for (int number = 0; number < layout.fields().size(); number++) {
      int slot = 4 + 2 * number;
      if (slot >= vtableBytes) {
        return;
      }
      require(vtable + slot, 2, "the field list of " + what);
      int offset = Short.toUnsignedInt(file.getShort((int) vtable + slot));
      requireSigned(offset, what);
      if (offset != 0) {
        field(position + offset, layout.fields().get(number), layout.name() + " field " + number);
      }
    }
  }

  private void field(long position, Content content, String what) {
    switch (content) {
      case Content.Ignored _ -> {}
      case Content.Scalar scalar -> require(position, scalar.bytes(), what);
      case Content.Numbers numbers -> elements(target(position, what), numbers.bytes(), what);
      case Content.Child child -> table(target(position, what), child.layout());
      case Content.Children children -> {
        long vector = target(position, what);
        long count = elements(vector, 4, what);
        for (long i = 0; i < count; i++) {
          table(target(vector + 4 + 4 * i, what), children.layout());
        }
      }
    }
  }

  private long elements(long vector, int width, String what) {
    require(vector, 4, what);
    long count = Integer.toUnsignedLong(file.getInt((int) vector));
    require(vector + 4, count * width, what);
    spend(count * width + 4);
    return count;
  }

  private long target(long position, String what) {
    require(position, 4, what);
    return position + Integer.toUnsignedLong(file.getInt((int) position));
  }

  /// The accessors take these numbers for signed.
  private static void requireSigned(int number, String what) {
    if (number > Short.MAX_VALUE) {
      throw new Damage("a field list of %s counts %d bytes".formatted(what, number));
    }
  }

  private void require(long position, long bytes, String what) {
    if (position < 0 || bytes > size || position > size - bytes) {
      throw new Damage(what + " at byte " + position + " lies outside of the file");
    }
  }

  private void spend(long bytes) {
    allowance -= bytes;
    if (allowance < 0) {
      throw new Damage("parts of it are referred to so often that they would fill the memory");
    }
  }
}
