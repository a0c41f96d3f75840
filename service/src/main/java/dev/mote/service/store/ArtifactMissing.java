package dev.mote.service.store;

/// There is no artifact of that name.
public final class ArtifactMissing extends RuntimeException {

  private static final long serialVersionUID = 1;

  ArtifactMissing(String sha256) {
    super("there is no artifact " + sha256);
  }
}
