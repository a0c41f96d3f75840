package dev.mote.plugin;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Files that lie beside a model and hold some of its data.
public interface Companions {

  /// A part of a file.
  ///
  /// @param location the file's path, relative to the model's folder, with `/` between names
  /// @param offset bytes before the part; ≥ 0
  /// @param length bytes of the part; ≥ 0
  /// @throws IOException with a reason for people when there is no such file or part
  byte[] read(String location, long offset, int length) throws IOException;

  /// The regular files of `folder` and the folders in it. Links that lead out of it are refused.
  static Companions in(Path folder) {
    return (location, offset, length) -> {
      Path real = folder.toRealPath();
      Path file;
      try {
        file = real.resolve(location).toRealPath();
      } catch (NoSuchFileException e) {
        throw new IOException("there is no such file", e);
      } catch (InvalidPathException e) {
        throw new IOException("that is no path", e);
      }
      if (!file.startsWith(real)) {
        throw new IOException("it leads out of the model's folder");
      }
      if (!Files.isRegularFile(file)) {
        throw new IOException("it is no file");
      }
      try (SeekableByteChannel channel = Files.newByteChannel(file)) {
        long size = channel.size();
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
          throw new EOFException(
              "it has %d bytes; %d from %d on are needed".formatted(size, length, offset));
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        channel.position(offset);
        while (bytes.hasRemaining()) {
          if (channel.read(bytes) < 0) {
            throw new EOFException("it became shorter");
          }
        }
        return bytes.array();
      }
    };
  }
}
