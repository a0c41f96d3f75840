package dev.mote.testkit.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import java.util.List;
import java.util.Map;

/// A model that ONNX Runtime is asked about.
///
/// @param name for messages
/// @param model the model
/// @param feeds inputs by name; the model runs once for each
/// @param absolute how much results may differ
/// @param relative the same, in parts of the result
record RuntimeCase(
    String name,
    ModelProto model,
    List<Map<String, TensorProto>> feeds,
    double absolute,
    double relative) {

  RuntimeCase(String name, ModelProto model, List<Map<String, TensorProto>> feeds) {
    this(name, model, feeds, 1e-5, 1e-5);
  }
}
