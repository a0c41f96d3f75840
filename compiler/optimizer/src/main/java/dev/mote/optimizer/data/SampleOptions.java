package dev.mote.optimizer.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How samples are read.
///
/// @param scaling what the numbers of the files stand for
/// @param layout the order of dimensions of images in arrays
/// @param resize whether images of another size are scaled to the model's
/// @param sampleRate samples per second that sounds must have; 0 for the rate of the first
/// @param labels a file of labels beside the data
/// @param labelColumn name or number, from 1, of the column of labels in a .csv file
/// @param classes names of the classes in the order of the model's scores; empty for the order of
///     their names
/// @param samples most samples that are taken; 0 for all
/// @param seed of the choice among them
public record SampleOptions(
    Scaling scaling,
    Layout layout,
    boolean resize,
    int sampleRate,
    Optional<Path> labels,
    Optional<String> labelColumn,
    List<String> classes,
    int samples,
    long seed) {

  /// The order of the dimensions of an image in an array.
  public enum Layout {
    /// As the model's input has them.
    MODEL,
    /// Height, width, channels.
    NHWC,
    /// Channels, height, width.
    NCHW
  }

  public SampleOptions {
    classes = List.copyOf(classes);
    if (sampleRate < 0 || samples < 0) {
      throw new IllegalArgumentException("a sample rate and a number of samples are not negative");
    }
  }

  /// Every sample, as the files have them.
  public static SampleOptions standard() {
    return new SampleOptions(
        Scaling.AUTO, Layout.MODEL, false, 0, Optional.empty(), Optional.empty(), List.of(), 0, 1);
  }

  public SampleOptions withScaling(Scaling wanted) {
    return new SampleOptions(
        wanted, layout, resize, sampleRate, labels, labelColumn, classes, samples, seed);
  }

  public SampleOptions withLayout(Layout wanted) {
    return new SampleOptions(
        scaling, wanted, resize, sampleRate, labels, labelColumn, classes, samples, seed);
  }

  public SampleOptions withResize(boolean wanted) {
    return new SampleOptions(
        scaling, layout, wanted, sampleRate, labels, labelColumn, classes, samples, seed);
  }

  public SampleOptions withSampleRate(int hertz) {
    return new SampleOptions(
        scaling, layout, resize, hertz, labels, labelColumn, classes, samples, seed);
  }

  public SampleOptions withLabels(Path file) {
    return new SampleOptions(
        scaling,
        layout,
        resize,
        sampleRate,
        Optional.of(file),
        labelColumn,
        classes,
        samples,
        seed);
  }

  public SampleOptions withLabelColumn(String column) {
    return new SampleOptions(
        scaling, layout, resize, sampleRate, labels, Optional.of(column), classes, samples, seed);
  }

  public SampleOptions withClasses(List<String> names) {
    return new SampleOptions(
        scaling, layout, resize, sampleRate, labels, labelColumn, names, samples, seed);
  }

  public SampleOptions withSamples(int most, long choice) {
    return new SampleOptions(
        scaling, layout, resize, sampleRate, labels, labelColumn, classes, most, choice);
  }
}
