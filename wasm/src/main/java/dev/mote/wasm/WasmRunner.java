package dev.mote.wasm;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Inference;
import dev.mote.emulator.Inference.LayerOutput;
import dev.mote.emulator.ModelRunner;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Runs a model as WebAssembly, in this process, in a sandbox.
public final class WasmRunner implements ModelRunner {

  private final CompiledModel model;
  private final BuildCache cache;
  private Optional<WasmSandbox> plain = Optional.empty();
  private Optional<WasmSandbox> traced = Optional.empty();
  private final List<LayerOutput> observed = new ArrayList<>();

  private WasmRunner(CompiledModel model, BuildCache cache) {
    this.model = model;
    this.cache = cache;
  }

  /// A runner; the module is built when it is first needed.
  public static WasmRunner open(CompiledModel model, BuildCache cache) {
    return new WasmRunner(model, cache);
  }

  @Override
  public synchronized List<Inference> run(List<List<Blob>> inputSets, RunOptions options) {
    ModelRunner.checkInputs(model, inputSets);
    WasmSandbox sandbox = options.layerOutputs() ? traced(options) : plain(options);
    List<Inference> inferences = new ArrayList<>(inputSets.size());
    for (List<Blob> inputs : inputSets) {
      if (inferences.isEmpty() || !options.keepState()) {
        sandbox.start(model.arenaBytes());
      }
      observed.clear();
      invoke(sandbox, inputs, options.layerOutputs());
      inferences.add(
          new Inference(
              model.outputs().stream().map(port -> read(sandbox, port)).toList(),
              observed,
              OptionalLong.empty(),
              OptionalLong.empty()));
    }
    return List.copyOf(inferences);
  }

  private void invoke(WasmSandbox sandbox, List<Blob> inputs, boolean observe) {
    Optional<Blob> streamed = Optional.empty();
    for (int i = 0; i < inputs.size(); i++) {
      Port port = model.inputs().get(i);
      if (model.streamed().equals(Optional.of(port.tensor()))) {
        streamed = Optional.of(inputs.get(i));
      } else {
        sandbox.write(port.offset(), inputs.get(i));
      }
    }
    if (streamed.isPresent()) {
      sandbox.invokeOn(streamed.get(), observe);
    } else if (observe) {
      sandbox.invokeTraced();
    } else {
      sandbox.invoke();
    }
  }

  private WasmSandbox plain(RunOptions options) {
    WasmSandbox sandbox =
        plain.orElseGet(
            () -> WasmSandbox.open(WasmBuild.of(model, cache), model.symbol(), limits(options)));
    plain = Optional.of(sandbox);
    return sandbox;
  }

  private WasmSandbox traced(RunOptions options) {
    WasmSandbox sandbox =
        traced.orElseGet(
            () ->
                WasmSandbox.observed(
                    WasmBuild.traced(model, cache),
                    model.symbol(),
                    limits(options),
                    this::observe));
    traced = Optional.of(sandbox);
    return sandbox;
  }

  private static WasmSandbox.Limits limits(RunOptions options) {
    return WasmSandbox.Limits.standard().withInference(options.timeLimit());
  }

  private void observe(Integer layer, int done) {
    if (done != 0) {
      for (Port port : model.layers().get(layer).outputs()) {
        observed.add(new LayerOutput(layer, port.tensor(), read(traced.orElseThrow(), port)));
      }
    }
  }

  private static Blob read(WasmSandbox sandbox, Port port) {
    return sandbox.read(port.offset(), Math.toIntExact(port.type().bytes()));
  }

  @Override
  public void close() {
    plain.ifPresent(WasmSandbox::close);
    traced.ifPresent(WasmSandbox::close);
  }
}
