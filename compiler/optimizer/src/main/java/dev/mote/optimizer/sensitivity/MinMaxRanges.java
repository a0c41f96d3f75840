package dev.mote.optimizer.sensitivity;

import dev.mote.ir.Graph;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.ValueRange;
import java.util.HashMap;
import java.util.Map;

/// The ranges that the tensors of a graph take on samples, from the smallest to the largest value.
public final class MinMaxRanges {

  private MinMaxRanges() {}

  public static Calibration of(Graph prepared, SampleSet samples) {
    Map<String, ValueRange> ranges = new HashMap<>();
    Predictions.observe(
        prepared,
        samples,
        (_, tensor, reals) -> {
          float low = Float.POSITIVE_INFINITY;
          float high = Float.NEGATIVE_INFINITY;
          for (float real : reals) {
            // No number has an infinite range, which the quantizer refuses by the tensor's name.
            low = Math.min(low, Float.isNaN(real) ? Float.NEGATIVE_INFINITY : real);
            high = Math.max(high, Float.isNaN(real) ? Float.POSITIVE_INFINITY : real);
          }
          if (reals.length > 0) {
            ranges.merge(tensor, new ValueRange(low, high), ValueRange::union);
          }
        });
    return new Calibration(ranges);
  }
}
