package dev.mote.service.telemetry;

import dev.mote.orchestration.gateway.Measurement;
import dev.mote.orchestration.gateway.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.UUID;

/// One value of one resource.
///
/// @param value a number; flags are 0 and 1
/// @param words a text; at most [#MOST_WORDS] characters
record Point(
    UUID tenant,
    UUID device,
    String path,
    Instant at,
    OptionalDouble value,
    Optional<String> words) {

  static final int MOST_WORDS = 200;

  /// A device's clock that is further off is not believed; a device that was asleep may be late.
  private static final Duration AHEAD = Duration.ofMinutes(5);

  private static final Duration BEHIND = Duration.ofDays(7);

  /// The point that a measurement is; empty for bytes, and for what is no number.
  static Optional<Point> of(UUID tenant, UUID device, Instant arrived, Measurement measured) {
    OptionalDouble value =
        switch (measured.value()) {
          case Value.Whole(long number) -> OptionalDouble.of(number);
          case Value.Decimal(double number) when Double.isFinite(number) ->
              OptionalDouble.of(number);
          case Value.Flag(boolean flag) -> OptionalDouble.of(flag ? 1 : 0);
          case Value.Decimal _, Value.Text _, Value.Bytes _ -> OptionalDouble.empty();
        };
    Optional<String> words =
        measured.value() instanceof Value.Text(String text)
            ? Optional.of(bounded(text))
            : Optional.empty();
    if (value.isEmpty() && words.isEmpty()) {
      return Optional.empty();
    }
    Instant at =
        measured
            .time()
            .filter(time -> time.isBefore(arrived.plus(AHEAD)))
            .filter(time -> time.isAfter(arrived.minus(BEHIND)))
            .orElse(arrived);
    return Optional.of(new Point(tenant, device, measured.path().toString(), at, value, words));
  }

  private static String bounded(String text) {
    // PostgreSQL's text holds no NUL.
    String clean = text.replace('\0', '\uFFFD');
    return clean.length() <= MOST_WORDS ? clean : clean.substring(0, MOST_WORDS);
  }
}
