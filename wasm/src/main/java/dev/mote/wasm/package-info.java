/// Models as WebAssembly.
///
/// [WasmBuild] makes a module of emitted C with clang; [WasmSandbox] runs a module of anybody's,
/// bounded in time and memory, with nothing to call but itself.
///
/// ```java
/// Blob module = WasmBuild.of(model, BuildCache.standard());
/// try (WasmSandbox sandbox = WasmSandbox.open(module, "kws", WasmSandbox.Limits.standard())) {
///   sandbox.start(model.arenaBytes());
///   sandbox.write(model.inputs().getFirst().offset(), input);
///   sandbox.invoke();
/// }
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.wasm;
