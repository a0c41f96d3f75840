package dev.mote.client;

import java.time.Duration;

/// How long to wait.
///
/// @param connect for a connection
/// @param answer for an answer without a file in it
/// @param transfer for an upload or a download as a whole
/// @param silence of a stream of events, before it is opened anew; longer than the service's
///     heartbeat
/// @param tries how often a request is sent that may be sent again, the first time included
/// @param patience longest wait between two of them
public record Timeouts(
    Duration connect,
    Duration answer,
    Duration transfer,
    Duration silence,
    int tries,
    Duration patience) {

  /// What serves most.
  public static final Timeouts STANDARD =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(90),
          Duration.ofMinutes(30),
          Duration.ofSeconds(90),
          4,
          Duration.ofSeconds(30));

  /// Checks them.
  public Timeouts {
    if (tries < 1
        || !connect.isPositive()
        || !answer.isPositive()
        || !transfer.isPositive()
        || !silence.isPositive()
        || patience.isNegative()) {
      throw new IllegalArgumentException("times must be above 0, and tries at least 1");
    }
  }
}
