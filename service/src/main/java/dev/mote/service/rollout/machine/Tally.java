package dev.mote.service.rollout.machine;

import java.util.Collection;

/// How many devices are where.
///
/// @param waiting their turn has not come, or they are to be tried again
/// @param running an update runs
/// @param succeeded they run the module
/// @param failed for good
/// @param skipped left out: nothing fits, they left, or the rollout ended before their turn
/// @param returning they are to get back what they had
/// @param goingBack an update brings them back
/// @param returned they have what they had
/// @param notReturned they could not be brought back
public record Tally(
    int waiting,
    int running,
    int succeeded,
    int failed,
    int skipped,
    int returning,
    int goingBack,
    int returned,
    int notReturned) {

  public static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// Devices that have an end of their update, good or bad.
  public int answered() {
    return succeeded + failed;
  }

  public int total() {
    return waiting
        + running
        + succeeded
        + failed
        + skipped
        + returning
        + goingBack
        + returned
        + notReturned;
  }

  public Tally plus(Tally other) {
    return new Tally(
        waiting + other.waiting,
        running + other.running,
        succeeded + other.succeeded,
        failed + other.failed,
        skipped + other.skipped,
        returning + other.returning,
        goingBack + other.goingBack,
        returned + other.returned,
        notReturned + other.notReturned);
  }

  /// One device more, or less, in a state.
  public Tally plus(DeviceState state, int devices) {
    return plus(
        switch (state) {
          case WAITING -> new Tally(devices, 0, 0, 0, 0, 0, 0, 0, 0);
          case RUNNING -> new Tally(0, devices, 0, 0, 0, 0, 0, 0, 0);
          case SUCCEEDED -> new Tally(0, 0, devices, 0, 0, 0, 0, 0, 0);
          case FAILED -> new Tally(0, 0, 0, devices, 0, 0, 0, 0, 0);
          case SKIPPED -> new Tally(0, 0, 0, 0, devices, 0, 0, 0, 0);
          case RETURNING -> new Tally(0, 0, 0, 0, 0, devices, 0, 0, 0);
          case GOING_BACK -> new Tally(0, 0, 0, 0, 0, 0, devices, 0, 0);
          case RETURNED -> new Tally(0, 0, 0, 0, 0, 0, 0, devices, 0);
          case NOT_RETURNED -> new Tally(0, 0, 0, 0, 0, 0, 0, 0, devices);
        });
  }

  /// All together.
  public static Tally sum(Collection<Tally> some) {
    return some.stream().reduce(NONE, Tally::plus);
  }
}
