package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.data.SampleOptions;
import dev.mote.optimizer.data.SampleOptions.Layout;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.data.SampleSets;
import dev.mote.optimizer.data.Scaling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Samples that a command runs a model on, and how they are prepared.
final class DataOptions {

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description =
          "Samples: a .npy, .csv or IDX file, or a folder of images, sounds or arrays, in a folder"
              + " for each class or without.")
  private @Nullable Path data;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Class of each sample: .npy, IDX, or a line each.")
  private @Nullable Path labels;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description = "Column of a .csv file that is the class: its name, or its number from 1.")
  private @Nullable String labelColumn;

  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description = "Names of the classes in the order of the model's scores, one on each line.")
  private @Nullable Path classes;

  @Option(
      names = "--scale",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "What is done to numbers: auto (pixels to 0..1), raw, unit (0..1), signed (-1..1), or"
              + " MEAN/DEVIATION, each one number or one for each channel (default: auto).")
  private String scale = "auto";

  @Option(
      names = "--layout",
      paramLabel = "model|nhwc|nchw",
      defaultValue = "model",
      description = "Order of dimensions of images in arrays (default: ${DEFAULT-VALUE}).")
  private Layout layout = Layout.MODEL;

  @Option(names = "--resize", description = "Scale images to the model's size.")
  private boolean resize;

  @Option(
      names = "--sample-rate",
      paramLabel = "HERTZ",
      defaultValue = "0",
      description = "Refuse sounds of another rate.")
  private int sampleRate;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Take at most N, spread evenly over the classes.")
  private @Nullable Integer samples;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of that choice (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  /// The samples for the inputs of `graph`.
  ///
  /// @throws DiagnosticException when they cannot be read or do not fit
  SampleSet read(Graph graph) {
    return read(graph, 0);
  }

  /// The same; at most `standard` unless `--samples` says otherwise.
  SampleSet read(Graph graph, int standard) {
    return SampleSets.read(data(), graph, options(standard));
  }

  /// Whether samples were given, for commands that can do without.
  boolean isGiven() {
    return data != null;
  }

  /// At most `most` samples of other data, prepared in the same way; without labels, which they
  /// need not have.
  SampleSet readUnlabelled(Path other, Graph graph, int most) {
    SampleOptions options =
        SampleOptions.standard()
            .withScaling(scaling())
            .withLayout(layout)
            .withResize(resize)
            .withSampleRate(sampleRate)
            .withSamples(most, seed);
    return SampleSets.read(other, graph, options);
  }

  /// The path that was given.
  Path data() {
    if (data == null) {
      throw new ParameterException(
          Objects.requireNonNull(command).commandLine(), "Missing required option: '--data=DATA'");
    }
    return data;
  }

  private SampleOptions options(int standard) {
    if (samples != null && samples < 1) {
      throw bad("--samples " + samples, "it is no positive number", "give a positive number.");
    }
    if (sampleRate < 0) {
      throw bad(
          "--sample-rate " + sampleRate, "it is no positive number", "give a positive number.");
    }
    SampleOptions options =
        SampleOptions.standard()
            .withScaling(scaling())
            .withLayout(layout)
            .withResize(resize)
            .withSampleRate(sampleRate)
            .withSamples(samples != null ? samples : standard, seed);
    if (labels != null) {
      options = options.withLabels(labels);
    }
    if (labelColumn != null) {
      options = options.withLabelColumn(labelColumn);
    }
    return classes == null ? options : options.withClasses(names(classes));
  }

  private Scaling scaling() {
    try {
      return Scaling.parse(scale);
    } catch (IllegalArgumentException e) {
      throw bad(
          "--scale " + scale,
          String.valueOf(e.getMessage()),
          "write auto, raw, unit, signed or MEAN/DEVIATION, for instance 127.5/127.5.");
    }
  }

  private static DiagnosticException bad(String where, String what, String fix) {
    return new DiagnosticException(Diagnostic.user(CliCodes.BAD_PREPARATION, where, what, fix));
  }

  private static List<String> names(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.BAD_LABELS,
              file.toString(),
              "it cannot be read",
              "give a text file with one class on each line, in the order of the scores."));
    }
  }
}
