package dev.mote.optimizer.data;

import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.optimizer.data.Preparation.Nature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A folder with a file for each sample, in a folder for each class or without classes.
final class FolderSamples {

  private static final int MAX_DEPTH = 6;
  private static final int MAX_FILES = 1_000_000;
  private static final List<String> SUFFIXES =
      List.of("png", "jpg", "jpeg", "gif", "bmp", "wav", "npy");

  private FolderSamples() {}

  static RawSamples of(Path folder, TensorType type, SampleOptions options) {
    List<Path> entries = list(folder);
    List<Path> classes = entries.stream().filter(Files::isDirectory).toList();
    List<Path> files = new ArrayList<>(entries.stream().filter(FolderSamples::isSample).toList());
    if (!classes.isEmpty() && !files.isEmpty()) {
      throw FileProblem.of(
          FileProblem.FOLDER,
          folder,
          "it holds samples ('%s') and folders ('%s')"
              .formatted(files.getFirst().getFileName(), classes.getFirst().getFileName()),
          "put every sample into the folder of its class, or all into one folder.");
    }
    Labels labels = Labels.NONE;
    if (!classes.isEmpty()) {
      List<String> owners = new ArrayList<>();
      for (Path member : sorted(classes)) {
        List<Path> found = walk(member);
        files.addAll(found);
        found.forEach(_ -> owners.add(member.getFileName().toString()));
      }
      labels = Labels.of(folder, owners, classNames(classes, files.size(), options));
    }
    List<Path> samples = List.copyOf(files);
    boolean sounds = !samples.isEmpty() && suffix(samples.getFirst()).equals("wav");
    Nature nature =
        sounds
            ? Nature.SOUND
            : !samples.isEmpty() && suffix(samples.getFirst()).equals("npy")
                ? Nature.NUMBERS
                : Nature.PIXELS;
    requireOneKind(samples);
    int rate =
        sounds && options.sampleRate() == 0
            ? SoundFile.read(samples.getFirst(), FileProblem.bytes(samples.getFirst())).rate()
            : options.sampleRate();
    return new RawSamples(
        samples.size(),
        i -> List.of(numbers(samples.get(i), rate, type, options)),
        i -> samples.get(i).toString(),
        nature,
        labels);
  }

  /// Folders in alphabetical order; by number where all are numbers.
  private static List<Path> sorted(List<Path> folders) {
    boolean numbered =
        folders.stream().allMatch(folder -> folder.getFileName().toString().matches("\\d{1,6}"));
    return numbered
        ? folders.stream()
            .sorted(
                Comparator.comparingInt(
                    folder -> Integer.parseInt(folder.getFileName().toString())))
            .toList()
        : folders;
  }

  private static List<String> classNames(List<Path> folders, int files, SampleOptions options) {
    if (!options.classes().isEmpty() || files == 0) {
      return options.classes();
    }
    List<String> names = sorted(folders).stream().map(f -> f.getFileName().toString()).toList();
    boolean numbered = names.stream().allMatch(name -> name.matches("\\d{1,6}"));
    return numbered ? List.of() : names;
  }

  private static void requireOneKind(List<Path> samples) {
    for (Path sample : samples) {
      if (!kind(sample).equals(kind(samples.getFirst()))) {
        throw FileProblem.of(
            FileProblem.FOLDER,
            sample,
            "it is of another kind than " + samples.getFirst().getFileName(),
            "give images only, or sounds only, or arrays only.");
      }
    }
  }

  private static String kind(Path file) {
    String suffix = suffix(file);
    return suffix.equals("wav") || suffix.equals("npy") ? suffix : "image";
  }

  private static float[] numbers(Path file, int rate, TensorType type, SampleOptions options) {
    byte[] bytes = FileProblem.bytes(file);
    return switch (suffix(file)) {
      case "wav" -> sound(file, bytes, rate, type.shape());
      case "npy" -> array(file, bytes, type);
      default -> ImageFile.read(file, bytes, geometry(file, type.shape()), options.resize());
    };
  }

  private static Geometry geometry(Path file, Shape shape) {
    return Geometry.of(shape)
        .orElseThrow(
            () ->
                FileProblem.misfit(
                    file,
                    "the model's input %s is no image".formatted(shape),
                    "give the samples as an array: .npy, samples along the first axis."));
  }

  private static float[] array(Path file, byte[] bytes, TensorType type) {
    Numbers numbers = NpyFile.parse(file, bytes);
    TensorFiles.checkFit(file, "of the model", type, numbers);
    float[] values = new float[numbers.values().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.values().get(i).floatValue();
    }
    return values;
  }

  private static float[] sound(Path file, byte[] bytes, int rate, Shape shape) {
    SoundFile sound = SoundFile.read(file, bytes);
    if (sound.channels() != 1) {
      throw FileProblem.of(
          FileProblem.SOUND,
          file,
          "it has %d channels".formatted(sound.channels()),
          "mix sounds down to one channel.");
    }
    if (sound.rate() != rate) {
      throw FileProblem.of(
          FileProblem.SOUND,
          file,
          "it has %,d samples per second, not %,d".formatted(sound.rate(), rate),
          "resample all sounds to the rate that the model was trained with.");
    }
    if (sound.samples().size() != shape.count()) {
      throw FileProblem.misfit(
          file,
          "it has %,d samples, the model's input %s takes %,d"
              .formatted(sound.samples().size(), shape, shape.count()),
          "cut or pad sounds to the model's length; features are an array: .npy.");
    }
    float[] numbers = new float[sound.samples().size()];
    IntStream.range(0, numbers.length).forEach(i -> numbers[i] = sound.samples().get(i));
    return numbers;
  }

  /// Visible entries by name.
  static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> found =
          entries
              .filter(entry -> !entry.getFileName().toString().startsWith("."))
              .limit(MAX_FILES + 1L)
              .sorted()
              .toList();
      requireFew(folder, found.size());
      return found;
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  private static List<Path> walk(Path folder) {
    try (Stream<Path> entries = Files.walk(folder, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      List<Path> found =
          entries.filter(FolderSamples::isSample).limit(MAX_FILES + 1L).sorted().toList();
      requireFew(folder, found.size());
      return found;
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  private static RuntimeException unreadable(Path folder, Exception e) {
    if (e.getCause() instanceof FileSystemLoopException loop) {
      return FileProblem.of(
          FileProblem.FOLDER,
          folder,
          "a link in it leads back to a folder that it is in: " + loop.getMessage(),
          "remove the link.");
    }
    return FileProblem.of(
        FileProblem.FOLDER,
        folder,
        "it cannot be walked through (" + e.getMessage() + ")",
        "give a folder that you may read.");
  }

  private static void requireFew(Path folder, int files) {
    if (files > MAX_FILES) {
      throw FileProblem.of(
          FileProblem.TOO_LARGE,
          folder,
          "it holds more than %,d files".formatted(MAX_FILES),
          "give a part of them.");
    }
  }

  private static boolean isSample(Path file) {
    return SUFFIXES.contains(suffix(file))
        && !file.getFileName().toString().startsWith(".")
        && Files.isRegularFile(file);
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
