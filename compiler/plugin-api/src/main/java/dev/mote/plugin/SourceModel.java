package dev.mote.plugin;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import java.util.Optional;

/// A model as a compiler gets it: its graph, and the file that it was read from.
///
/// @param graph the model as Mote understands it; verified
/// @param file the file, whose inputs and outputs are those of the graph; empty when the graph was
///     made otherwise, or its border was changed at import
public record SourceModel(Graph graph, Optional<File> file) {

  /// A model without a file.
  public static SourceModel of(Graph graph) {
    return new SourceModel(graph, Optional.empty());
  }

  /// A model and its file.
  public static SourceModel of(Graph graph, String format, Blob bytes) {
    return new SourceModel(graph, Optional.of(new File(format, bytes)));
  }

  /// The file's bytes, if the model came in `format`.
  public Optional<Blob> in(String format) {
    return file.filter(f -> f.format().equals(format)).map(File::bytes);
  }

  /// A model file.
  ///
  /// @param format as its reader calls it, for instance `tflite`
  /// @param bytes all of it
  public record File(String format, Blob bytes) {}
}
