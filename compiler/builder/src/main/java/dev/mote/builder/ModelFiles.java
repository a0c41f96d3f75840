package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.plugin.Companions;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/// Model files and the readers for them.
public final class ModelFiles {

  /// A model for a microcontroller is never near this; it guards memory against a wrong file.
  private static final long MAX_BYTES = 512L << 20;

  private ModelFiles() {}

  /// The graph in `file`.
  ///
  /// @throws DiagnosticException with everything that is wrong
  public static Graph read(Path file, ModelReader.Options options) {
    Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    return read(
        bytes(file),
        file.getFileName().toString(),
        file.toString(),
        options.withCompanions(Companions.in(folder)));
  }

  /// The graph in `bytes`.
  ///
  /// @param name of the file that they come from
  public static Graph read(Blob bytes, String name, ModelReader.Options options) {
    return read(bytes, name, name, options);
  }

  private static Graph read(Blob bytes, String name, String where, ModelReader.Options options) {
    List<ModelReader> readers =
        ServiceLoader.load(ModelReader.class).stream().map(ServiceLoader.Provider::get).toList();
    ModelReader reader =
        readers.stream()
            .filter(candidate -> candidate.accepts(bytes, name))
            .findFirst()
            .orElseThrow(() -> unknownFormat(bytes, name, where, readers));
    return switch (reader.read(bytes, name, options)) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(List<Diagnostic> problems) ->
          throw new DiagnosticException(problems);
    };
  }

  /// A C identifier made from a file's name: `kws ref.tflite` → `kws_ref`.
  public static String symbol(String fileName) {
    String name = fileName.replaceFirst("\\.[A-Za-z0-9]+$", "");
    String symbol =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_+|_+$", "");
    if (symbol.isEmpty()) {
      return "model";
    }
    return Character.isDigit(symbol.charAt(0)) ? "model_" + symbol : symbol;
  }

  /// The format as which the file is read; empty when no reader takes it.
  public static Optional<String> format(Blob bytes, String name) {
    return ServiceLoader.load(ModelReader.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(candidate -> candidate.accepts(bytes, name))
        .findFirst()
        .map(ModelReader::format);
  }

  /// `graph` as a file of `format`.
  ///
  /// @throws DiagnosticException when the format cannot express it
  public static Blob write(Graph graph, String format) {
    ModelWriter writer =
        ServiceLoader.load(ModelWriter.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(candidate -> candidate.format().equals(format))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no writer of " + format));
    return switch (writer.write(graph)) {
      case ModelWriter.Result.Written(Blob bytes) -> bytes;
      case ModelWriter.Result.Refused(List<Diagnostic> problems) ->
          throw new DiagnosticException(problems);
    };
  }

  /// The bytes of `file`.
  public static Blob bytes(Path file) {
    try {
      if (Files.exists(file.resolve("saved_model.pb"))) {
        throw foreign(file.toString(), ForeignFormat.SAVED_MODEL);
      }
      if (Files.isDirectory(file)) {
        throw unreadable(file, "it is a folder");
      }
      if (!Files.exists(file)) {
        throw unreadable(file, "there is no such file");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw unreadable(
            file, "it has %,d bytes, the limit is %,d".formatted(Files.size(file), MAX_BYTES));
      }
      return Blob.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw unreadable(file, "it cannot be read (" + e.getMessage() + ")");
    }
  }

  private static DiagnosticException unreadable(Path file, String why) {
    return new DiagnosticException(
        Diagnostic.user(
            BuilderCodes.UNREADABLE_FILE, file.toString(), why, "give the path of a model file."));
  }

  private static DiagnosticException unknownFormat(
      Blob bytes, String name, String where, List<ModelReader> readers) {
    String formats =
        readers.stream().map(ModelReader::format).sorted().collect(Collectors.joining(", "));
    return ForeignFormat.of(bytes, name)
        .map(format -> foreign(where, format))
        .orElseGet(
            () ->
                new DiagnosticException(
                    Diagnostic.user(
                        BuilderCodes.UNKNOWN_MODEL_FORMAT,
                        where,
                        "the contents are of no model format that Mote reads",
                        "give a file of one of these formats: " + formats + ".")));
  }

  private static DiagnosticException foreign(String where, ForeignFormat format) {
    return new DiagnosticException(
        Diagnostic.user(
            BuilderCodes.UNKNOWN_MODEL_FORMAT,
            where,
            "it is " + format.what() + ", which Mote does not read",
            format.fix()));
  }
}
