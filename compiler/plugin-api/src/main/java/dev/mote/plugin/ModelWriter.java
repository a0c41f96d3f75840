package dev.mote.plugin;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import java.util.List;

/// Writes graphs as files of one model format; found by `ServiceLoader`.
///
/// Implementations are pure: the same graph gives the same bytes. They change how a graph is
/// written down, never what it computes; where the format has no operator for a node and none that
/// together mean the same, they refuse.
public interface ModelWriter {

  /// Name of the format, as the reader of the same format calls it, for instance `tflite`.
  String format();

  /// How names of such files end, for instance `.tflite`.
  String suffix();

  /// Writes a model.
  ///
  /// @param graph verified
  Result write(Graph graph);

  /// A file, or every reason why there is none.
  sealed interface Result {
    /// The model was written.
    record Written(Blob file) implements Result {}

    /// The format cannot express the graph; `problems` holds every node that it cannot, not only
    /// the first.
    record Refused(List<Diagnostic> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }
}
