package dev.mote.frontends.onnx;

import dev.mote.ir.Graph;
import dev.mote.plugin.ModelWriter;

/// Writes ONNX models: of operator set 13, or a later one where the graph needs it.
///
/// Quantized layers are written as runtimes expect them: floats between DequantizeLinear and
/// QuantizeLinear ("QDQ"), weights and biases as integers with a DequantizeLinear. Runtimes that
/// compute them in floats round otherwise than Mote: a result may differ by a step. Images are
/// channels first inside, with as few transpositions as that takes; inputs and outputs keep names
/// and layout.
public final class OnnxWriter implements ModelWriter {

  @Override
  public String format() {
    return "onnx";
  }

  @Override
  public String suffix() {
    return ".onnx";
  }

  @Override
  public Result write(Graph graph) {
    return new OnnxExport(graph).run();
  }
}
