package dev.mote.optimizer.data;

import dev.mote.ir.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a NumPy array file says before its elements, versions 1 to 3. Source: NEP 1, "A Simple File
/// Format for NumPy Arrays".
///
/// @param kind letter and size of an element: `f4`
/// @param order of an element's bytes
/// @param shape extents; never negative
/// @param count number of elements
/// @param start where the elements begin
record NpyHeader(String kind, ByteOrder order, List<Integer> shape, long count, int start) {

  /// No header that is written by NumPy is longer.
  static final int MAX_BYTES = 64 << 10;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCRIPTION = Pattern.compile("'descr':\\s*'([<>|=]?)([a-z]\\d+)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9, ]*)\\)");

  private static final Map<String, ElementType> TYPES =
      Map.of(
          "f2", ElementType.FLOAT16,
          "f4", ElementType.FLOAT32,
          "i1", ElementType.INT8,
          "u1", ElementType.UINT8,
          "i2", ElementType.INT16,
          "i4", ElementType.INT32,
          "i8", ElementType.INT64,
          "b1", ElementType.BOOL);

  /// @param head the file's first bytes: all of them, or at least [#MAX_BYTES]
  static NpyHeader parse(Path file, byte[] head) {
    if (head.length < 10 || !Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw broken(file, "it does not start as a NumPy array does");
    }
    int version = head[6];
    if (version < 1 || version > 3 || version > 1 && head.length < 12) {
      throw broken(file, "version " + version + " of NumPy's format is unknown");
    }
    ByteBuffer buffer = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    int start = version == 1 ? 10 : 12;
    long length =
        version == 1
            ? Short.toUnsignedInt(buffer.getShort(8))
            : Integer.toUnsignedLong(buffer.getInt(8));
    if (start + length > head.length) {
      throw broken(file, "it ends within its header");
    }
    String text = new String(head, start, (int) length, StandardCharsets.UTF_8);
    Matcher description = find(DESCRIPTION, file, text);
    String kind = description.group(2);
    if (!TYPES.containsKey(kind) && !kind.equals("f8")) {
      throw broken(file, "arrays of type '" + kind + "' are not supported");
    }
    List<Integer> shape = shape(file, find(SHAPE, file, text).group(1));
    if (find(FORTRAN, file, text).group(1).equals("True") && shape.size() > 1) {
      throw broken(file, "its elements are stored in column-major (Fortran) order");
    }
    ByteOrder order =
        description.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    return new NpyHeader(kind, order, shape, count(file, shape), start + (int) length);
  }

  /// The tensor type of the elements; empty for `double`, which no tensor has.
  Optional<ElementType> type() {
    return Optional.ofNullable(TYPES.get(kind));
  }

  int elementBytes() {
    return kind.charAt(1) - '0';
  }

  /// Checks that as many bytes of elements follow as the shape needs.
  void requireBytes(Path file, long bytes) {
    if (bytes != count * elementBytes()) {
      throw broken(
          file,
          "its header promises %,d bytes of elements, %,d follow"
              .formatted(count * elementBytes(), bytes));
    }
  }

  /// The next element.
  double next(ByteBuffer elements) {
    return switch (kind) {
      case "f2" -> Float.float16ToFloat(elements.getShort());
      case "f4" -> elements.getFloat();
      case "f8" -> elements.getDouble();
      case "i1" -> elements.get();
      case "u1", "b1" -> Byte.toUnsignedInt(elements.get());
      case "i2" -> elements.getShort();
      case "i4" -> elements.getInt();
      default -> elements.getLong();
    };
  }

  private static List<Integer> shape(Path file, String text) {
    List<Integer> shape = new ArrayList<>();
    for (String dim : text.split(",", -1)) {
      if (!dim.isBlank()) {
        try {
          shape.add(Integer.parseInt(dim.strip()));
        } catch (NumberFormatException e) {
          throw broken(file, "its shape (" + text + ") is not one of numbers");
        }
      }
    }
    return shape;
  }

  private static long count(Path file, List<Integer> shape) {
    long count = 1;
    for (int dim : shape) {
      // Both factors are below 2^40 and 2^31 only while the product is checked at each step.
      count *= dim;
      if (count > 1L << 31) {
        throw broken(file, "its shape " + shape + " has too many elements");
      }
    }
    return count;
  }

  private static Matcher find(Pattern pattern, Path file, String header) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw broken(file, "its header says nothing that is understood: " + shortened(header));
    }
    return matcher;
  }

  private static String shortened(String header) {
    String text = header.strip();
    return text.length() > 200 ? text.substring(0, 200) + " …" : text;
  }

  private static RuntimeException broken(Path file, String what) {
    return FileProblem.malformed(
        file, what, "write it with numpy.save(), as a C-ordered array of float, int or bool.");
  }
}
