package dev.mote.testkit.quantization;

import java.util.SplittableRandom;

/// Features of sounds as networks for speech and machines are given: made directly, not from waves.
final class Sounds {

  private Sounds() {}

  /// Mel cepstra of a second with a word in it: frames of coefficients, the first following the
  /// loudness, the others smaller with their number, all slow in time.
  static float[] cepstra(
      int frames, int coefficients, float low, float high, SplittableRandom random) {
    float[] features = new float[frames * coefficients];
    double middle = frames * (0.3 + 0.4 * random.nextDouble());
    double width = frames * (0.1 + 0.25 * random.nextDouble());
    double silence = low * (0.4 + 0.6 * random.nextDouble());
    double loudness = Math.abs(low) * (0.3 + 0.7 * random.nextDouble());
    double[] state = new double[coefficients];
    double[] word = new double[coefficients];
    for (int frame = 0; frame < frames; frame++) {
      double distance = (frame - middle) / width;
      double voiced = Math.exp(-distance * distance);
      if (frame % 8 == 0) {
        for (int c = 0; c < coefficients; c++) {
          word[c] = random.nextGaussian();
        }
      }
      for (int c = 0; c < coefficients; c++) {
        double spread = high * 0.6 / Math.sqrt(1 + c);
        state[c] = 0.7 * state[c] + 0.3 * (2 * voiced * word[c] + 0.5 * random.nextGaussian());
        double value = spread * state[c] * 1.5;
        if (c == 0) {
          value += silence + voiced * loudness;
        }
        features[frame * coefficients + c] = (float) Math.clamp(value, low, high);
      }
    }
    return features;
  }

  /// Logarithmic mel spectra of a running machine: a falling noise floor with harmonics, nearly the
  /// same in all frames.
  static float[] spectra(int frames, int bands, float low, float high, SplittableRandom random) {
    float[] features = new float[frames * bands];
    double span = high - low;
    double start = high - span * (0.1 + 0.3 * random.nextDouble());
    double slope = span * (0.2 + 0.4 * random.nextDouble()) / bands;
    double pitch = 4 + 20 * random.nextDouble();
    double strength = span * 0.25 * random.nextDouble();
    double[] floor = new double[bands];
    double wander = 0;
    for (int band = 0; band < bands; band++) {
      wander = 0.9 * wander + span * 0.015 * random.nextGaussian();
      double phase = 2 * Math.PI * band / pitch;
      floor[band] =
          start - slope * band + wander + strength * Math.pow(0.5 + 0.5 * Math.cos(phase), 4);
    }
    for (int frame = 0; frame < frames; frame++) {
      for (int band = 0; band < bands; band++) {
        double value = floor[band] + span * 0.02 * random.nextGaussian();
        features[frame * bands + band] = (float) Math.clamp(value, low, high);
      }
    }
    return features;
  }
}
