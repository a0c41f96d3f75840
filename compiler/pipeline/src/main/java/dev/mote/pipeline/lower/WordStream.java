package dev.mote.pipeline.lower;

import java.util.ArrayList;
import java.util.List;

/// Collects 32-bit words of a table that a kernel reads from front to back.
final class WordStream {

  private final List<Integer> words = new ArrayList<>();

  void add(int word) {
    words.add(word);
  }

  /// Up to four bytes from `from` on as one little-endian word, filled up with zeros.
  void addBytes(byte[] bytes, int from, int count) {
    int word = 0;
    for (int i = 0; i < count; i++) {
      word |= (bytes[from + i] & 0xff) << 8 * i;
    }
    words.add(word);
  }

  /// The words, of which `weightBytes` bytes are the model's own.
  ConstantTable table(long weightBytes) {
    return ConstantTable.mixed(words.stream().mapToInt(Integer::intValue).toArray(), weightBytes);
  }
}
