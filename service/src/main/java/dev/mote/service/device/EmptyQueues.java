package dev.mote.service.device;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Devices for which the database has just been seen to hold no requests, so that it need not be
/// asked at once again.
///
/// A word of new requests makes what was seen before it worth nothing: it carries the stamp that
/// was taken before the look.
final class EmptyQueues {

  private static final int STRIPES = 4_096;

  private final AtomicIntegerArray news = new AtomicIntegerArray(STRIPES);
  private final Map<String, Integer> seen = new ConcurrentHashMap<>();

  /// To be taken before the database is looked at.
  int stamp(String endpoint) {
    return news.get(stripe(endpoint));
  }

  /// There was nothing when the database was looked at.
  void nothing(String endpoint, int stamp) {
    if (stamp == stamp(endpoint)) {
      seen.put(endpoint, stamp);
    }
  }

  /// There may be something now.
  void news(String endpoint) {
    news.incrementAndGet(stripe(endpoint));
  }

  /// Whether there is nothing still. Says so once.
  boolean takeNothing(String endpoint) {
    Integer stamp = seen.remove(endpoint);
    return stamp != null && stamp == stamp(endpoint);
  }

  private static int stripe(String endpoint) {
    return Math.floorMod(endpoint.hashCode(), STRIPES);
  }
}
