package dev.mote.optimizer.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A NumPy array that stays in its file.
record NpyArray(Path file, NpyHeader header) implements ArrayFile {

  static NpyArray open(Path file) {
    FileProblem.requireReadable(file);
    try (InputStream stream = Files.newInputStream(file)) {
      NpyHeader header = NpyHeader.parse(file, stream.readNBytes(NpyHeader.MAX_BYTES));
      header.requireBytes(file, Files.size(file) - header.start());
      return new NpyArray(file, header);
    } catch (IOException e) {
      throw FileProblem.unreadable(file, e);
    }
  }

  @Override
  public List<Integer> shape() {
    return header.shape();
  }

  @Override
  public boolean isBytes() {
    return header.kind().equals("u1");
  }

  @Override
  public float[] read(long first, int count) {
    ByteBuffer elements = ByteBuffer.allocate(count * header.elementBytes()).order(header.order());
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(header.start() + first * header.elementBytes());
      while (elements.hasRemaining()) {
        if (channel.read(elements) < 0) {
          throw FileProblem.malformed(file, "it became shorter while it was read", "try again.");
        }
      }
    } catch (IOException e) {
      throw FileProblem.unreadable(file, e);
    }
    elements.flip();
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) header.next(elements);
    }
    return numbers;
  }
}
