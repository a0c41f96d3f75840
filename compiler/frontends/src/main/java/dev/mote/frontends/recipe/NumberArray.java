package dev.mote.frontends.recipe;

import dev.mote.frontends.classical.ClassicalProblem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An array in NumPy's file format.
///
/// @param dims its shape; empty for a single number
/// @param values its elements, row by row
record NumberArray(List<Integer> dims, List<Double> values) {

  private static final int MOST_ELEMENTS = 1 << 22;
  private static final int LONGEST_HEADER = 1 << 12;
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '([^']*)', 'fortran_order': (True|False), 'shape': \\(([0-9, ]*)\\),? *\\}\\s*");

  NumberArray {
    dims = List.copyOf(dims);
    values = List.copyOf(values);
  }

  /// Rows of a matrix; a vector is one row.
  int rows() {
    return dims.size() < 2 ? 1 : dims.getFirst();
  }

  int columns() {
    return dims.isEmpty() ? 1 : dims.getLast();
  }

  double at(int row, int column) {
    return values.get(row * columns() + column);
  }

  double[] numbers() {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /// @param name of the file, for errors
  /// @throws dev.mote.frontends.classical.ClassicalRefusal when the bytes are no such array
  static NumberArray read(String name, byte... file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (byte expected : MAGIC) {
      if (!bytes.hasRemaining() || bytes.get() != expected) {
        throw ClassicalProblem.SYNTAX.at(name, "it is no array of NumPy");
      }
    }
    if (bytes.remaining() < 6) {
      throw ClassicalProblem.SYNTAX.at(name, "its header is cut off");
    }
    int version = bytes.get();
    bytes.get();
    int length = version == 1 ? Short.toUnsignedInt(bytes.getShort()) : bytes.getInt();
    if (version < 1
        || version > 3
        || length < 0
        || length > Math.min(LONGEST_HEADER, bytes.remaining())) {
      throw ClassicalProblem.SYNTAX.at(name, "its header is cut off, or of another version");
    }
    byte[] text = new byte[length];
    bytes.get(text);
    Matcher header = HEADER.matcher(new String(text, StandardCharsets.UTF_8));
    if (!header.matches()) {
      throw ClassicalProblem.SYNTAX.at(name, "its header cannot be read");
    }
    List<Integer> dims = new ArrayList<>();
    long count = 1;
    for (String dim : header.group(3).split(",", -1)) {
      if (!dim.isBlank()) {
        long extent = dim.strip().length() > 9 ? Long.MAX_VALUE : Long.parseLong(dim.strip());
        count = extent > MOST_ELEMENTS ? Long.MAX_VALUE : count * extent;
        if (count > MOST_ELEMENTS || dims.size() >= 4) {
          throw ClassicalProblem.TOO_LARGE.at(name, "it has too many numbers or dimensions");
        }
        dims.add((int) extent);
      }
    }
    boolean columnsFirst = header.group(2).equals("True") && dims.size() > 1;
    if (columnsFirst && dims.size() > 2) {
      throw ClassicalProblem.UNSUPPORTED.at(name, "its numbers lie in Fortran's order");
    }
    List<Double> values = values(name, header.group(1), (int) count, bytes);
    return new NumberArray(dims, columnsFirst ? transposed(dims, values) : values);
  }

  private static List<Double> values(String name, String type, int count, ByteBuffer bytes) {
    int width =
        switch (type) {
          case "<f4", "<i4" -> 4;
          case "<f8", "<i8" -> 8;
          case "|i1", "|u1" -> 1;
          default ->
              throw ClassicalProblem.UNSUPPORTED.at(name, "its elements are of type " + type);
        };
    if (bytes.remaining() != (long) width * count) {
      throw ClassicalProblem.FIELD.at(
          name, "it has %d bytes for %d numbers".formatted(bytes.remaining(), count));
    }
    List<Double> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      double value =
          switch (type) {
            case "<f4" -> bytes.getFloat();
            case "<f8" -> bytes.getDouble();
            case "<i4" -> bytes.getInt();
            case "<i8" -> bytes.getLong();
            case "|u1" -> Byte.toUnsignedInt(bytes.get());
            default -> bytes.get();
          };
      if (!Float.isFinite((float) value)) {
        throw ClassicalProblem.NUMBER.at(name, "a number is " + value);
      }
      values.add(value);
    }
    return values;
  }

  private static List<Double> transposed(List<Integer> dims, List<Double> values) {
    int rows = dims.get(0);
    int columns = dims.get(1);
    List<Double> result = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      result.add(values.get(i % columns * rows + i / columns));
    }
    return result;
  }
}
