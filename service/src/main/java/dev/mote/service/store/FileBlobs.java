package dev.mote.service.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Artifacts as files: `ab/abcdef…`, and drafts beside them on the same file system.
///
/// A draft is written through to the disk before it gets its name, and the folder after it, so that
/// a name never stands for less than all of its bytes, whenever the power goes.
final class FileBlobs implements Blobs {

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  private static final Duration DRAFT_LIFE = Duration.ofDays(1);

  private final Path folder;
  private final Path drafts;
  private final InstantSource realTime = InstantSource.system();

  FileBlobs(Path folder) throws IOException {
    this.folder = folder.toAbsolutePath();
    this.drafts = this.folder.resolve("drafts");
    Files.createDirectories(drafts);
  }

  @Override
  public Path draft() throws IOException {
    return Files.createFile(drafts.resolve(UUID.randomUUID().toString()));
  }

  @Override
  public void put(String sha256, Path draft) throws IOException {
    Path place = place(sha256);
    if (Files.exists(place)) {
      Files.delete(draft);
      return;
    }
    sync(draft);
    Path parent = folder.resolve(sha256.substring(0, 2));
    Files.createDirectories(parent);
    Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE);
    sync(parent);
  }

  @Override
  public boolean exists(String sha256) {
    return Files.exists(place(sha256));
  }

  @Override
  public Path file(String sha256) {
    return place(sha256);
  }

  @Override
  public void delete(String sha256) throws IOException {
    Files.deleteIfExists(place(sha256));
  }

  @Override
  public Stream<String> olderThan(long seconds) throws IOException {
    FileTime before = FileTime.from(realTime.instant().minusSeconds(seconds));
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder, 2)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        if (NAME.matcher(name).matches() && Files.getLastModifiedTime(file).compareTo(before) < 0) {
          names.add(name);
        }
      }
    }
    return names.stream();
  }

  /// Deletes drafts whose process died: they are older than any upload takes.
  @Override
  public void tidy() throws IOException {
    Instant before = realTime.instant().minus(DRAFT_LIFE);
    try (Stream<Path> files = Files.list(drafts)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /// Notes that a file was used, for [#trim].
  void used(String sha256) throws IOException {
    Files.setLastModifiedTime(place(sha256), FileTime.from(realTime.instant()));
  }

  /// Deletes the files that were used least recently, until there are at most `mostBytes`.
  void trim(long mostBytes) throws IOException {
    record Copy(Path file, FileTime used, long bytes) {}
    List<Copy> copies = new ArrayList<>();
    for (String name : olderThan(0).toList()) {
      Path file = place(name);
      copies.add(new Copy(file, Files.getLastModifiedTime(file), Files.size(file)));
    }
    copies.sort(Comparator.comparing(Copy::used));
    long bytes = copies.stream().mapToLong(Copy::bytes).sum();
    for (Copy copy : copies) {
      if (bytes <= mostBytes) {
        break;
      }
      Files.deleteIfExists(copy.file());
      bytes -= copy.bytes();
    }
  }

  /// The name, if it is one: no other text becomes a path.
  static String checked(String sha256) {
    if (!NAME.matcher(sha256).matches()) {
      throw new ArtifactMissing(sha256);
    }
    return sha256;
  }

  private Path place(String sha256) {
    return folder.resolve(checked(sha256).substring(0, 2)).resolve(sha256);
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
