package dev.mote.service.rollout.machine;

import dev.mote.orchestration.update.FailureClass;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// How a rollout is to go. It does not change once it is made.
///
/// @param waves at least one; the last takes what is left, unless they grow
/// @param growth each wave after those listed is so many times the one before; ≥ 1
/// @param pace how many at once
/// @param startAt not before
/// @param windows when updates may run; empty for always
/// @param recall whether updates that run when a window closes are called back
/// @param errors how many may fail
/// @param gates what telemetry must say
/// @param retries how often an update is tried again after a failure of a class; 0 where not listed
/// @param retryAfter pause before that, doubled for each further one
/// @param openUntil until when devices that come to match join; empty for never
/// @param stragglers how long devices that are not there are waited for at the end
/// @param returnInWindows whether devices get back what they had in windows only
/// @param approval whether a second person must approve
public record RolloutPlan(
    List<Wave> waves,
    OptionalDouble growth,
    Pace pace,
    Optional<Instant> startAt,
    List<Window> windows,
    boolean recall,
    ErrorLimit errors,
    Gates gates,
    Map<FailureClass, Integer> retries,
    Duration retryAfter,
    Optional<Instant> openUntil,
    Duration stragglers,
    boolean returnInWindows,
    boolean approval) {

  /// Most waves of one rollout.
  public static final int MOST_WAVES = 50;

  public RolloutPlan {
    waves = List.copyOf(waves);
    windows = List.copyOf(windows);
    retries = Map.copyOf(retries);
    if (waves.isEmpty() || waves.size() > MOST_WAVES || growth.orElse(1) < 1) {
      throw new IllegalArgumentException("not a plan");
    }
  }

  /// The wave with this index.
  public Wave wave(int index) {
    return waves.get(Math.min(index, waves.size() - 1));
  }

  /// How many of `total` devices are in which wave. At least one wave, even without devices.
  public List<Integer> sizes(int total) {
    List<Integer> sizes = new ArrayList<>();
    int left = total;
    for (Wave wave : waves) {
      boolean last = growth.isEmpty() && sizes.size() == waves.size() - 1;
      int size = last ? left : wave.size(left, total);
      sizes.add(size);
      left -= size;
    }
    double next = Math.max(1, sizes.getLast());
    while (left > 0) {
      next *= growth.orElse(1);
      int size = sizes.size() == MOST_WAVES - 1 ? left : (int) Math.min(left, Math.ceil(next));
      sizes.add(size);
      left -= size;
    }
    while (sizes.size() > 1 && sizes.getLast() == 0) {
      sizes.removeLast();
    }
    return List.copyOf(sizes);
  }

  /// The pause before the next try; empty when there is none.
  ///
  /// @param attempt the one that failed, from 1
  public Optional<Duration> retry(FailureClass failure, int attempt) {
    return attempt > retries.getOrDefault(failure, 0)
        ? Optional.empty()
        : Optional.of(retryAfter.multipliedBy(1L << Math.min(attempt - 1, 10)));
  }

  boolean isWindowOpen(Instant now) {
    return Window.anyOpen(windows, now);
  }
}
