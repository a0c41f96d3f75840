package dev.mote.service.settings;

import java.util.List;

/// Keys of the configuration that nothing reads.
final class UnknownKeyException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// @param found a sentence each
  UnknownKeyException(List<String> found) {
    super("MOTE-%d %s".formatted(SettingsCodes.UNKNOWN_KEY, String.join("; ", found)));
  }
}
