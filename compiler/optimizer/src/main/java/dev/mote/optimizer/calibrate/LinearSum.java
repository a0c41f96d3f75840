package dev.mote.optimizer.calibrate;

import dev.mote.ir.Activation;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;

/// Computes a [LinearLayer] on real numbers.
final class LinearSum {

  private final LinearLayer layer;
  private final double[] bias;

  /// For each group the weights of all its channels for term 0, then for term 1, …: sums of several
  /// channels then run side by side.
  private final double[][] weights;

  LinearSum(LinearLayer layer, double[] bias) {
    this.layer = layer;
    this.bias = bias;
    int depth = layer.depth();
    int channels = layer.channelsPerGroup();
    double[] real = layer.realWeights();
    this.weights = new double[layer.groups()][depth * channels];
    for (int group = 0; group < layer.groups(); group++) {
      for (int channel = 0; channel < channels; channel++) {
        for (int k = 0; k < depth; k++) {
          weights[group][k * channels + channel] = real[(group * channels + channel) * depth + k];
        }
      }
    }
  }

  /// The real bias of `layer` in `graph`; zeros where it has none.
  static double[] bias(Graph graph, LinearLayer layer) {
    double[] bias = new double[layer.channels()];
    if (layer.node().inputs().size() > 2) {
      Tensor tensor = graph.input(layer.node(), 2);
      if (tensor.element().isFloat()) {
        float[] floats = tensor.constantFloats();
        for (int channel = 0; channel < bias.length; channel++) {
          bias[channel] = floats[channel];
        }
      } else {
        long[] integers = tensor.constantIntegers();
        double input = graph.input(layer.node(), 0).quantization().scale();
        for (int channel = 0; channel < bias.length; channel++) {
          bias[channel] = integers[channel] * input * layer.scale(channel);
        }
      }
    }
    return bias;
  }

  /// All outputs for one input.
  float[] apply(float[] input) {
    Activation activation = layer.activation();
    int depth = layer.depth();
    int channels = layer.channelsPerGroup();
    float[] terms = new float[layer.groups() * depth];
    double[] sums = new double[channels];
    float[] output = new float[layer.positions() * layer.channels()];
    for (int position = 0; position < layer.positions(); position++) {
      layer.gather(input, position, terms);
      for (int group = 0; group < layer.groups(); group++) {
        System.arraycopy(bias, group * channels, sums, 0, channels);
        for (int k = 0; k < depth; k++) {
          double term = terms[group * depth + k];
          if (term != 0) {
            add(sums, weights[group], k * channels, term);
          }
        }
        int to = position * layer.channels() + group * channels;
        for (int channel = 0; channel < channels; channel++) {
          output[to + channel] =
              (float) Math.clamp(sums[channel], activation.lower(), activation.upper());
        }
      }
    }
    return output;
  }

  private static void add(double[] sums, double[] weights, int from, double term) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += term * weights[from + i];
    }
  }
}
