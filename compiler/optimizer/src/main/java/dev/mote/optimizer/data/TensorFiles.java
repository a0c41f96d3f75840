package dev.mote.optimizer.data;

import dev.mote.ir.ElementType;
import dev.mote.ir.TensorType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads the contents of one tensor from a file, by the file's suffix.
public final class TensorFiles {

  /// Suffixes that [#read] knows.
  public static final List<String> SUFFIXES =
      List.of("bin", "npy", "csv", "txt", "png", "jpg", "jpeg", "gif", "bmp", "wav");

  private TensorFiles() {}

  /// Dense little-endian bytes for a tensor of `type`.
  ///
  /// @param tensor name of the tensor, for messages
  /// @param pixels what pixels stand for
  /// @throws dev.mote.ir.DiagnosticException when the file is not what the tensor needs
  public static byte[] read(Path file, String tensor, TensorType type, Pixels pixels) {
    byte[] bytes = FileProblem.bytes(file);
    return switch (suffix(file)) {
      case "bin" -> raw(file, tensor, type, bytes);
      case "npy" -> reals(file, tensor, type, NpyFile.parse(file, bytes));
      case "csv", "txt" -> reals(file, tensor, type, CsvFile.parse(file, bytes));
      case "wav" -> reals(file, tensor, type, SoundFile.parse(file, bytes));
      case "png", "jpg", "jpeg", "gif", "bmp" ->
          image(file, tensor, type, ImageFile.parse(file, bytes, type), pixels);
      default ->
          throw FileProblem.of(
              FileProblem.UNKNOWN_SUFFIX,
              file,
              "a file name's suffix says how to read it, and this one is unknown",
              "name it one of: ." + String.join(", .", SUFFIXES) + ".");
    };
  }

  /// Whether `file` has a suffix that [#read] knows.
  public static boolean isReadable(Path file) {
    return SUFFIXES.contains(suffix(file));
  }

  private static String suffix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static byte[] raw(Path file, String tensor, TensorType type, byte[] bytes) {
    if (bytes.length != type.bytes()) {
      throw FileProblem.misfit(
          file,
          "%,d bytes do not fill input %s, which needs exactly %,d"
              .formatted(bytes.length, describe(tensor, type), type.bytes()),
          "write the tensor's elements densely, little-endian, in row-major order.");
    }
    return bytes;
  }

  private static byte[] reals(Path file, String tensor, TensorType type, Numbers numbers) {
    checkFit(file, tensor, type, numbers);
    boolean asTheyAre = numbers.type().equals(Optional.of(type.element()));
    return asTheyAre
        ? Encoding.ofPlain(numbers.values(), type)
        : Encoding.ofReals(numbers.values(), type);
  }

  private static byte[] image(
      Path file, String tensor, TensorType type, Numbers numbers, Pixels pixels) {
    checkFit(file, tensor, type, numbers);
    boolean eightBits = type.element() == ElementType.INT8 || type.element() == ElementType.UINT8;
    if (pixels == Pixels.AUTO && eightBits && type.quantization().isQuantized()) {
      long smallest = type.element().minValue();
      return Encoding.ofPlain(numbers.values().stream().map(p -> p + smallest).toList(), type);
    }
    return Encoding.ofReals(
        numbers.values().stream()
            .map(
                p ->
                    switch (pixels) {
                      case AUTO, UNIT -> p / 255;
                      case SIGNED -> p / 127.5 - 1;
                      case BYTE -> p;
                    })
            .toList(),
        type);
  }

  static void checkFit(Path file, String tensor, TensorType type, Numbers numbers) {
    boolean shapeFits =
        numbers.shape().isEmpty()
            || withoutOnes(numbers.shape()).equals(withoutOnes(type.shape().dims()));
    if (numbers.values().size() != type.shape().count() || !shapeFits) {
      String found =
          numbers.shape().isEmpty()
              ? "%,d numbers do".formatted(numbers.values().size())
              : "an array of shape " + text(numbers.shape()) + " does";
      throw FileProblem.misfit(
          file,
          "%s not fill input %s, which needs %,d"
              .formatted(found, describe(tensor, type), type.shape().count()),
          "prepare the data as in training: same shape, same order.");
    }
  }

  private static String text(List<Integer> shape) {
    return String.join("x", shape.stream().map(String::valueOf).toList());
  }

  private static List<Integer> withoutOnes(List<Integer> dims) {
    List<Integer> kept = new ArrayList<>(dims);
    kept.removeIf(dim -> dim == 1);
    return kept;
  }

  private static String describe(String tensor, TensorType type) {
    return "'%s' (%s %s)".formatted(tensor, type.element().label(), type.shape());
  }
}
