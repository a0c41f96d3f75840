package dev.mote.wasm;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunnerProvider;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;

/// Runs models for WebAssembly.
public final class WasmRunnerProvider implements RunnerProvider {

  @Override
  public boolean runs(Target target) {
    return target.instructionSet() == Target.InstructionSet.WASM32;
  }

  @Override
  public ModelRunner open(CompiledModel model, BuildCache cache) {
    return WasmRunner.open(model, cache);
  }
}
