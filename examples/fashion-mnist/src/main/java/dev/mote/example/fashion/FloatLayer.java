package dev.mote.example.fashion;

/// A trained layer, its batch normalization folded into weights and bias.
final class FloatLayer {

  /// What a layer computes, which also says how TFLite orders its weights.
  enum Kind {
    /// Weights by output channel, row, column, input channel.
    CONVOLUTION,
    /// Weights by row, column, channel.
    DEPTHWISE,
    /// Mean over all rows and columns; no weights.
    MEAN,
    /// Weights by output channel, input channel; no activation.
    DENSE
  }

  final Kind kind;
  final int kernel;
  final int stride;
  final int inputSide;
  final int inputs;
  final int outputs;
  final float[] weights;
  final float[] bias;

  FloatLayer(
      Kind kind,
      int kernel,
      int stride,
      int inputSide,
      int inputs,
      int outputs,
      float[] weights,
      float[] bias) {
    this.kind = kind;
    this.kernel = kernel;
    this.stride = stride;
    this.inputSide = inputSide;
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = weights;
    this.bias = bias;
  }

  int outputSide() {
    return switch (kind) {
      case CONVOLUTION, DEPTHWISE -> Math.ceilDiv(inputSide, stride);
      case MEAN, DENSE -> 1;
    };
  }

  /// Shape of the weights as TFLite orders them.
  int[] weightShape() {
    return switch (kind) {
      case CONVOLUTION -> new int[] {outputs, kernel, kernel, inputs};
      case DEPTHWISE -> new int[] {1, kernel, kernel, outputs};
      case DENSE, MEAN -> new int[] {outputs, inputs};
    };
  }

  /// TFLite's padding SAME: an odd pixel of border goes to the bottom and to the right.
  int paddingBefore() {
    return Math.max(0, (outputSide() - 1) * stride + kernel - inputSide) / 2;
  }

  /// What the layer makes of `input`, an array by row, column and channel.
  float[] apply(float[] input) {
    return switch (kind) {
      case CONVOLUTION, DEPTHWISE -> convolve(input);
      case MEAN -> mean(input);
      case DENSE -> dense(input);
    };
  }

  private float[] convolve(float[] input) {
    int side = outputSide();
    float[] output = new float[side * side * outputs];
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        for (int channel = 0; channel < outputs; channel++) {
          float sum = bias[channel] + window(input, row, column, channel);
          output[(row * side + column) * outputs + channel] = Math.max(0, sum);
        }
      }
    }
    return output;
  }

  private float window(float[] input, int row, int column, int channel) {
    float sum = 0;
    for (int i = 0; i < kernel; i++) {
      int y = row * stride - paddingBefore() + i;
      for (int j = 0; j < kernel; j++) {
        int x = column * stride - paddingBefore() + j;
        if (y < 0 || y >= inputSide || x < 0 || x >= inputSide) {
          continue;
        }
        int pixel = (y * inputSide + x) * inputs;
        if (kind == Kind.DEPTHWISE) {
          sum += input[pixel + channel] * weights[(i * kernel + j) * outputs + channel];
        } else {
          int filter = ((channel * kernel + i) * kernel + j) * inputs;
          for (int k = 0; k < inputs; k++) {
            sum += input[pixel + k] * weights[filter + k];
          }
        }
      }
    }
    return sum;
  }

  private float[] mean(float[] input) {
    float[] output = new float[outputs];
    for (int i = 0; i < input.length; i++) {
      output[i % outputs] += input[i] / (inputSide * inputSide);
    }
    return output;
  }

  private float[] dense(float[] input) {
    float[] output = bias.clone();
    for (int i = 0; i < outputs; i++) {
      for (int k = 0; k < inputs; k++) {
        output[i] += input[k] * weights[i * inputs + k];
      }
    }
    return output;
  }
}
