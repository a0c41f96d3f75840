package dev.mote.builder.page;

import java.util.Locale;

/// Numbers as people read them.
public final class Figures {

  private Figures() {}

  /// `2.66 M`, `12.5 k`, `640`.
  public static String count(long value) {
    if (value < 10_000) {
      return String.format(Locale.ROOT, "%,d", value);
    }
    return value < 1_000_000
        ? threeDigits(value / 1e3) + " k"
        : value < 1_000_000_000 ? threeDigits(value / 1e6) + " M" : threeDigits(value / 1e9) + " G";
  }

  /// `15.6 KiB`, `640 B`.
  public static String bytes(long value) {
    if (value < 1024) {
      return value + " B";
    }
    return value < 1024 * 1024
        ? threeDigits(value / 1024.0) + " KiB"
        : threeDigits(value / (1024.0 * 1024)) + " MiB";
  }

  private static String threeDigits(double value) {
    int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }

  /// TFLite joins the names of fused layers with semicolons; the first one says enough.
  public static String firstName(String name) {
    int end = name.indexOf(';');
    return end > 0 ? name.substring(0, end) : name;
  }

  /// `value` cut to at most `length` characters, its middle replaced by an ellipsis: names of
  /// layers
  /// differ at both ends.
  static String shorten(String value, int length) {
    if (value.length() <= length) {
      return value;
    }
    int tail = length / 2;
    int head = length - 1 - tail;
    return value.substring(0, head) + "…" + value.substring(value.length() - tail);
  }
}
