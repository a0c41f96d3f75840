package dev.mote.optimizer.data;

import java.util.ArrayList;
import java.util.List;

/// What the numbers of a file are made into before a model sees them.
public sealed interface Scaling {

  /// Pixels of 0 … 255 become 0 … 1, or for an 8-bit quantized input its whole range; all other
  /// numbers stay.
  record Auto() implements Scaling {}

  /// Numbers stay as they are; pixels are 0 … 255.
  record Raw() implements Scaling {}

  /// 0 … 255 becomes `low` … `high`.
  record Range(double low, double high) implements Scaling {
    public Range {
      if (!(low < high) || !Double.isFinite(low) || !Double.isFinite(high)) {
        throw new IllegalArgumentException("a range rises");
      }
    }
  }

  /// `(number - mean) / deviation`, one pair for each channel or one for all.
  record Standard(List<Double> mean, List<Double> deviation) implements Scaling {
    public Standard {
      mean = List.copyOf(mean);
      deviation = List.copyOf(deviation);
      if (mean.isEmpty() || mean.size() != deviation.size()) {
        throw new IllegalArgumentException("as many means as deviations, at least one");
      }
      for (double value : mean) {
        requireFinite(value);
      }
      for (double value : deviation) {
        requireFinite(value);
        if (value <= 0) {
          throw new IllegalArgumentException("a deviation is positive");
        }
      }
    }
  }

  Scaling AUTO = new Auto();
  Scaling RAW = new Raw();
  Scaling UNIT = new Range(0, 1);
  Scaling SIGNED = new Range(-1, 1);

  /// `auto`, `raw`, `unit` (0 … 1), `signed` (-1 … 1), or `MEAN/DEVIATION`, each a number or one
  /// for
  /// each channel separated by commas: `123.7,116.3,103.5/58.4,57.1,57.4`.
  ///
  /// @throws IllegalArgumentException when it is none of these
  static Scaling parse(String text) {
    return switch (text) {
      case "auto" -> AUTO;
      case "raw" -> RAW;
      case "unit" -> UNIT;
      case "signed" -> SIGNED;
      default -> standard(text);
    };
  }

  private static Scaling standard(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is none of auto, raw, unit, signed and MEAN/DEVIATION");
    }
    return new Standard(numbers(text.substring(0, slash)), numbers(text.substring(slash + 1)));
  }

  private static List<Double> numbers(String text) {
    List<Double> numbers = new ArrayList<>();
    for (String number : text.split(",", -1)) {
      numbers.add(Double.parseDouble(number.strip()));
    }
    return numbers;
  }

  private static void requireFinite(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a mean or deviation is a finite number");
    }
  }

  /// What it does, for a report.
  default String describe() {
    return switch (this) {
      case Auto _ -> "auto";
      case Raw _ -> "raw";
      case Range(double low, double high) -> "0..255 to " + low + ".." + high;
      case Standard(var mean, var deviation) -> "(x - " + mean + ") / " + deviation;
    };
  }
}
