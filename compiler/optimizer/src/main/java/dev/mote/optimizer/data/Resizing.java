package dev.mote.optimizer.data;

/// Scales images by a triangle filter as wide as the larger of both pixels: linear interpolation
/// when an image grows, a weighted mean when it shrinks.
final class Resizing {

  private Resizing() {}

  /// @param pixels `height` x `width` x `channels` numbers
  static float[] resize(float[] pixels, int height, int width, int channels, Geometry to) {
    float[] wide = alongRows(pixels, height, width, channels, to.width());
    // Columns are rows of the transposed image whose pixels are whole rows of the first.
    float[] high = alongRows(wide, 1, height, to.width() * channels, to.height());
    return high;
  }

  /// Scales the middle one of three dimensions.
  private static float[] alongRows(float[] from, int rows, int length, int inner, int wanted) {
    if (length == wanted) {
      return from;
    }
    float[] to = new float[rows * wanted * inner];
    double step = (double) length / wanted;
    double reach = Math.max(1, step);
    for (int x = 0; x < wanted; x++) {
      double centre = (x + 0.5) * step;
      int first = Math.max(0, (int) Math.floor(centre - reach));
      int last = Math.min(length - 1, (int) Math.ceil(centre + reach));
      double sum = 0;
      for (int i = first; i <= last; i++) {
        sum += weight(i, centre, reach);
      }
      for (int i = first; i <= last; i++) {
        float weight = (float) (weight(i, centre, reach) / sum);
        if (weight > 0) {
          add(from, to, rows, length, inner, wanted, i, x, weight);
        }
      }
    }
    return to;
  }

  private static void add(
      float[] from,
      float[] to,
      int rows,
      int length,
      int inner,
      int wanted,
      int source,
      int target,
      float weight) {
    for (int row = 0; row < rows; row++) {
      int read = (row * length + source) * inner;
      int write = (row * wanted + target) * inner;
      for (int i = 0; i < inner; i++) {
        to[write + i] += weight * from[read + i];
      }
    }
  }

  private static double weight(int pixel, double centre, double reach) {
    return Math.max(0, 1 - Math.abs(pixel + 0.5 - centre) / reach);
  }
}
