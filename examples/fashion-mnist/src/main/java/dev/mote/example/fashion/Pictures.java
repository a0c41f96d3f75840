package dev.mote.example.fashion;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Labelled pictures of 28 x 28 grey pixels, read from a pair of IDX files.
final class Pictures {

  static final int SIDE = 28;
  static final int PIXELS = SIDE * SIDE;

  /// Names of the classes, in the order of the labels.
  static final List<String> CLASSES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final int IMAGE_MAGIC = 0x803;
  private static final int LABEL_MAGIC = 0x801;

  private final byte[] pixels;
  private final byte[] labels;

  private Pictures(byte[] pixels, byte[] labels) {
    this.pixels = pixels;
    this.labels = labels;
  }

  /// The set `name`, `train` or `t10k`, of the dataset in `folder`.
  static Pictures read(Path folder, String name) throws IOException {
    byte[] labels = contents(folder.resolve(name + "-labels-idx1-ubyte.gz"), LABEL_MAGIC, 0);
    byte[] pixels = contents(folder.resolve(name + "-images-idx3-ubyte.gz"), IMAGE_MAGIC, 2);
    if (pixels.length != labels.length * PIXELS) {
      throw new IOException(folder + ": " + name + " has not one label for each picture");
    }
    return new Pictures(pixels, labels);
  }

  private static byte[] contents(Path file, int magic, int innerDimensions) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))))) {
      if (in.readInt() != magic) {
        throw new IOException(file + " is no IDX file of the expected kind");
      }
      int size = in.readInt();
      for (int i = 0; i < innerDimensions; i++) {
        size *= in.readInt();
      }
      byte[] contents = new byte[size];
      in.readFully(contents);
      return contents;
    }
  }

  int count() {
    return labels.length;
  }

  int label(int picture) {
    return labels[picture];
  }

  /// Brightness of a pixel, 0 to 255.
  int pixel(int picture, int pixel) {
    return Byte.toUnsignedInt(pixels[picture * PIXELS + pixel]);
  }

  /// A picture as the float network takes it: 0 to 1.
  float[] real(int picture) {
    float[] real = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      real[i] = pixel(picture, i) / 255f;
    }
    return real;
  }

  /// A picture as the int8 model takes it: the scale is 1/255 and the zero point -128, so that each
  /// pixel keeps its value less 128.
  byte[] quantized(int picture) {
    byte[] quantized = new byte[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      quantized[i] = (byte) (pixel(picture, i) - 128);
    }
    return quantized;
  }
}
