package dev.mote.optimizer.data;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Reads samples for a model.
///
/// | what | how |
/// |---|---|
/// | `x.npy` | samples along the first axis |
/// | `x.csv`, `x.txt` | a sample on each line |
/// | IDX, plain or `.gz` | MNIST's format; labels of the file named likewise are found |
/// | a folder | an image, sound or array in each file, in a folder for each class or without |
/// | a folder of `.npy`, model of several inputs | one array for each input, by name |
public final class SampleSets {

  /// Larger sets are read from their files anew at each walk through them.
  private static final long KEPT_BYTES = 256L << 20;

  private SampleSets() {}

  /// The samples in `path` for the inputs of `graph`.
  ///
  /// @throws dev.mote.ir.DiagnosticException when they cannot be read or do not fit
  public static SampleSet read(Path path, Graph graph, SampleOptions options) {
    List<Preparation> preparations =
        graph.inputs().stream()
            .map(name -> new Preparation(options.scaling(), graph.tensor(name).type()))
            .toList();
    RawSamples raw = open(path, graph, options);
    if (raw.size() == 0) {
      throw FileProblem.of(
          FileProblem.NO_SAMPLES,
          path,
          "it holds no samples",
          "give a .npy, .csv or IDX file, or a folder of images, sounds or arrays.");
    }
    Labels labels =
        options.labels().map(file -> Labels.read(file, options.classes())).orElse(raw.labels());
    labels.check(options.labels().orElse(path), raw.size(), scores(graph));
    SampleSet all =
        new SampleSet(
            path.getFileName().toString(),
            SampleList.of(raw.size(), i -> sample(raw, preparations, i)),
            labels.indices(),
            labels.names(),
            describe(options));
    return kept(options.samples() > 0 ? all.sample(options.samples(), options.seed()) : all, graph);
  }

  private static List<Blob> sample(RawSamples raw, List<Preparation> preparations, int index) {
    List<float[]> numbers = raw.numbers().apply(index);
    return IntStream.range(0, numbers.size())
        .mapToObj(
            k -> preparations.get(k).apply(numbers.get(k), raw.nature(), raw.where().apply(index)))
        .toList();
  }

  /// The set in memory if it is small; one that is not is checked as it is walked through.
  private static SampleSet kept(SampleSet set, Graph graph) {
    long elements =
        graph.inputs().stream().mapToLong(name -> graph.tensor(name).shape().count()).sum();
    if (elements * Float.BYTES * set.size() > KEPT_BYTES) {
      return set;
    }
    return new SampleSet(
        set.name(),
        new ArrayList<>(set.inputs()),
        set.labels(),
        set.classNames(),
        set.preparation());
  }

  private static RawSamples open(Path path, Graph graph, SampleOptions options) {
    if (Files.isDirectory(path)) {
      return folder(path, graph, options);
    }
    FileProblem.requireReadable(path);
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npy")) {
      return single(
          path, graph, _ -> ArraySamples.of(List.of(NpyArray.open(path)), graph, options.layout()));
    }
    if (name.endsWith(".csv") || name.endsWith(".txt")) {
      return single(
          path,
          graph,
          input -> CsvSamples.of(path, input.shape(), options.labelColumn(), options.classes()));
    }
    if (IdxArray.accepts(path)) {
      return single(path, graph, _ -> idx(path, graph, options));
    }
    throw FileProblem.of(
        FileProblem.UNKNOWN_SUFFIX,
        path,
        "it is no file of samples that is known",
        "give a .npy, .csv or IDX file, or a folder of images, sounds or arrays.");
  }

  private static RawSamples single(Path path, Graph graph, Function<TensorType, RawSamples> read) {
    if (graph.inputs().size() != 1) {
      throw FileProblem.misfit(
          path,
          "one file is for a model of one input, this one has %d (%s)"
              .formatted(graph.inputs().size(), String.join(", ", graph.inputs())),
          "give a folder with a .npy file for each input, in the order of their names.");
    }
    return read.apply(graph.tensor(graph.inputs().getFirst()).type());
  }

  private static RawSamples folder(Path folder, Graph graph, SampleOptions options) {
    List<Path> entries = FolderSamples.list(folder);
    if (graph.inputs().size() > 1) {
      return arrays(folder, graph, options, entries);
    }
    List<Path> idx =
        entries.stream()
            .filter(file -> file.getFileName().toString().contains("images-idx"))
            .toList();
    if (idx.size() > 1) {
      throw FileProblem.of(
          FileProblem.FOLDER,
          folder,
          "it holds several sets of samples: "
              + String.join(", ", idx.stream().map(f -> f.getFileName().toString()).toList()),
          "name one of these files.");
    }
    return idx.isEmpty()
        ? FolderSamples.of(folder, graph.tensor(graph.inputs().getFirst()).type(), options)
        : idx(idx.getFirst(), graph, options);
  }

  private static RawSamples arrays(
      Path folder, Graph graph, SampleOptions options, List<Path> entries) {
    List<Path> files =
        entries.stream()
            .filter(file -> file.getFileName().toString().endsWith(".npy"))
            .filter(file -> !file.equals(options.labels().orElse(null)))
            .toList();
    if (files.size() != graph.inputs().size()) {
      throw FileProblem.misfit(
          folder,
          "it holds %d .npy files, the model has %d inputs (%s)"
              .formatted(files.size(), graph.inputs().size(), String.join(", ", graph.inputs())),
          "give one .npy file for each input; they are taken in the order of their names.");
    }
    return ArraySamples.of(files.stream().map(NpyArray::open).toList(), graph, options.layout());
  }

  private static RawSamples idx(Path file, Graph graph, SampleOptions options) {
    RawSamples samples = ArraySamples.of(List.of(IdxArray.open(file)), graph, options.layout());
    Optional<Path> labels = options.labels().isPresent() ? Optional.empty() : labelsBeside(file);
    return labels
        .map(
            beside ->
                new RawSamples(
                    samples.size(),
                    samples.numbers(),
                    samples.where(),
                    samples.nature(),
                    Labels.ofArray(IdxArray.open(beside), options.classes())))
        .orElse(samples);
  }

  /// `t10k-labels-idx1-ubyte.gz` for `t10k-images-idx3-ubyte.gz`.
  private static Optional<Path> labelsBeside(Path file) {
    String name = file.getFileName().toString();
    String other = name.replaceFirst("images-idx\\d", "labels-idx1");
    return other.equals(name)
        ? Optional.empty()
        : Optional.of(file.resolveSibling(other)).filter(Files::isRegularFile);
  }

  /// Number of classes that the model tells apart; 0 when its outputs do not say.
  private static int scores(Graph graph) {
    return graph.outputs().stream()
        .map(graph::tensor)
        .map(Tensor::shape)
        .mapToInt(shape -> shape.count() == shape.last() ? shape.last() : 0)
        .max()
        .orElse(0);
  }

  private static String describe(SampleOptions options) {
    List<String> parts = new ArrayList<>();
    parts.add("scale " + options.scaling().describe());
    if (options.layout() != SampleOptions.Layout.MODEL) {
      parts.add("layout " + options.layout().name().toLowerCase(Locale.ROOT));
    }
    if (options.resize()) {
      parts.add("images resized by a triangle filter");
    }
    if (options.samples() > 0) {
      parts.add("at most %d samples, seed %d".formatted(options.samples(), options.seed()));
    }
    return String.join("; ", parts);
  }
}
