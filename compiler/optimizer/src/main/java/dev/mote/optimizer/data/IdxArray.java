package dev.mote.optimizer.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// An array in the IDX format of MNIST, plain or compressed, held in memory.
///
/// Source: Y. LeCun, "The MNIST database", section on file formats: two zero bytes, the element
/// type, the number of dimensions, the extents and the elements, all big-endian.
record IdxArray(Path file, int type, List<Integer> shape, ByteBuffer elements)
    implements ArrayFile {

  private static final int UNSIGNED_BYTE = 8;
  private static final int MAX_DIMENSIONS = 8;

  /// Whether the file begins as IDX does, after decompression.
  static boolean accepts(Path file) {
    try (InputStream stream = stream(file)) {
      byte[] head = stream.readNBytes(4);
      return head.length == 4 && head[0] == 0 && head[1] == 0 && size(head[2]) > 0 && head[3] > 0;
    } catch (IOException e) {
      return false;
    }
  }

  static IdxArray open(Path file) {
    FileProblem.requireReadable(file);
    try (InputStream stream = stream(file)) {
      ByteBuffer head = ByteBuffer.wrap(exactly(file, stream, 4));
      int type = head.get(2);
      int dimensions = head.get(3);
      if (head.getShort(0) != 0 || size(type) == 0) {
        throw broken(file, "it does not start as an IDX file does");
      }
      if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
        throw broken(file, "it has " + dimensions + " dimensions");
      }
      ByteBuffer extents = ByteBuffer.wrap(exactly(file, stream, 4 * dimensions));
      List<Integer> shape = new ArrayList<>();
      long bytes = size(type);
      for (int i = 0; i < dimensions; i++) {
        int extent = extents.getInt();
        if (extent < 0) {
          throw broken(file, "dimension " + i + " is " + Integer.toUnsignedString(extent));
        }
        shape.add(extent);
        bytes *= extent;
        FileProblem.requireSize(file, bytes);
      }
      ByteBuffer elements = ByteBuffer.wrap(exactly(file, stream, (int) bytes));
      if (stream.read() >= 0) {
        throw broken(file, "more follows than the %,d bytes of its shape".formatted(bytes));
      }
      return new IdxArray(file, type, List.copyOf(shape), elements.asReadOnlyBuffer());
    } catch (IOException e) {
      throw broken(file, "it cannot be unpacked (" + e.getMessage() + ")");
    }
  }

  @Override
  public boolean isBytes() {
    return type == UNSIGNED_BYTE;
  }

  @Override
  public float[] read(long first, int count) {
    ByteBuffer at = elements.duplicate().position((int) first * size(type));
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          switch (type) {
            case UNSIGNED_BYTE -> Byte.toUnsignedInt(at.get());
            case 9 -> at.get();
            case 11 -> at.getShort();
            case 12 -> at.getInt();
            case 13 -> at.getFloat();
            default -> (float) at.getDouble();
          };
    }
    return numbers;
  }

  private static InputStream stream(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    raw.mark(2);
    boolean packed = raw.read() == 0x1f && raw.read() == 0x8b;
    raw.reset();
    try {
      return packed ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16)) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static byte[] exactly(Path file, InputStream stream, int count) throws IOException {
    byte[] bytes = stream.readNBytes(count);
    if (bytes.length < count) {
      throw broken(file, "it ends after %,d of %,d bytes".formatted(bytes.length, count));
    }
    return bytes;
  }

  /// Bytes of an element; 0 for an unknown type.
  private static int size(int type) {
    return switch (type) {
      case UNSIGNED_BYTE, 9 -> 1;
      case 11 -> 2;
      case 12, 13 -> 4;
      case 14 -> 8;
      default -> 0;
    };
  }

  private static RuntimeException broken(Path file, String what) {
    return FileProblem.malformed(
        file, what, "give a file of MNIST's IDX format, plain or compressed by gzip.");
  }
}
