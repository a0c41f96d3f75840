package dev.mote.fleet.line;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// What the way between devices and the server does to datagrams.
///
/// @param lossUp share of the datagrams to the server that get lost; 0 to 1
/// @param lossDown share of those from the server
/// @param duplication share that arrives twice, in both directions
/// @param delay least time that a datagram takes
/// @param jitter what is added to the delay, from nothing to this; datagrams overtake each other by
/// it
public record Network(
    double lossUp, double lossDown, double duplication, Duration delay, Duration jitter) {

  /// Everything arrives, at once.
  public static final Network PERFECT = new Network(0, 0, 0, Duration.ZERO, Duration.ZERO);

  public Network {
    requireShare(lossUp, "loss to the server");
    requireShare(lossDown, "loss from the server");
    requireShare(duplication, "duplication");
    if (delay.isNegative() || jitter.isNegative()) {
      throw new IllegalArgumentException("a delay is not negative");
    }
  }

  private static void requireShare(double share, String what) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("the share of %s is from 0 to 1".formatted(what));
    }
  }

  /// A network that loses this share in both directions.
  public static Network lossy(double loss) {
    return new Network(loss, loss, 0, Duration.ZERO, Duration.ZERO);
  }

  public Network withDuplication(double share) {
    return new Network(lossUp, lossDown, share, delay, jitter);
  }

  public Network withDelay(Duration least, Duration more) {
    return new Network(lossUp, lossDown, duplication, least, more);
  }

  /// How many of a datagram arrive.
  int copies(RandomGenerator random, boolean up) {
    double loss = up ? lossUp : lossDown;
    if (loss > 0 && random.nextDouble() < loss) {
      return 0;
    }
    return duplication > 0 && random.nextDouble() < duplication ? 2 : 1;
  }

  boolean delays() {
    return !delay.isZero() || !jitter.isZero();
  }

  long delayMillis(RandomGenerator random) {
    long more = jitter.toMillis();
    return delay.toMillis() + (more == 0 ? 0 : random.nextLong(more + 1));
  }
}
