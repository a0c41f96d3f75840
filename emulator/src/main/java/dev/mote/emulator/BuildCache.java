package dev.mote.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A directory of build results, each under the hash of everything that went into it.
///
/// Any number of threads and processes may share it: an entry is built aside and appears at once.
/// Entries that nobody used for two weeks are removed.
public final class BuildCache {

  private static final Duration KEPT = Duration.ofDays(14);

  private final Path root;

  private BuildCache(Path root) {
    this.root = root;
  }

  /// The user's cache: `$XDG_CACHE_HOME/mote`, or `~/.cache/mote`.
  public static BuildCache standard() {
    Path caches =
        Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
            .filter(home -> home.startsWith("/"))
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
    return in(caches.resolve("mote"));
  }

  /// A cache in `directory`, which is made when there is none, for its owner only.
  public static BuildCache in(Path directory) {
    try {
      Path absolute = directory.toAbsolutePath();
      if (!Files.isDirectory(absolute)) {
        Files.createDirectories(
            absolute,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      BuildCache cache = new BuildCache(absolute);
      cache.removeUnused();
      return cache;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Fills the directory of a new entry.
  @FunctionalInterface
  public interface Build {
    /// Writes the entry's files.
    void into(Path directory) throws IOException;
  }

  /// The directory with what `build` makes of `ingredients`; built when it is not there.
  public Path entry(String kind, List<String> ingredients, Build build) {
    Path entry = root.resolve(kind + "-" + hash(ingredients));
    try {
      if (Files.isDirectory(entry)) {
        Files.setLastModifiedTime(entry, FileTime.from(Instant.now()));
        return entry;
      }
      Path aside = scratch();
      try {
        build.into(aside);
        Files.move(aside, entry, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        // Somebody else was faster, with the same contents.
        if (!Files.isDirectory(entry)) {
          throw e;
        }
      } finally {
        delete(aside);
      }
      return entry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A new empty directory, which the caller deletes.
  Path scratch() throws IOException {
    return Files.createTempDirectory(root, "scratch-");
  }

  /// Deletes a directory and what is in it; none is fine.
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      // Nothing to delete.
    }
  }

  private void removeUnused() throws IOException {
    Instant oldest = Instant.now().minus(KEPT);
    try (Stream<Path> entries = Files.list(root)) {
      for (Path entry : entries.toList()) {
        if (Files.exists(entry) && Files.getLastModifiedTime(entry).toInstant().isBefore(oldest)) {
          delete(entry);
        }
      }
    } catch (NoSuchFileException e) {
      // Another process removed it first.
    }
  }

  private static String hash(List<String> ingredients) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String ingredient : ingredients) {
        byte[] bytes = ingredient.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
