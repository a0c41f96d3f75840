package dev.mote.builder;

import java.util.Objects;

/// Mote's version, from the jar's manifest.
public final class MoteVersion {

  private MoteVersion() {}

  /// `0.1.0`; `development` when it runs from no jar.
  public static String number() {
    return Objects.requireNonNullElse(
        MoteVersion.class.getPackage().getImplementationVersion(), "development");
  }
}
