package dev.mote.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Sizes and times as people read them.
final class Readable {

  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private Readable() {}

  /// Such as `54.1 kB`, in thousands.
  static String bytes(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 999.95 && unit < UNITS.length - 1) {
      amount /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
  }

  /// How long ago, such as `3 min ago`.
  static String age(Instant time, Instant now) {
    Duration ago = Duration.between(time, now);
    return ago.isNegative() ? "in " + span(ago.negated()) : span(ago) + " ago";
  }

  static String age(Optional<Instant> time, Instant now) {
    return time.map(t -> age(t, now)).orElse("-");
  }

  private static String span(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + " min";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86400 + " days";
  }

  /// Reads `90s`, `30m`, `2h`, `7d`, or what ISO 8601 says, such as `PT2H`.
  ///
  /// @throws IllegalArgumentException when it is neither
  static Duration duration(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    try {
      if (upper.startsWith("P")) {
        return Duration.parse(upper);
      }
      return Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
    } catch (java.time.format.DateTimeParseException _) {
      throw new IllegalArgumentException("'" + text + "' is no time; give one as 90s, 30m, 2h, 7d");
    }
  }
}
