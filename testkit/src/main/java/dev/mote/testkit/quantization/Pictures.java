package dev.mote.testkit.quantization;

import java.util.List;
import java.util.SplittableRandom;

/// Pictures with the statistics that networks for photographs meet: smooth light, edges, texture
/// whose power falls with the frequency, colours that vary together. Numbers from 0 to 1, rows of
/// pixels of three channels.
final class Pictures {

  private static final int CHANNELS = 3;

  private final int size;
  private final List<byte[]> drawings;

  /// @param size pixels of a side
  /// @param drawings grey pictures of 28 by 28 to colour and enlarge; may be empty
  Pictures(int size, List<byte[]> drawings) {
    this.size = size;
    this.drawings = drawings;
  }

  float[] next(SplittableRandom random) {
    float[] picture = background(random);
    int kind = random.nextInt(drawings.isEmpty() ? 2 : 3);
    if (kind == 1) {
      int shapes = 1 + random.nextInt(6);
      for (int i = 0; i < shapes; i++) {
        shape(picture, random);
      }
    } else if (kind == 2) {
      drawing(picture, drawings.get(random.nextInt(drawings.size())), random);
    }
    double grain = 0.02 * random.nextDouble();
    for (int i = 0; i < picture.length; i++) {
      double value = picture[i] + grain * random.nextGaussian();
      // photographs come in 256 steps
      picture[i] = Math.round(Math.clamp(value, 0, 1) * 255) / 255f;
    }
    return picture;
  }

  /// Octaves of smooth noise whose strength falls with their frequency, in a random mixture of
  /// colours.
  private float[] background(SplittableRandom random) {
    float[] picture = new float[size * size * CHANNELS];
    double[] base = colour(random);
    double contrast = 0.1 + 0.5 * random.nextDouble();
    double[] tint = colour(random);
    for (int cells = 2; cells <= size / 2; cells *= 2) {
      double[] grid = new double[(cells + 1) * (cells + 1)];
      for (int i = 0; i < grid.length; i++) {
        grid[i] = contrast * random.nextGaussian() * 1.5 / cells;
      }
      double hue = 0.7 + 0.3 * random.nextDouble();
      for (int pixel = 0; pixel < size * size; pixel++) {
        int row = pixel / size;
        int column = pixel % size;
        double value =
            interpolate(
                grid, cells + 1, (double) row * cells / size, (double) column * cells / size);
        for (int c = 0; c < CHANNELS; c++) {
          picture[pixel * CHANNELS + c] += (float) (value * (hue + (1 - hue) * tint[c]));
        }
      }
    }
    for (int i = 0; i < picture.length; i++) {
      picture[i] += (float) base[i % CHANNELS];
    }
    return picture;
  }

  private void shape(float[] picture, SplittableRandom random) {
    double[] colour = colour(random);
    double x = random.nextDouble() * size;
    double y = random.nextDouble() * size;
    double width = (0.1 + 0.4 * random.nextDouble()) * size;
    double height = (0.1 + 0.4 * random.nextDouble()) * size;
    boolean round = random.nextBoolean();
    double shade = random.nextDouble() - 0.5;
    for (int pixel = 0; pixel < size * size; pixel++) {
      int row = pixel / size;
      double u = (pixel % size - x) / width;
      double v = (row - y) / height;
      if (round ? u * u + v * v < 1 : Math.abs(u) < 1 && Math.abs(v) < 1) {
        for (int c = 0; c < CHANNELS; c++) {
          picture[pixel * CHANNELS + c] = (float) (colour[c] * (1 + shade * u));
        }
      }
    }
  }

  private void drawing(float[] picture, byte[] drawing, SplittableRandom random) {
    double[] colour = colour(random);
    int side = 28;
    double scale = side / (size * (0.6 + 0.8 * random.nextDouble()));
    double left = (random.nextDouble() - 0.5) * 0.4 * side;
    double top = (random.nextDouble() - 0.5) * 0.4 * side;
    double[] grid = new double[side * side];
    for (int i = 0; i < grid.length; i++) {
      grid[i] = (drawing[i] & 255) / 255.0;
    }
    for (int pixel = 0; pixel < size * size; pixel++) {
      int row = pixel / size;
      double v = row * scale + top;
      double u = pixel % size * scale + left;
      if (u >= 0 && v >= 0 && u <= side - 1 && v <= side - 1) {
        double ink = interpolate(grid, side, v, u);
        double cover = Math.min(1, 4 * ink);
        for (int c = 0; c < CHANNELS; c++) {
          int at = pixel * CHANNELS + c;
          picture[at] = (float) (picture[at] * (1 - cover) + cover * colour[c] * (0.3 + 0.7 * ink));
        }
      }
    }
  }

  private static double[] colour(SplittableRandom random) {
    double light = random.nextDouble();
    double[] colour = new double[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      colour[c] = Math.clamp(light + 0.15 * random.nextGaussian(), 0, 1);
    }
    return colour;
  }

  private static double interpolate(double[] grid, int width, double y, double x) {
    int row = Math.min((int) y, width - 2);
    int column = Math.min((int) x, width - 2);
    double v = y - row;
    double u = x - column;
    int at = row * width + column;
    return (1 - v) * ((1 - u) * grid[at] + u * grid[at + 1])
        + v * ((1 - u) * grid[at + width] + u * grid[at + width + 1]);
  }
}
