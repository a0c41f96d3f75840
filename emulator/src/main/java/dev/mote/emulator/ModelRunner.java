package dev.mote.emulator;

import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;
import java.util.List;
import java.util.ServiceLoader;

/// Runs one compiled model; closing it releases what it holds.
///
/// Every method throws [dev.mote.ir.DiagnosticException] with a code of 5001 to 5011 when a tool is
/// missing, the C compiler refuses the code, or the run fails.
public interface ModelRunner extends AutoCloseable {

  /// Runs one inference for each set of inputs, in order.
  ///
  /// @param inputSets for each inference the raw bytes of every input, in the model's order
  /// @return for each inference what it gave
  List<Inference> run(List<List<Blob>> inputSets, RunOptions options);

  @Override
  void close();

  /// A runner for the model's target: this process for the host, one that is plugged in, else the
  /// target's emulated board.
  static ModelRunner open(CompiledModel model, BuildCache cache) {
    if (model.target().instructionSet() == Target.InstructionSet.HOST) {
      return HostRunner.open(model, cache);
    }
    return ServiceLoader.load(RunnerProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.runs(model.target()))
        .findFirst()
        .map(provider -> provider.open(model, cache))
        .orElseGet(() -> BoardRunner.open(model, cache));
  }

  /// Checks the number and the sizes of inputs.
  static void checkInputs(CompiledModel model, List<List<Blob>> inputSets) {
    for (List<Blob> inputs : inputSets) {
      if (inputs.size() != model.inputs().size()) {
        throw Problems.wrongInputs(
            "model '" + model.symbol() + "'",
            "%d inputs were given, it takes %d".formatted(inputs.size(), model.inputs().size()));
      }
      for (int i = 0; i < inputs.size(); i++) {
        CompiledModel.Port port = model.inputs().get(i);
        if (inputs.get(i).size() != port.type().bytes()) {
          throw Problems.wrongInputs(
              "model '%s', input '%s'".formatted(model.symbol(), port.tensor()),
              "%,d bytes were given, it takes %,d (%s %s)"
                  .formatted(
                      inputs.get(i).size(),
                      port.type().bytes(),
                      port.type().element(),
                      port.type().shape()));
        }
      }
    }
  }
}
