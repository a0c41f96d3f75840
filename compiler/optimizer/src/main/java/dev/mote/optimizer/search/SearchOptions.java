package dev.mote.optimizer.search;

import java.time.Duration;

/// How far a search goes.
///
/// @param prefer what decides among variants within the budget
/// @param time after which nothing new is tried; what was found is then still measured on all
///     samples, so that the whole takes somewhat longer
/// @param firstSamples samples of the first, cheap evaluation
/// @param finalists variants that are evaluated on all samples
public record SearchOptions(Prefer prefer, Duration time, int firstSamples, int finalists) {

  /// What is wanted most, within the budget.
  public enum Prefer {
    ACCURACY,
    FLASH,
    LATENCY,
    RAM
  }

  public SearchOptions {
    if (!time.isPositive() || firstSamples <= 0 || finalists <= 0) {
      throw new IllegalArgumentException("a search needs time, samples and finalists");
    }
  }

  /// Ten minutes, 200 samples first, eight finalists.
  public static SearchOptions preferring(Prefer prefer) {
    return new SearchOptions(prefer, Duration.ofMinutes(10), 200, 8);
  }

  public SearchOptions withTime(Duration limit) {
    return new SearchOptions(prefer, limit, firstSamples, finalists);
  }

  public SearchOptions withEffort(int samples, int last) {
    return new SearchOptions(prefer, time, samples, last);
  }
}
