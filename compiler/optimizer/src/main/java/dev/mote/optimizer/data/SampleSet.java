package dev.mote.optimizer.data;

import dev.mote.ir.Blob;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Inputs for a model with what is known about them: data to calibrate, to measure, to compare on.
///
/// Numbers are real, whatever the model's type: float32, little-endian, in the shape and layout of
/// the graph's inputs. A large set is read from its files at each [#inputs] anew, so that walking
/// through it from first to last is what costs least.
///
/// @param name where it comes from; a folder's or file's name
/// @param inputs for each sample one blob for each input of the graph, in its order
/// @param labels the class of each sample, an index into the model's scores; or empty
/// @param classNames names of the classes by index; or empty
/// @param preparation what was done to the numbers of the files, for a report; or empty
public record SampleSet(
    String name,
    List<List<Blob>> inputs,
    List<Integer> labels,
    List<String> classNames,
    String preparation) {

  public SampleSet {
    inputs = inputs instanceof SampleList ? inputs : List.copyOf(inputs);
    labels = List.copyOf(labels);
    classNames = List.copyOf(classNames);
    if (!labels.isEmpty() && labels.size() != inputs.size()) {
      throw new IllegalArgumentException(
          labels.size() + " labels for " + inputs.size() + " samples");
    }
    for (int label : labels) {
      if (label < 0 || !classNames.isEmpty() && label >= classNames.size()) {
        throw new IllegalArgumentException("label " + label + " names no class");
      }
    }
  }

  public SampleSet(
      String name, List<List<Blob>> inputs, List<Integer> labels, List<String> classNames) {
    this(name, inputs, labels, classNames, "");
  }

  public int size() {
    return inputs.size();
  }

  public boolean isLabelled() {
    return !labels.isEmpty();
  }

  /// The first `count` samples; all when there are fewer.
  public SampleSet first(int count) {
    return count >= size() ? this : choose(Choice.first(count));
  }

  /// `count` samples spread evenly over the classes, or over the set where it has no labels; which
  /// ones depends on `seed` only. All when there are fewer.
  public SampleSet sample(int count, long seed) {
    return count >= size() ? this : choose(Choice.even(size(), labels, count, seed));
  }

  /// `count` samples as [#sample] chooses them, and all others.
  public Split split(int count, long seed) {
    List<Integer> chosen = Choice.even(size(), labels, Math.min(count, size()), seed);
    Set<Integer> taken = Set.copyOf(chosen);
    return new Split(
        choose(chosen),
        choose(IntStream.range(0, size()).filter(i -> !taken.contains(i)).boxed().toList()));
  }

  /// Two parts of a set that have no sample in common.
  public record Split(SampleSet chosen, SampleSet rest) {}

  private SampleSet choose(List<Integer> indices) {
    return new SampleSet(
        name,
        SampleList.of(indices.size(), i -> inputs.get(indices.get(i))),
        isLabelled() ? indices.stream().map(labels::get).toList() : List.of(),
        classNames,
        preparation);
  }

  /// SHA-256 of all numbers and labels as 64 hexadecimal digits: equal for equal data, wherever it
  /// was read from. Reads the whole set.
  public String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < size(); i++) {
        for (Blob blob : inputs.get(i)) {
          digest.update(blob.sha256().getBytes(StandardCharsets.US_ASCII));
        }
        String label = isLabelled() ? String.valueOf(labels.get(i)) : "";
        digest.update((label + ";").getBytes(StandardCharsets.US_ASCII));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
