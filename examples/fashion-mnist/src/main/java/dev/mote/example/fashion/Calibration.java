package dev.mote.example.fashion;

import java.util.List;

/// The range of every layer's output over some pictures.
final class Calibration {

  private final float[] smallest;
  private final float[] largest;

  /// Runs `layers` on the first `count` pictures.
  Calibration(List<FloatLayer> layers, Pictures pictures, int count) {
    smallest = new float[layers.size()];
    largest = new float[layers.size()];
    for (int picture = 0; picture < count; picture++) {
      float[] values = pictures.real(picture);
      for (int layer = 0; layer < layers.size(); layer++) {
        values = layers.get(layer).apply(values);
        for (float value : values) {
          smallest[layer] = Math.min(smallest[layer], value);
          largest[layer] = Math.max(largest[layer], value);
        }
      }
    }
  }

  /// Size of one int8 step of a layer's output. The range always contains 0.
  float scale(int layer) {
    return (largest[layer] - smallest[layer]) / 255;
  }

  /// The int8 value that stands for 0; -128 for a layer whose output is never negative.
  int zeroPoint(int layer) {
    return Math.round(-128 - smallest[layer] / scale(layer));
  }
}
