package dev.mote.service.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Where the bytes of artifacts lie. What is there under a name is whole.
interface Blobs {

  /// A new file that `put` is able to take over.
  Path draft() throws IOException;

  /// Brings the bytes of a finished file where that takes long, ahead of `put`, which then has only
  /// to see that they are there.
  default void bring(String sha256, Path draft) throws IOException {}

  /// Takes over a finished file, unless the same is there already. The draft is gone afterwards.
  void put(String sha256, Path draft) throws IOException;

  boolean exists(String sha256) throws IOException;

  /// A file on this machine with the bytes, not yet checked against their name.
  ///
  /// @throws java.nio.file.NoSuchFileException if there is none
  Path file(String sha256) throws IOException;

  /// Removes it where it is; nothing happens if it is not there.
  void delete(String sha256) throws IOException;

  /// Names of all that was put longer ago than `seconds`.
  Stream<String> olderThan(long seconds) throws IOException;

  /// Deletes what uploads left that were broken off, and copies beyond what may be kept.
  void tidy() throws IOException;
}
