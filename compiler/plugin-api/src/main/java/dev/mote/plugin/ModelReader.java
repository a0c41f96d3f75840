package dev.mote.plugin;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads one model format. Implementations treat the bytes as hostile: whatever they are, [#read]
/// returns, within memory proportional to the file.
public interface ModelReader {

  /// Name of the format, for instance `tflite`.
  String format();

  /// Whether the bytes look like this format (magic number, not the file's name alone).
  boolean accepts(Blob model, String fileName);

  /// Reads a model.
  ///
  /// @param model the file's bytes
  /// @param fileName how errors call the file
  Result read(Blob model, String fileName, Options options);

  /// What the user may decide at import.
  ///
  /// @param inputShapes input name → shape that fixes its dynamic dimensions; may be empty
  /// @param io how the graph's border is typed
  /// @param companions files beside the model; without them a model that needs any is refused
  record Options(Map<String, Shape> inputShapes, Io io, Optional<Companions> companions) {
    public Options {
      inputShapes = Map.copyOf(inputShapes);
    }

    /// For a model in one file.
    public Options(Map<String, Shape> inputShapes, Io io) {
      this(inputShapes, io, Optional.empty());
    }

    public Options withCompanions(Companions files) {
      return new Options(inputShapes, io, Optional.of(files));
    }

    public static Options standard() {
      return new Options(Map.of(), Io.MODEL);
    }
  }

  /// Types at the graph's border.
  enum Io {
    /// As in the model file.
    MODEL,
    /// Where a float (or uint8) border only feeds a quantization, the quantized int8 tensor is the
    /// border.
    INT8
  }

  /// A graph, or every reason why there is none.
  sealed interface Result {
    /// The model was read.
    record Model(Graph graph) implements Result {}

    /// The model was refused; `problems` holds everything that is wrong, not only the first.
    record Refused(List<Diagnostic> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }
}
