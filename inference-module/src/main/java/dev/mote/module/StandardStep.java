package dev.mote.module;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The standard steps before and after a model; the specification says what each computes.
public enum StandardStep {
  /// Real value = (x - mean) / deviation.
  NORMALISE(1, number(1, "mean"), number(2, "deviation")),
  /// Real value = factor * x + offset.
  SCALE(2, number(1, "factor"), number(2, "offset")),
  /// Real values to the input's integers, by its scale and zero point.
  QUANTISE(3),
  /// Integers of the output to real values.
  DEQUANTISE(4),
  /// An image to `height` by `width`.
  RESIZE(5, whole(1, "height"), whole(2, "width"), name(3, "method")),
  /// Red, green and blue to one channel.
  GRAYSCALE(6),
  /// Sound to `rate` samples a second.
  RESAMPLE(7, whole(1, "rate")),
  /// A stream cut into frames of `length` samples, one every `hop`.
  FRAME(8, whole(1, "length"), whole(2, "hop")),
  /// Each frame times a window: `hann`, `hamming`, `rectangular`.
  WINDOW(9, name(1, "shape")),
  /// Magnitudes of the Fourier transform of `length` points; power 1 or 2.
  FFT(10, whole(1, "length"), whole(2, "power")),
  /// A bank of `bins` triangular mel filters from `low` to `high` hertz.
  MEL(11, whole(1, "bins"), number(2, "low"), number(3, "high"), whole(4, "rate")),
  /// Natural logarithm of max(x, floor).
  LOG(12, number(1, "floor")),
  /// The first `coefficients` of the cosine transform, type II, orthonormal.
  DCT(13, whole(1, "coefficients")),
  /// The newest `frames` results, oldest first.
  STACK(14, whole(1, "frames")),
  /// exp(x) over the sum of exp.
  SOFTMAX(15),
  /// 1 / (1 + exp(-x)).
  SIGMOID(16),
  /// The index of the largest value; the first of several.
  ARGMAX(17),
  /// 1 where x is at least `value`, else 0.
  THRESHOLD(18, number(1, "value")),
  /// The mean of the newest `count` results.
  SMOOTH(19, whole(1, "count")),
  /// The mean of the squared differences of input and output.
  MEAN_SQUARED_ERROR(20),
  /// The function `export` of payload `payload`, which is WebAssembly.
  WEBASSEMBLY(21, whole(1, "payload"), name(2, "export"));

  private final int number;
  private final List<Parameter> parameters;

  StandardStep(int number, Parameter... parameters) {
    this.number = number;
    this.parameters = List.of(parameters);
  }

  /// The number that stands in the file.
  public int number() {
    return number;
  }

  /// What it takes; all are needed.
  public List<Parameter> parameters() {
    return parameters;
  }

  /// The step of `number`.
  public static Optional<StandardStep> of(long number) {
    return Arrays.stream(values()).filter(step -> step.number == number).findFirst();
  }

  /// A parameter of a step.
  ///
  /// @param key in the step's map
  /// @param name for people
  /// @param kind of its value
  public record Parameter(int key, String name, Kind kind) {
    /// What a value is: a number, a whole number from 0 to 2^31 - 1, or a name.
    public enum Kind {
      NUMBER,
      WHOLE,
      NAME
    }
  }

  private static Parameter number(int key, String name) {
    return new Parameter(key, name, Parameter.Kind.NUMBER);
  }

  private static Parameter whole(int key, String name) {
    return new Parameter(key, name, Parameter.Kind.WHOLE);
  }

  private static Parameter name(int key, String name) {
    return new Parameter(key, name, Parameter.Kind.NAME);
  }
}
