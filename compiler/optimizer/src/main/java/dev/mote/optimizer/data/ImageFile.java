package dev.mote.optimizer.data;

import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/// Images: grey for tensors of one channel, red-green-blue for three, with alpha for four.
final class ImageFile {

  /// A small file can stand for an image that no memory holds.
  private static final long MAX_PIXELS = 64L << 20;

  private ImageFile() {}

  /// Pixels of `file` as numbers 0 … 255 in the order of the tensor `[1,H,W,C]`.
  static Numbers parse(Path file, byte[] bytes, TensorType type) {
    BufferedImage image = decode(file, bytes);
    Shape shape = type.shape();
    int channels = shape.rank() >= 3 && isChannels(shape.last()) ? shape.last() : 1;
    int[] size = size(shape, channels);
    if (image.getHeight() != size[0] || image.getWidth() != size[1]) {
      throw FileProblem.misfit(
          file,
          "the image is %dx%d pixels (width x height), the model's input %s is %dx%d"
              .formatted(image.getWidth(), image.getHeight(), shape, size[1], size[0]),
          "scale the image to the model's size first, as in training.");
    }
    List<Double> values = new ArrayList<>(shape.count());
    for (float value : pixels(image, channels)) {
      values.add((double) value);
    }
    return new Numbers(List.of(), values, Optional.empty());
  }

  /// Pixels of an image as numbers 0 … 255, in the order and at the size of `to`.
  static float[] read(Path file, byte[] bytes, Geometry to, boolean resize) {
    BufferedImage image = decode(file, bytes);
    float[] pixels = pixels(image, to.channels());
    boolean fits = image.getHeight() == to.height() && image.getWidth() == to.width();
    if (!fits && !resize) {
      throw FileProblem.misfit(
          file,
          "the image is %dx%d pixels (width x height), the model takes %dx%d"
              .formatted(image.getWidth(), image.getHeight(), to.width(), to.height()),
          "scale the images as in training, or let --resize do it.");
    }
    return to.fromChannelsLast(
        fits
            ? pixels
            : Resizing.resize(pixels, image.getHeight(), image.getWidth(), to.channels(), to));
  }

  private static BufferedImage decode(Path file, byte[] bytes) {
    try (ImageInputStream stream =
        ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw notAnImage(file, "unknown format");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream, true, true);
        if ((long) reader.getWidth(0) * reader.getHeight(0) > MAX_PIXELS) {
          throw notAnImage(
              file, "%dx%d pixels are too many".formatted(reader.getWidth(0), reader.getHeight(0)));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (dev.mote.ir.DiagnosticException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Damaged images make the decoder throw many things; the message below says all there is.
      throw notAnImage(file, e.toString());
    }
  }

  private static RuntimeException notAnImage(Path file, String why) {
    return FileProblem.malformed(
        file,
        "it is no image that can be read (" + why + ")",
        "give a PNG, JPEG, GIF or BMP file.");
  }

  private static boolean isChannels(int last) {
    return last == 1 || last == 3 || last == 4;
  }

  /// Height and width: the two dimensions before the channels; a flat tensor is one row.
  private static int[] size(Shape shape, int channels) {
    List<Integer> dims = new ArrayList<>(shape.dims());
    if (dims.size() >= 3 && dims.getLast() == channels) {
      dims.removeLast();
    }
    while (dims.size() > 2 && dims.getFirst() == 1) {
      dims.removeFirst();
    }
    return dims.size() == 2
        ? new int[] {dims.getFirst(), dims.getLast()}
        : new int[] {1, shape.count()};
  }

  /// Row by row, the channels of a pixel together.
  private static float[] pixels(BufferedImage image, int channels) {
    float[] values = new float[image.getHeight() * image.getWidth() * channels];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        at = addPixel(values, at, image, x, y, channels);
      }
    }
    return values;
  }

  private static int addPixel(
      float[] values, int at, BufferedImage image, int x, int y, int channels) {
    int argb = image.getRGB(x, y);
    int red = argb >> 16 & 255;
    int green = argb >> 8 & 255;
    int blue = argb & 255;
    if (channels == 1) {
      values[at] = (float) grey(image, x, y, red, green, blue);
      return at + 1;
    }
    values[at] = red;
    values[at + 1] = green;
    values[at + 2] = blue;
    if (channels == 4) {
      values[at + 3] = argb >>> 24;
    }
    return at + channels;
  }

  /// A grey image's own sample: through `getRGB` its gamma would change it. Colours are weighted as
  /// ITU-R BT.601 does.
  private static double grey(BufferedImage image, int x, int y, int red, int green, int blue) {
    return image.getType() == BufferedImage.TYPE_BYTE_GRAY
        ? image.getRaster().getSample(x, y, 0)
        : Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
}
