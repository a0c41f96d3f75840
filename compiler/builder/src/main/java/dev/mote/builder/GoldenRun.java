package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.ModelReader;
import dev.mote.wasm.WasmSandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Runs a payload of a module on its golden vectors.
///
/// @param module the module
/// @param where how errors call it
/// @param index of the payload
public record GoldenRun(ModuleFile module, String where, int index) {

  /// Runs a model by the reference interpreter.
  ///
  /// @return how many vectors there are
  /// @throws DiagnosticException when an output is another one
  public int interpreted(Bytes model) {
    Graph graph =
        ModelFiles.read(
            Blob.of(model.toByteArray()), where + ", payload", ModelReader.Options.standard());
    return compare(
        "the reference interpreter", golden -> ModuleBorder.interpret(graph, golden.inputs()));
  }

  /// Runs WebAssembly in a sandbox.
  ///
  /// @return how many vectors there are
  /// @throws DiagnosticException when an output is another one, or the code misbehaves
  public int executed(Bytes code) {
    Payload payload = module.manifest().payloads().get(index);
    Payload.MemoryPlan plan = payload.memory().orElseThrow(() -> incomplete("memory plan"));
    String entry = payload.entry().orElseThrow(() -> incomplete("entry"));
    Manifest manifest = module.manifest();
    if (plan.arenaBytes() > WasmSandbox.Limits.standard().memoryBytes()
        || plan.inputOffsets().size() != manifest.inputs().size()
        || plan.outputOffsets().size() != manifest.outputs().size()) {
      throw incomplete("usable memory plan");
    }
    try (WasmSandbox sandbox =
        WasmSandbox.open(Blob.of(code.toByteArray()), entry, WasmSandbox.Limits.standard())) {
      return compare(
          "the WebAssembly",
          golden -> {
            sandbox.start(Math.toIntExact(plan.arenaBytes()));
            for (int i = 0; i < golden.inputs().size(); i++) {
              Bytes input = golden.inputs().get(i).expand(manifest.inputs().get(i).bytes());
              sandbox.write(offset(plan.inputOffsets(), i), Blob.of(input.toByteArray()));
            }
            sandbox.invoke();
            List<Bytes> outputs = new ArrayList<>();
            for (int i = 0; i < golden.outputs().size(); i++) {
              int size = manifest.outputs().get(i).bytes();
              Blob output = sandbox.read(offset(plan.outputOffsets(), i), size);
              outputs.add(Bytes.of(output.toByteArray()));
            }
            return outputs;
          });
    }
  }

  private static int offset(List<? extends Number> offsets, int index) {
    return Math.toIntExact(offsets.get(index).longValue());
  }

  private int compare(String who, Function<Golden, List<Bytes>> run) {
    List<Golden> vectors = module.manifest().golden();
    for (int i = 0; i < vectors.size(); i++) {
      List<Bytes> results = run.apply(vectors.get(i));
      for (int output = 0; output < results.size(); output++) {
        if (!vectors.get(i).outputs().get(output).accepts(results.get(output))) {
          throw new DiagnosticException(
              Diagnostic.user(
                  BuilderCodes.DIFFERENCE,
                  where + ", golden vector " + i,
                  who + " gives another output " + output,
                  "build the module again from its model."));
        }
      }
    }
    return vectors.size();
  }

  private ModuleException incomplete(String what) {
    return new ModuleException(
        ModuleCodes.FIELD, where + ", payload " + index, "WebAssembly has no " + what);
  }
}
