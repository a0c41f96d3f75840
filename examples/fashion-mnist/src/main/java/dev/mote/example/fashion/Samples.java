package dev.mote.example.fashion;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/// The pictures that stand beside the model: the first ten of each class in the test set.
final class Samples {

  private static final int PER_CLASS = 10;

  /// Classes of which one sample is written as a picture, too.
  private static final List<Integer> AS_PICTURES = List.of(1, 7, 8);

  private Samples() {}

  /// Numbers of the samples in `pictures`, by class.
  static List<Integer> of(Pictures pictures) {
    List<Integer> samples = new ArrayList<>();
    for (int label = 0; label < Pictures.CLASSES.size(); label++) {
      int found = 0;
      for (int i = 0; found < PER_CLASS; i++) {
        if (pictures.label(i) == label) {
          samples.add(i);
          found++;
        }
      }
    }
    return samples;
  }

  /// Writes `samples.bin`, the model's inputs one after the other, `samples.labels.txt`, a line
  /// with the number of the class for each, and a few `.png`.
  static void write(Pictures pictures, Path folder) throws IOException {
    Files.createDirectories(folder);
    List<Integer> samples = of(pictures);
    ByteArrayOutputStream inputs = new ByteArrayOutputStream();
    samples.forEach(sample -> inputs.writeBytes(pictures.quantized(sample)));
    Files.write(folder.resolve("samples.bin"), inputs.toByteArray());
    Files.writeString(
        folder.resolve("samples.labels.txt"),
        samples.stream()
            .map(sample -> pictures.label(sample) + "\n")
            .collect(Collectors.joining()));
    for (int label : AS_PICTURES) {
      String name = Pictures.CLASSES.get(label).toLowerCase(Locale.ROOT);
      ImageIO.write(
          image(pictures, samples.get(label * PER_CLASS)),
          "png",
          folder.resolve(name + ".png").toFile());
    }
  }

  private static BufferedImage image(Pictures pictures, int picture) {
    BufferedImage image =
        new BufferedImage(Pictures.SIDE, Pictures.SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < Pictures.PIXELS; i++) {
      image
          .getRaster()
          .setSample(i % Pictures.SIDE, i / Pictures.SIDE, 0, pictures.pixel(picture, i));
    }
    return image;
  }
}
