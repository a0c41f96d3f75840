package dev.mote.service.store;

/// The bytes of an artifact are not those that were stored.
public final class ArtifactDamaged extends RuntimeException {

  private static final long serialVersionUID = 1;

  ArtifactDamaged(String sha256) {
    super("artifact " + sha256 + " is damaged: its bytes are others than were stored");
  }
}
