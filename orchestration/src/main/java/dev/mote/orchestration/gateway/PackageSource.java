package dev.mote.orchestration.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Where packages lie.
public interface PackageSource {

  /// A package that can be read from anywhere. Calls come from several threads.
  interface Content extends AutoCloseable {

    long size();

    /// Fills `into` with the bytes from `offset` on.
    void read(long offset, ByteBuffer into) throws IOException;

    @Override
    void close();
  }

  /// Opens a package; empty when there is none.
  Optional<Content> open(String sha256) throws IOException;
}
