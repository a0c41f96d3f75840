package dev.mote.cli;

import dev.mote.builder.MoteVersion;
import picocli.CommandLine.IVersionProvider;

/// Mote's version, from the jar's manifest.
final class Version implements IVersionProvider {

  /// `mote 0.1.0 (Java 25.0.3, Linux amd64)`.
  static String text() {
    return "mote %s (Java %s, %s %s)"
        .formatted(
            number(),
            System.getProperty("java.version"),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }

  /// `0.1.0`.
  static String number() {
    return MoteVersion.number();
  }

  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }
}
