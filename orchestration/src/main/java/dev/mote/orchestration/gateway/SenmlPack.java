package dev.mote.orchestration.gateway;

import dev.mote.orchestration.object.ResourcePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts together what the records of a SenML pack say (RFC 8428): base values hold for all that
/// follow.
final class SenmlPack {

  /// A record as it is written.
  static final class Entry {
    @Nullable String baseName;
    @Nullable Double baseTime;
    String name = "";
    double time;

    /// `Long`, `Double`, `String`, `Boolean` or `byte[]`.
    @Nullable Object value;
  }

  /// Times below are relative to now (RFC 8428, 4.5.3).
  private static final double FIRST_ABSOLUTE_TIME = 1 << 28;

  private static final double LAST_TIME = 1e11;
  private static final int MOST_RECORDS = 1_024;

  private final Instant now;
  private final List<Measurement> measurements = new ArrayList<>();
  private String baseName = "";
  private double baseTime;
  private int records;

  SenmlPack(Instant now) {
    this.now = now;
  }

  void add(Entry entry) throws BadContentException {
    if (++records > MOST_RECORDS) {
      throw new BadContentException("more than " + MOST_RECORDS + " SenML records");
    }
    if (entry.baseName != null) {
      baseName = entry.baseName;
    }
    if (entry.baseTime != null) {
      baseTime = entry.baseTime;
    }
    if (entry.value == null) {
      return;
    }
    ResourcePath path = path(baseName + entry.name);
    measurements.add(
        new Measurement(
            path, time(baseTime + entry.time), value(ResourceKind.of(path), entry.value)));
  }

  private static Value value(ResourceKind kind, Object value) {
    return switch (value) {
      case Long whole -> kind.number(whole, true, whole);
      case Double number -> kind.number(number, false, 0);
      default -> Value.of(value);
    };
  }

  private static ResourcePath path(String name) throws BadContentException {
    // No regular expressions here: this is run for each value of each device.
    int[] ids = new int[4];
    int count = 0;
    int i = 0;
    while (i < name.length() && count < 4) {
      if (name.charAt(i) != '/') {
        break;
      }
      int id = 0;
      int start = ++i;
      while (i < name.length() && Character.digit(name.charAt(i), 10) >= 0 && i - start < 6) {
        id = id * 10 + (name.charAt(i++) - '0');
      }
      if (i == start || id < 0 || id >= 65_535) {
        break;
      }
      ids[count++] = id;
    }
    if (i != name.length() || count < 3) {
      throw new BadContentException(
          "not the name of a resource: " + name.substring(0, Math.min(40, name.length())));
    }
    return new ResourcePath(ids[0], ids[1], ids[2]);
  }

  private Optional<Instant> time(double seconds) throws BadContentException {
    if (seconds == 0) {
      return Optional.empty();
    }
    if (!(Math.abs(seconds) < LAST_TIME)) {
      throw new BadContentException("no time: " + seconds);
    }
    long millis = Math.round(seconds * 1000);
    return Optional.of(
        seconds < FIRST_ABSOLUTE_TIME ? now.plusMillis(millis) : Instant.ofEpochMilli(millis));
  }

  List<Measurement> measurements() {
    return measurements;
  }
}
