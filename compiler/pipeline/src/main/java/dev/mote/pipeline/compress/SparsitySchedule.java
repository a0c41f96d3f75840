package dev.mote.pipeline.compress;

/// How sparse a model is after each step of pruning, from 0 to below 1.
///
/// Pruning a little, tuning the rest, and pruning more keeps more accuracy than pruning at once.
public sealed interface SparsitySchedule {

  /// The sparsity after step `step`, counted from 0.
  double at(int step);

  /// The same at every step.
  record Constant(double sparsity) implements SparsitySchedule {
    public Constant {
      CompressionCodes.fraction("sparsity", sparsity);
    }

    @Override
    public double at(int step) {
      return sparsity;
    }
  }

  /// Fast at first and slower as less is left: `last + (first - last)·(1 - (step - begin) /
  /// (end - begin))^exponent`, constant before `begin` and after `end`. Exponent 3 is usual.
  ///
  /// M. Zhu, S. Gupta: To prune, or not to prune. 2017.
  record Polynomial(double first, double last, int begin, int end, double exponent)
      implements SparsitySchedule {
    public Polynomial {
      CompressionCodes.fraction("first sparsity", first);
      CompressionCodes.fraction("last sparsity", last);
      if (end <= begin || begin < 0) {
        throw CompressionCodes.outOfRange(
            "steps of pruning", begin + " to " + end, "a step and a later one");
      }
      if (!(exponent > 0 && exponent <= 100)) {
        throw CompressionCodes.outOfRange("exponent", exponent, "above 0 and at most 100");
      }
    }

    @Override
    public double at(int step) {
      double progress = Math.clamp((step - begin) / (double) (end - begin), 0.0, 1.0);
      return last + (first - last) * Math.pow(1 - progress, exponent);
    }
  }
}
