package dev.mote.cli;

import dev.mote.builder.ModelFiles;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.ir.Shape;
import dev.mote.plugin.ModelReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/// How a model is imported.
final class ModelOptions {

  @Option(
      names = "--shape",
      paramLabel = "NAME=AxBxC",
      description = "Shape of input NAME, to fix dynamic dimensions; may repeat.")
  Map<String, String> shapes = new LinkedHashMap<>();

  @Option(
      names = "--io",
      paramLabel = "model|int8",
      defaultValue = "model",
      description =
          "Types at the model's border: as in the file, or int8 where a float border only feeds a"
              + " quantization (default: ${DEFAULT-VALUE}).")
  ModelReader.Io io = ModelReader.Io.MODEL;

  /// Reads `file` with the reader that accepts it.
  ///
  /// @throws DiagnosticException when the file cannot be read or its model is refused
  Graph read(Path file) {
    return ModelFiles.read(file, options());
  }

  /// Whether inputs and outputs may differ from those of the file.
  boolean changesBorder() {
    return !shapes.isEmpty() || io != ModelReader.Io.MODEL;
  }

  private ModelReader.Options options() {
    Map<String, Shape> parsed = new LinkedHashMap<>();
    shapes.forEach((name, text) -> parsed.put(name, shape(name, text)));
    return new ModelReader.Options(parsed, io);
  }

  private static Shape shape(String name, String text) {
    try {
      int[] dims =
          Arrays.stream(text.toLowerCase(Locale.ROOT).split("x", -1))
              .mapToInt(Integer::parseInt)
              .toArray();
      return Shape.of(dims);
    } catch (IllegalArgumentException e) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.BAD_SHAPE,
              "--shape " + name + "=" + text,
              "'" + text + "' is no shape",
              "write the dimensions with an x between them, for instance 1x49x10x1."));
    }
  }

  /// A C identifier made from a file's name: `kws ref.tflite` → `kws_ref`.
  static String symbol(Path file) {
    return ModelFiles.symbol(file.getFileName().toString());
  }
}
