package dev.mote.client;

/// How many devices of a rollout are where.
///
/// @param waiting their turn has not come, or they are to be tried again
/// @param running an update runs
/// @param skipped left out
/// @param returning they are to get back what they had
/// @param goingBack an update brings them back
/// @param returned they have what they had
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
  /// All of them.
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

  /// Those for which nothing is to be done any more.
  public int done() {
    return succeeded + failed + skipped + returned + notReturned;
  }
}
