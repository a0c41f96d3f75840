package dev.mote.pluginhost.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The folder of one run of a program: `in` with what it is given, `out` for what it makes, `tmp`
/// for the rest. Gone when it is closed.
public final class WorkFolder implements AutoCloseable {

  private final Path root;

  private WorkFolder(Path root) {
    this.root = root;
  }

  public static WorkFolder create() {
    try {
      Path root = Files.createTempDirectory("mote-plugin").toRealPath();
      for (String name : new String[] {"in", "out", "tmp"}) {
        Files.createDirectory(root.resolve(name));
      }
      return new WorkFolder(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path root() {
    return root;
  }

  /// Puts a file into the folder, before the program starts.
  public void put(String name, byte[] bytes) {
    try {
      Files.write(root.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The bytes of `out/<name>` after the program ended; empty when it is no plain file of exactly
  /// `size` bytes in a plain folder.
  ///
  /// @param name without separators
  public Optional<byte[]> taken(String name, int size) {
    Path folder = root.resolve("out");
    Path file = folder.resolve(name);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
        || !folder.equals(file.normalize().getParent())) {
      return Optional.empty();
    }
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile() || found.size() != size) {
        return Optional.empty();
      }
      try (InputStream stream =
          Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        byte[] bytes = stream.readNBytes(size);
        return bytes.length == size ? Optional.of(bytes) : Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    delete(root);
  }

  /// Deletes a folder with all in it, and follows no symbolic links.
  static void delete(Path root) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.deleteIfExists(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // A program may have left what cannot be deleted; the system's own cleaning has it then.
    }
  }
}
