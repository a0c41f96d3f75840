package dev.mote.optimizer.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// NumPy's array file as the contents of one tensor.
final class NpyFile {

  private NpyFile() {}

  static Numbers parse(Path file, byte[] bytes) {
    NpyHeader header = NpyHeader.parse(file, bytes);
    ByteBuffer elements = ByteBuffer.wrap(bytes).order(header.order()).position(header.start());
    header.requireBytes(file, elements.remaining());
    List<Double> values = new ArrayList<>((int) header.count());
    for (long i = 0; i < header.count(); i++) {
      values.add(header.next(elements));
    }
    return new Numbers(header.shape(), values, header.type());
  }
}
