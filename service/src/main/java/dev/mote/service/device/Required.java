package dev.mote.service.device;

import org.jspecify.annotations.Nullable;

/// Values that are there by construction, where a signature says that they may not be.
final class Required {

  private Required() {}

  static <T> T value(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a value is missing");
    }
    return value;
  }
}
