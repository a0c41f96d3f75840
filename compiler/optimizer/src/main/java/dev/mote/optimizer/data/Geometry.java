package dev.mote.optimizer.data;

import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a tensor holds an image.
///
/// @param height rows of pixels
/// @param width pixels in a row
/// @param channels numbers of a pixel
/// @param channelsFirst whether whole planes follow one another
record Geometry(int height, int width, int channels, boolean channelsFirst) {

  /// The image that a tensor of `shape` holds: channels are a last dimension of 1, 3 or 4, else
  /// such a first one; two dimensions are grey. Empty when it is none of these, a vector say.
  static Optional<Geometry> of(Shape shape) {
    List<Integer> dims = withoutBatch(shape.dims());
    if (dims.size() == 2) {
      return Optional.of(new Geometry(dims.get(0), dims.get(1), 1, false));
    }
    if (dims.size() != 3) {
      return Optional.empty();
    }
    if (isChannels(dims.getLast())) {
      return Optional.of(new Geometry(dims.get(0), dims.get(1), dims.get(2), false));
    }
    return isChannels(dims.getFirst())
        ? Optional.of(new Geometry(dims.get(1), dims.get(2), dims.get(0), true))
        : Optional.empty();
  }

  /// Numbers in the order of channels last to this order.
  float[] fromChannelsLast(float[] numbers) {
    return channelsFirst ? transposed(numbers, height * width, channels) : numbers;
  }

  /// The transpose of `rows` x `columns` numbers.
  static float[] transposed(float[] numbers, int rows, int columns) {
    float[] moved = new float[numbers.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        moved[column * rows + row] = numbers[row * columns + column];
      }
    }
    return moved;
  }

  private static boolean isChannels(int extent) {
    return extent == 1 || extent == 3 || extent == 4;
  }

  /// Four dimensions begin with the batch, which is 1.
  static List<Integer> withoutBatch(List<Integer> dims) {
    List<Integer> kept = new ArrayList<>(dims);
    while (kept.size() > 3 && kept.getFirst() == 1) {
      kept.removeFirst();
    }
    return kept;
  }
}
