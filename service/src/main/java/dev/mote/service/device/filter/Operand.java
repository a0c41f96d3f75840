package dev.mote.service.device.filter;

import java.time.Duration;
import java.time.Instant;

/// What a field is compared with.
sealed interface Operand {

  /// Pieces between wildcards; one piece is a text without any.
  record Text(Pattern pattern) implements Operand {}

  record Number(long value) implements Operand {}

  record Flag(boolean value) implements Operand {}

  record At(Instant instant) implements Operand {}

  /// A time that lies `duration` before that of asking.
  record Ago(Duration duration) implements Operand {}

  /// The time that is meant, when asked at `now`.
  static Instant instant(Operand operand, Instant now) {
    return switch (operand) {
      case At(Instant instant) -> instant;
      case Ago(Duration duration) -> now.minus(duration);
      case Text _, Number _, Flag _ -> throw new IllegalStateException(operand.toString());
    };
  }
}
