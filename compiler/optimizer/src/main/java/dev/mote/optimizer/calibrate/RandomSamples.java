package dev.mote.optimizer.calibrate;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Shape;
import dev.mote.optimizer.data.SampleSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Samples for want of data: half of them noise, half smooth waves whose strength falls with their
/// frequency, as in pictures and sounds. Ranges found on them are only as good as this resemblance.
public final class RandomSamples {

  private static final int WAVES = 12;

  private RandomSamples() {}

  /// Samples for the inputs of `graph`; the same seed gives the same ones.
  ///
  /// @param low the smallest value of an input
  /// @param high the largest, > low
  public static SampleSet of(Graph graph, float low, float high, int count, long seed) {
    if (!(low < high) || !Float.isFinite(high - low)) {
      throw new IllegalArgumentException("no range of inputs: " + low + " to " + high);
    }
    SplittableRandom random = new SplittableRandom(seed);
    List<List<Blob>> samples = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      List<Blob> sample = new ArrayList<>();
      for (String input : graph.inputs()) {
        Shape shape = graph.tensor(input).shape();
        double[] shares = i % 2 == 0 ? noise(shape, random) : waves(shape, random);
        sample.add(blob(shares, low, high));
      }
      samples.add(List.copyOf(sample));
    }
    return new SampleSet("random data", samples, List.of(), List.of());
  }

  private static double[] noise(Shape shape, SplittableRandom random) {
    double[] values = new double[shape.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble();
    }
    return values;
  }

  /// Waves over the last dimension but one and what is before it; what is last, channels say, goes
  /// along with a shift of its own. Of one dimension the waves run over that.
  private static double[] waves(Shape shape, SplittableRandom random) {
    int channels = shape.rank() > 2 ? shape.last() : 1;
    int width = shape.rank() > 2 ? shape.dim(-2) : Math.max(1, shape.last());
    double[] values = new double[shape.count()];
    double middle = 0.2 + 0.6 * random.nextDouble();
    double strength = 0.1 + 0.5 * random.nextDouble();
    for (int wave = 0; wave < WAVES; wave++) {
      double frequency = Math.exp(random.nextDouble() * Math.log(Math.max(2, width / 2.0)));
      double angle = 2 * Math.PI * random.nextDouble();
      double phase = 2 * Math.PI * random.nextDouble();
      double shift = random.nextDouble();
      for (int i = 0; i < values.length; i++) {
        double x = (double) (i / channels % width) / width;
        int row = i / channels / width;
        double y = (double) row / width;
        values[i] +=
            strength
                / Math.sqrt(frequency * WAVES)
                * Math.cos(
                    2 * Math.PI * frequency * (x * Math.cos(angle) + y * Math.sin(angle))
                        + phase
                        + shift * (i % channels));
      }
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.clamp(middle + values[i], 0, 1);
    }
    return values;
  }

  private static Blob blob(double[] shares, float low, float high) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * shares.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double share : shares) {
      bytes.putFloat((float) (low + share * ((double) high - low)));
    }
    return Blob.of(bytes.array());
  }
}
