package dev.mote.orchestration.gateway;

import org.eclipse.californium.core.coap.Token;

/// An observation, and what tells a new notification from an old one.
final class Observed {

  /// Sequence numbers are of 24 bits, and say nothing after this time (RFC 7641, 3.4).
  private static final long SEQUENCE_NANOS = 128_000_000_000L;

  private static final int HALF_OF_SEQUENCE = 1 << 23;

  final Token token;
  final Session session;
  final NodePath path;
  private boolean awaitsFirst;
  private int lastMessage = -1;
  private int lastSequence = -1;
  private long lastNanos;
  private boolean isFetching;

  Observed(Token token, Session session, NodePath path, boolean awaitsFirst) {
    this.token = token;
    this.session = session;
    this.path = path;
    this.awaitsFirst = awaitsFirst;
  }

  /// The next response is an answer to a request.
  synchronized void await() {
    awaitsFirst = true;
  }

  /// Whether this is the response that is waited for, which then is not any more.
  synchronized boolean takesFirst(int message, int sequence, long nanos) {
    if (!awaitsFirst) {
      return false;
    }
    awaitsFirst = false;
    note(message, sequence, nanos);
    return true;
  }

  /// Whether a notification is neither a repetition nor older than what was seen.
  synchronized boolean isNew(int message, int sequence, long nanos) {
    if (lastMessage >= 0 && nanos - lastNanos < SEQUENCE_NANOS) {
      boolean isOlder =
          sequence < lastSequence
              ? lastSequence - sequence < HALF_OF_SEQUENCE
              : sequence - lastSequence > HALF_OF_SEQUENCE;
      if (message == lastMessage || isOlder) {
        return false;
      }
    }
    note(message, sequence, nanos);
    return true;
  }

  private void note(int message, int sequence, long nanos) {
    lastMessage = message;
    lastSequence = sequence;
    lastNanos = nanos;
  }

  /// Takes back what [#isNew] noted: it was not delivered, and shall come again.
  synchronized void forgetLast() {
    lastMessage = -1;
  }

  /// Whether the caller is to read the rest of a notification of several blocks.
  synchronized boolean startsFetching() {
    boolean starts = !isFetching;
    isFetching = true;
    return starts;
  }

  synchronized void endFetching() {
    isFetching = false;
  }
}
