package dev.mote.frontends.tflite;

import dev.mote.ir.Graph;
import dev.mote.plugin.ModelWriter;

/// Writes TensorFlow Lite flatbuffers, schema version 3.
///
/// Tensors keep their names; nodes are called by their first output, as the reader calls them. What
/// the format has no operator for is written as several operators that compute the same: explicit
/// padding as PAD, float functions by others. Integers stay bit-exact, or the node is refused.
public final class TfliteWriter implements ModelWriter {

  @Override
  public String format() {
    return "tflite";
  }

  @Override
  public String suffix() {
    return ".tflite";
  }

  @Override
  public Result write(Graph graph) {
    return new GraphExport(graph).run();
  }
}
