package dev.mote.service.rollout.machine;

import java.time.Duration;
import java.util.Locale;

/// Figures as people read them.
final class Words {

  private Words() {}

  static String devices(int count) {
    return count(count, "device", "devices");
  }

  static String count(int count, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
  }

  static String share(int part, int all) {
    return percent(all == 0 ? 0 : part * 100.0 / all);
  }

  /// With one digit after the point where it is not whole.
  static String percent(double percent) {
    double rounded = Math.round(percent * 10) / 10.0;
    return rounded == Math.rint(rounded)
        ? String.format(Locale.ROOT, "%d %%", (long) rounded)
        : String.format(Locale.ROOT, "%.1f %%", rounded);
  }

  static String time(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200
        ? seconds / 60 + " min"
        : seconds < 172_800 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }
}
