package dev.mote.service.device;

import dev.mote.orchestration.gateway.PackageSource;
import dev.mote.service.store.ArtifactMissing;
import dev.mote.service.store.Artifacts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Optional;

/// Packages that lie among the artifacts.
final class ArtifactPackages implements PackageSource {

  private final Artifacts artifacts;

  ArtifactPackages(Artifacts artifacts) {
    this.artifacts = artifacts;
  }

  @Override
  public Optional<Content> open(String sha256) throws IOException {
    try {
      SeekableByteChannel channel = artifacts.channel(sha256);
      return Optional.of(new OfChannel(channel, channel.size()));
    } catch (ArtifactMissing e) {
      return Optional.empty();
    }
  }

  private record OfChannel(SeekableByteChannel channel, long size) implements Content {

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
      synchronized (channel) {
        channel.position(offset);
        while (into.hasRemaining()) {
          if (channel.read(into) < 0) {
            throw new IOException("the package ends at " + channel.position());
          }
        }
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException _) {
        // It was only read.
      }
    }
  }
}
