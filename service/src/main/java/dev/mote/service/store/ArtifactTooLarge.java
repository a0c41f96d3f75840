package dev.mote.service.store;

/// More was given than may be stored.
public final class ArtifactTooLarge extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long limitBytes;

  ArtifactTooLarge(long limitBytes) {
    super("more than " + limitBytes + " bytes");
    this.limitBytes = limitBytes;
  }

  /// What would have been allowed.
  public long limitBytes() {
    return limitBytes;
  }
}
