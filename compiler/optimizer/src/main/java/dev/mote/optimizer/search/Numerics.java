package dev.mote.optimizer.search;

import dev.mote.optimizer.calibrate.RangeMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// How ranges are found, and what is done so that rounding costs less.
///
/// @param ranges how the ranges of activations are chosen
/// @param equalized whether weights are balanced between layers that follow each other
/// @param biasCorrected whether biases take up the mean error of rounding
/// @param adaptiveRounding whether each weight is rounded so that its layer's output comes nearest
public record Numerics(
    RangeMethod ranges, boolean equalized, boolean biasCorrected, boolean adaptiveRounding) {

  /// Smallest to largest value, weights to the nearest integer.
  public static final Numerics PLAIN = new Numerics(RangeMethod.MIN_MAX, false, false, false);

  Numerics withAdaptiveRounding(boolean adaptive) {
    return new Numerics(ranges, equalized, biasCorrected, adaptive);
  }

  /// Every way to choose ranges, with corrected biases.
  static List<Numerics> methods() {
    return Arrays.stream(RangeMethod.values())
        .map(method -> new Numerics(method, false, true, false))
        .toList();
  }

  /// This, and what differs from it in one correction.
  List<Numerics> neighbours() {
    return List.of(
        this,
        new Numerics(ranges, !equalized, biasCorrected, adaptiveRounding),
        new Numerics(ranges, equalized, !biasCorrected, adaptiveRounding));
  }

  int complexity() {
    return (ranges == RangeMethod.MIN_MAX ? 0 : 1)
        + (equalized ? 1 : 0)
        + (biasCorrected ? 1 : 0)
        + (adaptiveRounding ? 2 : 0);
  }

  String label() {
    return ranges.name().toLowerCase(Locale.ROOT).replace('_', '-')
        + (equalized ? " equalized" : "")
        + (biasCorrected ? " bias-corrected" : "")
        + (adaptiveRounding ? " adaptive rounding" : "");
  }
}
