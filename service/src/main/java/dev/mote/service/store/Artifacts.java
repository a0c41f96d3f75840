package dev.mote.service.store;

import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.UUID;

/// Where artifacts are stored.
public interface Artifacts {

  /// Stores all that a stream gives, in the caller's transaction if there is one. It is there,
  /// whole, when this returns, and stays for an hour even if nobody holds it.
  ///
  /// @throws ArtifactTooLarge if there is more than `limitBytes`; nothing is stored then
  /// @throws java.io.UncheckedIOException if the stream breaks; nothing is stored then
  Stored put(InputStream in, long limitBytes);

  /// Reads an artifact from its begin. If its bytes are not what its name says, reading ends in an
  /// [ArtifactDamaged] before the last of them.
  ///
  /// @throws ArtifactMissing if there is none of that name
  InputStream open(String sha256);

  /// An artifact to read here and there, checked before the first byte.
  ///
  /// @throws ArtifactMissing if there is none of that name
  /// @throws ArtifactDamaged if its bytes are not what its name says
  SeekableByteChannel channel(String sha256);

  /// All bytes of an artifact, checked.
  byte[] bytes(String sha256);

  /// Length in bytes.
  ///
  /// @throws ArtifactMissing if there is none of that name
  long size(String sha256);

  /// Keeps an artifact from being swept, from the commit of the caller's transaction on. Holding
  /// twice is holding once.
  ///
  /// @param holder what needs it, such as `version:` and an id
  /// @throws ArtifactMissing if there is none of that name
  void hold(UUID tenant, String sha256, String holder);

  /// Lets go of an artifact, in the caller's transaction.
  ///
  /// @return whether that holder held it
  boolean release(UUID tenant, String sha256, String holder);
}
