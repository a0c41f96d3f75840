/// Models as WebAssembly: built by clang, run by Chicory, bounded in time and memory.
@org.jspecify.annotations.NullMarked
module dev.mote.wasm {
  requires transitive dev.mote.emulator;
  requires transitive dev.mote.pluginhost;
  requires static transitive org.jspecify;
  requires com.dylibso.chicory.compiler;
  requires com.dylibso.chicory.runtime;
  requires com.dylibso.chicory.wasm;

  exports dev.mote.wasm;

  provides dev.mote.plugin.Compiler with
      dev.mote.wasm.WasmCompiler;
  provides dev.mote.pluginhost.check.PayloadRunner with
      dev.mote.wasm.WasmPayloadRunner;
  provides dev.mote.emulator.RunnerProvider with
      dev.mote.wasm.WasmRunnerProvider;
}
