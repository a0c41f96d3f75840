package dev.mote.optimizer.calibrate;

import dev.mote.ir.DiagnosticException;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.ValueRange;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the range of every activation from the values that it takes on data.
///
/// Memory is bounded by the number of tensors, not of samples: one pass finds the ends, and where
/// the method looks at distributions a second pass fills a histogram for each tensor. Formats of
/// more than 8 bits take the whole range, for their steps are too small to spend error on cutting.
///
/// @param method how a range is chosen
/// @param scheme says which tensors are int8, and whether their ranges are symmetric
/// @param kept the share of values that [RangeMethod#PERCENTILE] keeps at either end; 0.5 to 1
public record Calibrator(RangeMethod method, QuantizationScheme scheme, double kept) {

  /// What [RangeMethod#PERCENTILE] keeps when nothing else is said.
  public static final double KEPT = 0.9999;

  /// Weight of one sample more in [RangeMethod#MOVING].
  private static final double MOMENTUM = 0.1;

  private static final int INT8_LEVELS = 256;

  public Calibrator {
    if (!(kept > 0.5 && kept <= 1)) {
      throw new IllegalArgumentException("a percentile keeps from 0.5 to 1, not " + kept);
    }
  }

  public Calibrator(RangeMethod method, QuantizationScheme scheme) {
    this(method, scheme, KEPT);
  }

  /// The ranges of all tensors that `activations` tell.
  ///
  /// @throws DiagnosticException when there are no samples, or values that are not finite
  public Calibration calibrate(Activations activations) {
    Map<String, Ends> ends = new LinkedHashMap<>();
    activations.replay(
        (sample, tensor, values) ->
            ends.computeIfAbsent(tensor, _ -> new Ends()).add(sample, tensor, values));
    if (ends.isEmpty()) {
      throw CalibrationProblems.empty("the model");
    }
    Map<String, ValueHistogram> histograms = new LinkedHashMap<>();
    if (method.needsHistogram()) {
      ends.forEach(
          (tensor, end) -> {
            if (isInt8(tensor) && end.low < end.high) {
              histograms.put(tensor, new ValueHistogram(end.low, end.high));
            }
          });
      activations.replay(
          (_, tensor, values) -> {
            ValueHistogram histogram = histograms.get(tensor);
            if (histogram != null) {
              histogram.add(values);
            }
          });
    }
    Map<String, ValueRange> ranges = new LinkedHashMap<>();
    ends.forEach((tensor, end) -> ranges.put(tensor, range(end, histograms.get(tensor))));
    return new Calibration(ranges);
  }

  private ValueRange range(Ends ends, @Nullable ValueHistogram histogram) {
    if (histogram == null) {
      return method == RangeMethod.MOVING
          ? new ValueRange((float) ends.movingLow, (float) ends.movingHigh)
          : new ValueRange((float) ends.low, (float) ends.high);
    }
    RangeChoice choice = new RangeChoice(histogram, INT8_LEVELS, scheme.symmetricActivations());
    return switch (method) {
      case PERCENTILE -> choice.percentile(kept);
      case MSE -> choice.leastSquares();
      case KL -> choice.leastDivergence();
      case MIN_MAX, MOVING -> throw new AssertionError("has no histogram");
    };
  }

  private boolean isInt8(String tensor) {
    return scheme.format(tensor).activations() == ActivationFormat.INT8;
  }

  /// Smallest and largest value of one tensor; zero is always between them.
  private static final class Ends {

    private double low;
    private double high;
    private double movingLow;
    private double movingHigh;
    private int samples;

    void add(int sample, String tensor, float[] values) {
      float least = 0;
      float most = 0;
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw CalibrationProblems.notFinite(sample, tensor, value);
        }
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
      low = Math.min(low, least);
      high = Math.max(high, most);
      double weight = samples == 0 ? 1 : MOMENTUM;
      movingLow += weight * (least - movingLow);
      movingHigh += weight * (most - movingHigh);
      samples++;
    }
  }
}
