package dev.mote.fleet.device;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// What happened in a fleet, counted by all of its threads.
public final class Tally {

  private final Map<Event, LongAdder> counts = new EnumMap<>(Event.class);

  public Tally() {
    for (Event event : Event.values()) {
      counts.put(event, new LongAdder());
    }
  }

  /// What is counted.
  public enum Event {
    REGISTERED,
    UPDATED_REGISTRATION,
    REGISTRATION_LOST,
    NOTIFIED,
    SENT,
    REQUEST,
    DOWNLOAD_BEGUN,
    DOWNLOAD_RESUMED,
    DELIVERED,
    REFUSED,
    INSTALLED,
    /// A package was installed on a device that it had been installed on before.
    INSTALLED_TWICE,
    ROLLED_BACK,
    POWER_CUT,
    RESTARTED
  }

  void count(Event event) {
    counter(event).increment();
  }

  public long of(Event event) {
    return counter(event).sum();
  }

  private LongAdder counter(Event event) {
    LongAdder counter = counts.get(event);
    if (counter == null) {
      throw new IllegalStateException("not counted: " + event);
    }
    return counter;
  }

  /// All counts by their names in lower case.
  public Map<String, Long> all() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((event, count) -> all.put(event.name().toLowerCase(Locale.ROOT), count.sum()));
    return all;
  }
}
