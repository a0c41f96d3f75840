package dev.mote.fleet.load;

/// What a phase of load gave.
///
/// @param operations that were answered as they should be
/// @param failures that were answered otherwise, or not at all
/// @param resent datagrams that were sent again
/// @param seconds from the first datagram to the last answer
public record Figures(long operations, long failures, long resent, double seconds) {

  public double perSecond() {
    return seconds == 0 ? 0 : operations / seconds;
  }
}
