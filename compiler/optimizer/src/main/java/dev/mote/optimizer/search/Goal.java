package dev.mote.optimizer.search;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How accurate a model must be: absolutely, or measured against the float original.
///
/// @param value share of right answers; with `relative` the change against the original, at most 0
/// @param relative whether `value` is a change
public record Goal(double value, boolean relative) {

  private static final Pattern TEXT = Pattern.compile("([-+]?)([0-9]{1,3}(?:\\.[0-9]{1,6})?)(%?)");

  public Goal {
    boolean sensible = relative ? value >= -1 && value <= 0 : value > 0 && value <= 1;
    if (!sensible) {
      throw new IllegalArgumentException(
          relative
              ? "an accuracy may be allowed to fall by 0 to 100 %"
              : "an accuracy lies between 0 and 100 %");
    }
  }

  /// Reads `90%`, `0.9`, or, with a sign, a change against the original in points: `-1%`, `-0.01`.
  ///
  /// @throws IllegalArgumentException with a sentence for the user when the text means nothing
  public static Goal parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches() || matcher.group(1).equals("+")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no accuracy such as 90%, 0.9 or, against the original, -1%");
    }
    BigDecimal number = new BigDecimal(matcher.group(2));
    double value = (matcher.group(3).isEmpty() ? number : number.movePointLeft(2)).doubleValue();
    return matcher.group(1).isEmpty() ? new Goal(value, false) : new Goal(-value, true);
  }

  /// The least share of right answers when the original has `original`.
  public double least(double original) {
    return relative ? original + value : value;
  }

  /// `at least 90 %`, `at most 1 points below the original`.
  @Override
  public String toString() {
    return relative
        ? String.format(Locale.ROOT, "at most %s points below the original", points(-value))
        : String.format(Locale.ROOT, "at least %s %%", points(value));
  }

  private static String points(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString();
  }
}
