package dev.mote.service.database;

import java.security.SecureRandom;
import java.util.UUID;

/// Ids of rows: UUIDs of version 7, which sort by the time at which they were made.
///
/// Ids made by one process strictly ascend, even within a millisecond and when the clock is set
/// back.
public final class Ids {

  private static final SecureRandom RANDOM = new SecureRandom();

  /// Milliseconds and a counter of 12 bits, of the id made last.
  private static long last;

  private Ids() {}

  /// A new id.
  public static UUID next() {
    return next(System.currentTimeMillis());
  }

  static synchronized UUID next(long millis) {
    last = Math.max(last + 1, millis << 12);
    long high = (last >>> 12) << 16 | 0x7000 | (last & 0xfff);
    long low = 0x8000_0000_0000_0000L | RANDOM.nextLong() >>> 2;
    return new UUID(high, low);
  }
}
