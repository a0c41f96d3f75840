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

/// NumPy's array file, versions 1 to 3. Source: NEP 1, "A Simple File Format for NumPy Arrays".
final class NpyFile {

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

  private NpyFile() {}

  static Numbers parse(Path file, byte[] bytes) {
    if (bytes.length < 10 || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw broken(file, "it does not start as a NumPy array does");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int version = bytes[6];
    if (version < 1 || version > 3 || version > 1 && bytes.length < 12) {
      throw broken(file, "version " + version + " of NumPy's format is unknown");
    }
    int start = version == 1 ? 10 : 12;
    long headerLength =
        version == 1
            ? Short.toUnsignedInt(buffer.getShort(8))
            : Integer.toUnsignedLong(buffer.getInt(8));
    if (start + headerLength > bytes.length) {
      throw broken(file, "it ends within its header");
    }
    String header = new String(bytes, start, (int) headerLength, StandardCharsets.UTF_8);
    Matcher description = find(DESCRIPTION, file, header);
    String kind = description.group(2);
    ElementType type = TYPES.get(kind);
    if (type == null && !kind.equals("f8")) {
      throw broken(file, "arrays of type '" + kind + "' are not supported");
    }
    List<Integer> shape = shape(file, find(SHAPE, file, header).group(1));
    if (find(FORTRAN, file, header).group(1).equals("True") && shape.size() > 1) {
      throw broken(file, "its elements are stored in column-major (Fortran) order");
    }
    buffer.order(description.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    buffer.position(start + (int) headerLength);
    return new Numbers(
        shape, values(file, kind, count(file, shape), buffer), Optional.ofNullable(type));
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
      count *= dim;
      if (count > Integer.MAX_VALUE) {
        throw broken(file, "its shape " + shape + " has too many elements");
      }
    }
    return count;
  }

  private static List<Double> values(Path file, String kind, long count, ByteBuffer buffer) {
    int size = kind.charAt(1) - '0';
    if (buffer.remaining() != count * size) {
      throw broken(
          file,
          "its header promises %,d bytes of elements, %,d follow"
              .formatted(count * size, buffer.remaining()));
    }
    List<Double> values = new ArrayList<>((int) count);
    for (int i = 0; i < count; i++) {
      values.add(
          switch (kind) {
            case "f2" -> (double) Float.float16ToFloat(buffer.getShort());
            case "f4" -> (double) buffer.getFloat();
            case "f8" -> buffer.getDouble();
            case "i1" -> (double) buffer.get();
            case "u1", "b1" -> (double) Byte.toUnsignedInt(buffer.get());
            case "i2" -> (double) buffer.getShort();
            case "i4" -> (double) buffer.getInt();
            default -> (double) buffer.getLong();
          });
    }
    return values;
  }

  private static Matcher find(Pattern pattern, Path file, String header) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw broken(file, "its header says nothing that is understood: " + header.strip());
    }
    return matcher;
  }

  private static RuntimeException broken(Path file, String what) {
    return FileProblem.malformed(
        file, what, "write it with numpy.save(), as a C-ordered array of float, int or bool.");
  }
}
