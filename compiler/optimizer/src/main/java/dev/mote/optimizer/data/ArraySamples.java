package dev.mote.optimizer.data;

import dev.mote.ir.Graph;
import dev.mote.ir.Shape;
import dev.mote.optimizer.data.Preparation.Nature;
import dev.mote.optimizer.data.SampleOptions.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Samples along the first axis of arrays, one array for each input.
final class ArraySamples {

  private ArraySamples() {}

  static RawSamples of(List<? extends ArrayFile> arrays, Graph graph, Layout layout) {
    ArrayFile first = arrays.getFirst();
    for (ArrayFile array : arrays) {
      if (array.samples() != first.samples()) {
        throw FileProblem.misfit(
            array.file(),
            "it has %,d samples, %s has %,d"
                .formatted(array.samples(), first.file().getFileName(), first.samples()),
            "give arrays of equal length, one for each of the model's inputs.");
      }
    }
    List<Reading> readings =
        IntStream.range(0, arrays.size())
            .mapToObj(
                k -> Reading.of(arrays.get(k), graph.tensor(graph.inputs().get(k)).shape(), layout))
            .toList();
    return new RawSamples(
        first.samples(),
        i -> readings.stream().map(reading -> reading.sample(i)).toList(),
        i -> first.file() + ", sample " + i,
        first.isBytes() ? Nature.PIXELS : Nature.NUMBERS,
        Labels.NONE);
  }

  /// How samples of an array become those of an input.
  ///
  /// @param transposes rows and columns of the sample as a matrix; empty when the order fits
  private record Reading(ArrayFile array, int count, Optional<int[]> transposes) {

    static Reading of(ArrayFile array, Shape input, Layout layout) {
      List<Integer> found = withoutOnes(array.sampleShape());
      List<Integer> wanted = withoutOnes(input.dims());
      Optional<Geometry> image = Geometry.of(input);
      if (layout != Layout.MODEL
          && image.isPresent()
          && image.get().channels() > 1
          && image.get().channelsFirst() != (layout == Layout.NCHW)) {
        Geometry g = image.get();
        boolean toFirst = g.channelsFirst();
        List<Integer> other =
            toFirst
                ? List.of(g.height(), g.width(), g.channels())
                : List.of(g.channels(), g.height(), g.width());
        if (found.equals(withoutOnes(other))) {
          int pixels = g.height() * g.width();
          return new Reading(
              array,
              input.count(),
              Optional.of(
                  toFirst ? new int[] {pixels, g.channels()} : new int[] {g.channels(), pixels}));
        }
      }
      boolean flat = wanted.size() <= 1 && product(found) == input.count();
      if (!found.equals(wanted) && !flat) {
        throw misfit(array, input, found, wanted);
      }
      return new Reading(array, input.count(), Optional.empty());
    }

    float[] sample(int index) {
      float[] numbers = array.read((long) index * count, count);
      return transposes.map(size -> Geometry.transposed(numbers, size[0], size[1])).orElse(numbers);
    }

    private static RuntimeException misfit(
        ArrayFile array, Shape input, List<Integer> found, List<Integer> wanted) {
      boolean turned =
          found.size() == 3
              && (wanted.equals(List.of(found.get(1), found.get(2), found.get(0)))
                  || wanted.equals(List.of(found.get(2), found.get(0), found.get(1))));
      boolean single = withoutOnes(array.shape()).equals(wanted);
      return FileProblem.misfit(
          array.file(),
          "its samples are %s (of an array %s), the model's input is %s"
              .formatted(array.sampleShape(), array.shape(), input),
          turned
              ? "its channels lie on the other side: --layout "
                  + (found.getFirst() < found.getLast() ? "nchw." : "nhwc.")
              : single
                  ? "this is one sample: put samples along a first axis, with x[numpy.newaxis]."
                  : "put samples along the first axis, each of the model's shape.");
    }
  }

  private static long product(List<Integer> dims) {
    return dims.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  private static List<Integer> withoutOnes(List<Integer> dims) {
    List<Integer> kept = new ArrayList<>(dims);
    kept.removeIf(dim -> dim == 1);
    return kept;
  }
}
