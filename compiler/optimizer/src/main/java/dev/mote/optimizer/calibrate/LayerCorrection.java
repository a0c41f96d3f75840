package dev.mote.optimizer.calibrate;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes the layers of an integer graph give what the float graph's give on data, first to last,
/// each with what the corrected layers before it really pass on.
///
/// Bias correction takes the mean difference of a channel's sums out by its bias (M. Nagel et al.,
/// "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019, the
/// empirical form). Adaptive rounding chooses the integers of the weights by [RoundingSearch];
/// scales stay. Layers are found by the names of their outputs. What is no [LinearLayer] with
/// integer weights and inputs stays as it is.
public final class LayerCorrection {

  /// Largest number of terms whose products are kept; more would take memory beyond reason.
  private static final int MAX_DEPTH = 1536;

  /// Positions of a layer whose products are summed: this many, or so many for each term.
  private static final int MIN_ROWS = 4_096;

  private static final int ROWS_PER_TERM = 6;

  /// Bytes of activations that are held, of all samples and both graphs.
  private static final long MAX_BYTES = 256L << 20;

  /// What is to be corrected.
  ///
  /// @param bias whether biases are
  /// @param rounding whether weights are rounded by their effect
  /// @param samples most samples to take, ≥ 1
  public record Options(boolean bias, boolean rounding, int samples) {

    /// How many samples are taken when nothing else is said.
    public static final int SAMPLES = 256;

    public Options {
      if (samples < 1) {
        throw new IllegalArgumentException("a correction needs samples");
      }
    }
  }

  /// What became of one layer.
  ///
  /// @param output name of the layer's output
  /// @param errorBefore mean squared difference of its sums from the float layer's, relative to the
  ///     float layer's mean square; NaN where it was not computed
  /// @param errorAfter the same with the new weights and biases
  /// @param weights how many weights it has
  /// @param changed how many of them became another integer
  public record Change(
      String output, double errorBefore, double errorAfter, int weights, int changed) {}

  /// The corrected graph.
  ///
  /// @param graph the same but for constants
  /// @param changes each corrected layer, in order
  public record Result(Graph graph, List<Change> changes) {
    public Result {
      changes = List.copyOf(changes);
    }
  }

  /// Is told how far the work is.
  @FunctionalInterface
  public interface Watcher {

    /// Called after each layer.
    ///
    /// @param done layers done
    /// @param total layers in all
    void progress(int done, int total);
  }

  private final Replay real;
  private final Replay quantized;
  private final QuantizationScheme scheme;
  private final Options options;
  private final int samples;
  private final Map<String, Integer> producers = new HashMap<>();
  private final List<Change> changes = new ArrayList<>();

  private LayerCorrection(
      Graph prepared,
      Graph integers,
      QuantizationScheme scheme,
      SampleSet samples,
      Options options) {
    this.real = new Replay(prepared, samples);
    this.quantized = new Replay(integers, samples);
    this.scheme = scheme;
    this.samples = samples.size();
    this.options = options;
    for (int i = 0; i < prepared.nodes().size(); i++) {
      producers.put(prepared.nodes().get(i).output(), i);
    }
  }

  /// `integers` corrected against `prepared`, from which it was quantized by `scheme`.
  ///
  /// Models with state are returned as they are: what a layer sees there depends on the calls
  /// before.
  public static Result run(
      Graph prepared,
      Graph integers,
      QuantizationScheme scheme,
      SampleSet samples,
      Options options,
      Watcher watcher) {
    if (!integers.variables().isEmpty() || (!options.bias() && !options.rounding())) {
      return new Result(integers, List.of());
    }
    int most = Math.min(options.samples(), fitting(prepared));
    return new LayerCorrection(prepared, integers, scheme, samples.sample(most, 1), options)
        .run(watcher);
  }

  private Result run(Watcher watcher) {
    int nodes = quantized.graph().nodes().size();
    for (int i = 0; i < nodes; i++) {
      Node node = quantized.graph().nodes().get(i);
      LinearLayer.of(quantized.graph(), node)
          .filter(layer -> layer.weights().element().isInteger())
          .filter(_ -> quantized.graph().input(node, 0).element().isInteger())
          .ifPresent(layer -> counterpart(layer).ifPresent(floats -> correct(floats, layer)));
      quantized.step();
      watcher.progress(i + 1, nodes);
    }
    return new Result(quantized.graph(), changes);
  }

  /// How many samples' activations fit the memory that may be held.
  private static int fitting(Graph graph) {
    long largest =
        graph.tensors().values().stream()
            .filter(tensor -> !tensor.isConstant())
            .mapToLong(tensor -> tensor.shape().count())
            .max()
            .orElse(1);
    return (int) Math.clamp(MAX_BYTES / (4 * (Float.BYTES + 1) * largest), 1, Integer.MAX_VALUE);
  }

  /// The float layer with the same output, when its input is at hand.
  private Optional<LinearLayer> counterpart(LinearLayer layer) {
    Integer producer = producers.get(layer.node().output());
    if (producer == null || producer < real.next()) {
      return Optional.empty();
    }
    Optional<LinearLayer> found =
        LinearLayer.of(real.graph(), real.graph().nodes().get(producer))
            .filter(candidate -> candidate.matches(layer));
    while (found.isPresent() && real.next() < producer) {
      real.step();
    }
    return found;
  }

  private void correct(LinearLayer floats, LinearLayer layer) {
    boolean rounding = options.rounding() && layer.depth() <= MAX_DEPTH;
    List<InputMoments> moments = moments(floats, layer, rounding);
    double[] wanted = floats.realWeights();
    double[] before = layer.realWeights();
    LinearLayer rounded = rounding ? round(layer, wanted, moments) : layer;
    double[] after = rounded.realWeights();
    if (options.bias()) {
      double[] shifts = shifts(floats, layer, wanted, after, moments);
      quantized.change(ConstantEdit.shiftBias(quantized.graph(), rounded, shifts));
    }
    int different = 0;
    for (int i = 0; i < after.length; i++) {
      different += after[i] == before[i] ? 0 : 1;
    }
    changes.add(
        new Change(
            layer.node().output(),
            rounding ? error(layer, wanted, before, moments, false) : Double.NaN,
            rounding ? error(layer, wanted, after, moments, options.bias()) : Double.NaN,
            after.length,
            different));
  }

  private List<InputMoments> moments(LinearLayer floats, LinearLayer layer, boolean products) {
    int depth = layer.depth();
    List<InputMoments> moments = new ArrayList<>();
    for (int group = 0; group < layer.groups(); group++) {
      moments.add(new InputMoments(depth, products));
    }
    long rows = Math.max(MIN_ROWS, (long) ROWS_PER_TERM * depth);
    // An odd step visits every column of images whose width is a power of two.
    long step = Math.max(1, (long) samples * layer.positions() / rows) | 1;
    float[] floatTerms = new float[layer.groups() * depth];
    float[] terms = new float[layer.groups() * depth];
    long at = 0;
    for (int sample = 0; sample < samples; sample++) {
      float[] floatInput = real.reals(floats.node().input(0), sample);
      float[] input = quantized.reals(layer.node().input(0), sample);
      for (; at < (sample + 1L) * layer.positions(); at += step) {
        int position = (int) (at % layer.positions());
        floats.gather(floatInput, position, floatTerms);
        layer.gather(input, position, terms);
        for (int group = 0; group < layer.groups(); group++) {
          moments.get(group).add(floatTerms, terms, group * depth);
        }
      }
    }
    return moments;
  }

  private LinearLayer round(LinearLayer layer, double[] wanted, List<InputMoments> moments) {
    int depth = layer.depth();
    long[] integers = layer.weights().constantIntegers();
    int low = smallest(scheme.format(layer.node().output()).weights(), integers);
    int high = largest(scheme.format(layer.node().output()).weights());
    for (int group = 0; group < layer.groups(); group++) {
      InputMoments.Means means = moments.get(group).means(options.bias());
      RoundingSearch search =
          new RoundingSearch(means.quantized(), depth, moments.get(group).count());
      for (int i = 0; i < layer.channelsPerGroup(); i++) {
        int channel = group * layer.channelsPerGroup() + i;
        if (layer.scale(channel) > 0) {
          double[] weights = channel(wanted, channel, depth);
          long[] nearest = new long[depth];
          for (int k = 0; k < depth; k++) {
            nearest[k] = integers[layer.weightIndex(channel, k)];
          }
          long[] found =
              search.search(
                  weights, means.correlation(weights), layer.scale(channel), nearest, low, high);
          for (int k = 0; k < depth; k++) {
            integers[layer.weightIndex(channel, k)] = found[k];
          }
        }
      }
    }
    quantized.change(ConstantEdit.weights(quantized.graph(), layer, integers));
    Node node = quantized.graph().nodes().get(quantized.next());
    return LinearLayer.of(quantized.graph(), node).orElseThrow();
  }

  /// Two bits are -2 to 1 or -1 to 1, as the quantizer found better for the whole tensor.
  private static int smallest(WeightFormat format, long[] integers) {
    return switch (format) {
      case INT2 -> Arrays.stream(integers).anyMatch(value -> value == -2) ? -2 : -1;
      case INT4, INT8, FLOAT16, FLOAT32 -> -largest(format);
    };
  }

  private static int largest(WeightFormat format) {
    return switch (format) {
      case INT2 -> 1;
      case INT4 -> 7;
      case INT8, FLOAT16, FLOAT32 -> 127;
    };
  }

  /// What each channel's bias lacks.
  private double[] shifts(
      LinearLayer floats,
      LinearLayer layer,
      double[] wanted,
      double[] rounded,
      List<InputMoments> moments) {
    double[] floatBias = LinearSum.bias(real.graph(), floats);
    double[] bias = LinearSum.bias(quantized.graph(), layer);
    double[] shifts = new double[layer.channels()];
    for (int channel = 0; channel < shifts.length; channel++) {
      shifts[channel] =
          floatBias[channel]
              - bias[channel]
              + moments
                  .get(channel / layer.channelsPerGroup())
                  .shift(wanted, rounded, channel * layer.depth());
    }
    return shifts;
  }

  private static double error(
      LinearLayer layer,
      double[] wanted,
      double[] rounded,
      List<InputMoments> moments,
      boolean centred) {
    double error = 0;
    double power = 0;
    int depth = layer.depth();
    double[] nothing = new double[depth];
    for (int group = 0; group < layer.groups(); group++) {
      InputMoments.Means means = moments.get(group).means(centred);
      InputMoments.Means whole = moments.get(group).means(false);
      for (int i = 0; i < layer.channelsPerGroup(); i++) {
        int channel = group * layer.channelsPerGroup() + i;
        double[] weights = channel(wanted, channel, depth);
        error += means.error(weights, channel(rounded, channel, depth));
        power += whole.error(weights, nothing);
      }
    }
    return power > 0 ? Math.max(0, error) / power : 0;
  }

  private static double[] channel(double[] weights, int channel, int depth) {
    return Arrays.copyOfRange(weights, channel * depth, (channel + 1) * depth);
  }
}
