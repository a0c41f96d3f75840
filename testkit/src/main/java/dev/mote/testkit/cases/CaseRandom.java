package dev.mote.testkit.cases;

import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A seeded source of shapes, attributes, quantizations and values.
public final class CaseRandom {

  private final SplittableRandom random;
  private final int index;

  /// A source that gives the same draws for the same `seed`.
  ///
  /// @param index number of the case, for generators that walk through boundary values
  public CaseRandom(long seed, int index) {
    this.random = new SplittableRandom(seed);
    this.index = index;
  }

  /// Number of the case in its family.
  public int index() {
    return index;
  }

  /// An integer from `low` to `high`, both inclusive.
  public int between(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  public long nextLong() {
    return random.nextLong();
  }

  /// From 0 (inclusive) to 1 (exclusive).
  public float nextFloat() {
    return random.nextFloat();
  }

  /// A real number from `low` to `high`.
  public float real(float low, float high) {
    return low + (high - low) * random.nextFloat();
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  public final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /// A shape with `minRank` to `maxRank` dimensions of 1 to `maxDim`.
  public Shape shape(int minRank, int maxRank, int maxDim) {
    int rank = between(minRank, maxRank);
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(between(1, maxDim));
    }
    return new Shape(dims);
  }

  /// A shape that broadcasts to `shape`: some dimensions are 1, some leading ones are dropped;
  /// `shape` itself in half of the draws.
  public Shape broadcastable(Shape shape) {
    if (chance(0.5)) {
      return shape;
    }
    List<Integer> dims = new ArrayList<>();
    for (int dim : shape.dims()) {
      dims.add(chance(0.4) ? 1 : dim);
    }
    int drop = chance(0.4) ? between(0, dims.size()) : 0;
    return new Shape(dims.subList(drop, dims.size()));
  }

  /// A scale from 2^-10 to 2^2, evenly in its logarithm.
  public float scale() {
    return (float) Math.pow(2, -10 + 12 * random.nextDouble());
  }

  /// A quantization of activations: for 8 bits any zero point, extremes often; for int16 symmetric.
  public Quantization.PerTensor quantization(ElementType element) {
    if (element == ElementType.INT16 || element == ElementType.INT32) {
      return new Quantization.PerTensor(scale(), 0);
    }
    int low = (int) element.minValue();
    int high = (int) element.maxValue();
    int zeroPoint = chance(0.3) ? pick(low, high, Math.clamp(0, low, high)) : between(low, high);
    return new Quantization.PerTensor(scale(), zeroPoint);
  }

  /// An activation type with a random quantization; plain for floats, int32, int64 and bool.
  public TensorType quantized(ElementType element, Shape shape) {
    return switch (element) {
      case INT8, UINT8, INT16 -> new TensorType(element, shape, quantization(element));
      case INT4, INT32, INT64, BOOL, FLOAT16, FLOAT32 -> TensorType.plain(element, shape);
    };
  }

  /// Symmetric scales for `channels` channels along `axis`, within a factor of 16 of each other.
  public Quantization.PerChannel perChannel(int channels, int axis) {
    float base = (float) Math.pow(2, -8 + 4 * random.nextDouble());
    List<Float> scales = new ArrayList<>();
    for (int i = 0; i < channels; i++) {
      scales.add(base * (float) Math.pow(2, -4 * random.nextDouble()));
    }
    return new Quantization.PerChannel(scales, axis);
  }
}
