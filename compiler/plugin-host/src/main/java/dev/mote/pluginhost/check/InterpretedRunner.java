package dev.mote.pluginhost.check;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.plugin.Payload;
import dev.mote.pluginhost.PluginCodes;
import dev.mote.reference.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads a model that is a payload again, and interprets it.
public final class InterpretedRunner implements PayloadRunner {

  @Override
  public Optional<String> declines(Payload payload) {
    return payload.kind() == Payload.Kind.TFLITE
        ? Optional.empty()
        : Optional.of("it is no model file");
  }

  @Override
  public List<List<Blob>> run(Payload payload, Graph graph, List<List<Blob>> inputs) {
    Blob bytes = payload.files().values().iterator().next();
    Graph carried =
        ProbeModels.read(bytes, graph.name())
            .orElseThrow(() -> problem(graph, "it is no model that Mote reads"))
            .graph();
    List<List<Blob>> outputs = new ArrayList<>();
    Interpreter interpreter = new Interpreter(carried);
    for (List<Blob> set : inputs) {
      if (set.size() != carried.inputs().size()) {
        throw problem(graph, "it has other inputs than the model that it was made from");
      }
      interpreter.reset();
      outputs.add(
          interpreter.run(set.stream().map(Blob::toByteArray).toList()).stream()
              .map(Blob::of)
              .toList());
    }
    return outputs;
  }

  private static DiagnosticException problem(Graph graph, String what) {
    return new DiagnosticException(
        Diagnostic.resource(
            PluginCodes.WRONG_MODULE,
            "payload of " + graph.name(),
            what,
            "report it to the plugin's vendor."));
  }
}
