package dev.mote.optimizer.calibrate;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.pipeline.quantize.WeightScales;
import java.util.Arrays;

/// Scales of weights that cut off the largest ones.
public final class WeightRanges {

  private WeightRanges() {}

  /// The scale with which the share `kept` of a channel's weights is not limited.
  ///
  /// @param kept above 0, at most 1
  public static WeightScales percentile(double kept) {
    if (!(kept > 0 && kept <= 1)) {
      throw new IllegalArgumentException("a share from 0 to 1, not " + kept);
    }
    return (Graph graph, Node node, int channel, float[] weights, int low, int high) -> {
      double[] needed = new double[weights.length];
      for (int i = 0; i < weights.length; i++) {
        needed[i] = weights[i] < 0 ? (double) weights[i] / low : (double) weights[i] / high;
      }
      Arrays.sort(needed);
      int last = Math.clamp((long) Math.ceil(kept * needed.length) - 1, 0, needed.length - 1);
      return needed[last];
    };
  }
}
