package dev.mote.ir;

import java.util.List;

/// How the integers of a tensor stand for real numbers: `real = scale * (q - zeroPoint)`.
///
/// Source: TensorFlow Lite 8-bit quantization specification. Scales are `float` as in the model
/// file; derived multipliers are computed in `double`.
public sealed interface Quantization {

  /// Values are plain numbers: floats, indices, booleans.
  record None() implements Quantization {}

  /// One scale and zero point for the whole tensor.
  ///
  /// @param scale finite, > 0
  /// @param zeroPoint the integer that stands for real 0; within the element type's range
  record PerTensor(float scale, int zeroPoint) implements Quantization {
    public PerTensor {
      requireScale(scale);
    }
  }

  /// One scale for each slice along `axis`; symmetric, so every zero point is 0.
  ///
  /// @param scales finite, > 0 (0 is kept for slices that hold only zeros); one per slice
  /// @param axis the dimension that is sliced; ≥ 0
  record PerChannel(List<Float> scales, int axis) implements Quantization {
    public PerChannel {
      scales = List.copyOf(scales);
      if (axis < 0) {
        throw new IllegalArgumentException("negative channel axis " + axis);
      }
      for (float scale : scales) {
        if (scale != 0) {
          requireScale(scale);
        }
      }
    }
  }

  None NONE = new None();

  /// Whether this maps integers to reals at all.
  default boolean isQuantized() {
    return !(this instanceof None);
  }

  /// Scale of slice `channel`; the only scale when per tensor.
  ///
  /// @throws IllegalStateException when not quantized
  default float scale(int channel) {
    return switch (this) {
      case None _ -> throw new IllegalStateException("tensor is not quantized");
      case PerTensor p -> p.scale;
      case PerChannel p -> p.scales.get(channel);
    };
  }

  /// Scale of a tensor quantized as a whole.
  ///
  /// @throws IllegalStateException when not quantized per tensor
  default float scale() {
    return perTensor().scale;
  }

  /// Zero point; 0 when per channel.
  ///
  /// @throws IllegalStateException when not quantized
  default int zeroPoint() {
    return switch (this) {
      case None _ -> throw new IllegalStateException("tensor is not quantized");
      case PerTensor p -> p.zeroPoint;
      case PerChannel _ -> 0;
    };
  }

  /// This as a per-tensor quantization.
  ///
  /// @throws IllegalStateException when it is none
  default PerTensor perTensor() {
    if (this instanceof PerTensor p) {
      return p;
    }
    throw new IllegalStateException("tensor is not quantized per tensor: " + this);
  }

  private static void requireScale(float scale) {
    if (!(scale > 0) || Float.isInfinite(scale)) {
      throw new IllegalArgumentException(
          "quantization scale must be finite and positive: " + scale);
    }
  }
}
