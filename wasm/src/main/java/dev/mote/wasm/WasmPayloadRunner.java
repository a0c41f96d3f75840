package dev.mote.wasm;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.plugin.Payload;
import dev.mote.pluginhost.check.PayloadRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs WebAssembly that a compiler plugin made, for the conformance suite.
public final class WasmPayloadRunner implements PayloadRunner {

  @Override
  public Optional<String> declines(Payload payload) {
    if (payload.kind() != Payload.Kind.WEBASSEMBLY) {
      return Optional.of("it is no WebAssembly");
    }
    return payload.memory().isPresent()
        ? Optional.empty()
        : Optional.of("it does not say where its inputs and outputs lie");
  }

  @Override
  public List<List<Blob>> run(Payload payload, Graph graph, List<List<Blob>> inputs) {
    Payload.Memory memory = payload.memory().orElseThrow();
    Blob module = payload.files().values().iterator().next();
    List<List<Blob>> outputs = new ArrayList<>();
    try (WasmSandbox sandbox =
        WasmSandbox.open(module, payload.entry().orElseThrow(), WasmSandbox.Limits.standard())) {
      for (List<Blob> set : inputs) {
        sandbox.start(Math.toIntExact(memory.arenaBytes()));
        for (int i = 0; i < set.size(); i++) {
          sandbox.write(memory.inputOffsets().get(i), set.get(i));
        }
        sandbox.invoke();
        List<Blob> results = new ArrayList<>();
        for (int i = 0; i < graph.outputs().size(); i++) {
          int size = Math.toIntExact(graph.tensor(graph.outputs().get(i)).type().bytes());
          results.add(sandbox.read(memory.outputOffsets().get(i), size));
        }
        outputs.add(results);
      }
    }
    return outputs;
  }
}
