package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.SourceModel;

/// A model and the file that it was read from.
///
/// @param file its bytes
/// @param fileName its name, which the reader goes by where the contents do not tell
/// @param format such as `tflite`
/// @param graph the model
public record ModelSource(Blob file, String fileName, String format, Graph graph) {

  /// Reads a file.
  ///
  /// @throws dev.mote.ir.DiagnosticException with everything that is wrong
  public static ModelSource read(Blob file, String fileName) {
    Graph graph = ModelFiles.read(file, fileName, ModelReader.Options.standard());
    return new ModelSource(
        file, fileName, ModelFiles.format(file, fileName).orElse("unknown"), graph);
  }

  /// What compilers are given.
  SourceModel forCompilers() {
    return SourceModel.of(graph, format, file);
  }

  /// Prefix of C names.
  String symbol() {
    return ModelFiles.symbol(fileName);
  }
}
