package dev.mote.emulator;

import dev.mote.emulator.Inference.LayerOutput;
import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Port;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Runs a model in this process: its C as a shared library, called through `java.lang.foreign`.
///
/// The code is trusted: an endless loop or a wild pointer in it takes this process along. Calls of
/// one runner run one after the other; several runners run in parallel.
public final class HostRunner implements ModelRunner {

  private static final Linker LINKER = Linker.nativeLinker();

  private static final MethodHandle INIT =
      LINKER.downcallHandle(
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));

  private static final MethodHandle INIT_BOTH =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG));

  private static final MethodHandle INVOKE =
      LINKER.downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

  private static final MethodHandle INVOKE_OBSERVED =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

  private static final MethodHandle INVOKE_ON =
      LINKER.downcallHandle(
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

  private static final MethodHandle INVOKE_OBSERVED_ON =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS));

  private static final FunctionDescriptor OBSERVER =
      FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

  private static final byte ARENA_FILL = (byte) 0xa5;
  private static final int GUARD_BYTES = 64;

  private final CompiledModel model;
  private final String where;
  private final Arena memory;
  private final MemorySegment arena;

  /// The input that is not in the arena.
  private final MemorySegment streamed;
  private final MemorySegment init;
  private final MemorySegment invoke;
  private final MemorySegment invokeObserved;
  private final MemorySegment observer;
  private final List<LayerOutput> observed = new ArrayList<>();

  private HostRunner(CompiledModel model, Path library, Arena memory) {
    this.model = model;
    this.where = "model '" + model.symbol() + "' on the host";
    this.memory = memory;
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, memory);
    this.init = symbols.findOrThrow(model.symbol() + "_init");
    this.invoke = symbols.findOrThrow(model.symbol() + "_invoke");
    this.invokeObserved =
        symbols.find(model.symbol() + "_invoke_observed").orElse(MemorySegment.NULL);
    this.arena =
        memory.allocate(
            (long) model.arenaBytes() + GUARD_BYTES, Math.max(16, model.arenaAlignment()));
    this.streamed = memory.allocate(Math.max(1, model.streamedBytes()), 8);
    this.observer = LINKER.upcallStub(observeHandle(this), OBSERVER, memory);
  }

  /// Compiles `model`, whatever its target, with the host's compiler.
  ///
  /// Code for another instruction set compiles here only when it is portable C: compile the graph
  /// for the target `host`.
  public static HostRunner open(CompiledModel model, BuildCache cache) {
    return ofLibrary(model, build(model, cache));
  }

  /// A runner of a shared library that was made of `model`; one without the observer does not tell
  /// the outputs of layers.
  public static HostRunner ofLibrary(CompiledModel model, Path library) {
    Arena memory = Arena.ofShared();
    try {
      return new HostRunner(model, library, memory);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  @Override
  public synchronized List<Inference> run(List<List<Blob>> inputSets, RunOptions options) {
    ModelRunner.checkInputs(model, inputSets);
    if (options.layerOutputs() && invokeObserved.equals(MemorySegment.NULL)) {
      throw new IllegalArgumentException("this library was built without the observer");
    }
    List<Inference> inferences = new ArrayList<>(inputSets.size());
    for (List<Blob> inputs : inputSets) {
      if (inferences.isEmpty() || !options.keepState()) {
        initialise();
      }
      for (int i = 0; i < inputs.size(); i++) {
        Port port = model.inputs().get(i);
        boolean inArena =
            model.streamed().isEmpty() || !model.streamed().get().equals(port.tensor());
        MemorySegment.copy(
            MemorySegment.ofBuffer(inputs.get(i).buffer()),
            0,
            inArena ? arena : streamed,
            inArena ? port.offset() : 0,
            inputs.get(i).size());
      }
      observed.clear();
      int status = options.layerOutputs() ? callObserved() : call();
      if (status != 0) {
        throw Problems.refused(where, model.symbol() + "_invoke", status);
      }
      checkGuard();
      inferences.add(
          new Inference(
              model.outputs().stream().map(this::read).toList(),
              observed,
              OptionalLong.empty(),
              OptionalLong.empty()));
    }
    return List.copyOf(inferences);
  }

  @Override
  public synchronized void close() {
    memory.close();
  }

  private void initialise() {
    arena.fill(ARENA_FILL);
    int status;
    try {
      status =
          model.hasTwoMemories()
              ? (int)
                  INIT_BOTH.invokeExact(
                      init,
                      arena,
                      (long) model.firstBytes(),
                      second(),
                      (long) model.arenaBytes() - model.firstBytes())
              : (int) INIT.invokeExact(init, arena, (long) model.arenaBytes());
    } catch (Throwable e) {
      throw new AssertionError("a C function throws nothing", e);
    }
    if (status != 0) {
      throw Problems.refused(where, model.symbol() + "_init", status);
    }
  }

  /// The second memory, which here follows the first.
  private MemorySegment second() {
    return arena.asSlice(model.firstBytes());
  }

  /// What the model takes beside the arena: the streamed input, or the second memory.
  private MemorySegment beside() {
    return model.hasTwoMemories() ? second() : streamed;
  }

  private int call() {
    try {
      return model.streamed().isEmpty() && !model.hasTwoMemories()
          ? (int) INVOKE.invokeExact(invoke, arena)
          : (int) INVOKE_ON.invokeExact(invoke, arena, beside());
    } catch (Throwable e) {
      throw new AssertionError("a C function throws nothing", e);
    }
  }

  private int callObserved() {
    try {
      return model.streamed().isEmpty() && !model.hasTwoMemories()
          ? (int) INVOKE_OBSERVED.invokeExact(invokeObserved, arena, observer, MemorySegment.NULL)
          : (int)
              INVOKE_OBSERVED_ON.invokeExact(
                  invokeObserved, arena, beside(), observer, MemorySegment.NULL);
    } catch (Throwable e) {
      throw new AssertionError("a C function throws nothing", e);
    }
  }

  /// Called back by the model before (`done` 0) and after (1) each layer.
  private void observe(MemorySegment context, int layer, int done) {
    if (done != 0) {
      for (Port port : model.layers().get(layer).outputs()) {
        observed.add(new LayerOutput(layer, port.tensor(), read(port)));
      }
    }
  }

  private static MethodHandle observeHandle(HostRunner runner) {
    try {
      return MethodHandles.lookup()
          .bind(
              runner,
              "observe",
              MethodType.methodType(void.class, MemorySegment.class, int.class, int.class));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("the method is in this class", e);
    }
  }

  private Blob read(Port port) {
    return Blob.of(arena.asSlice(port.offset(), port.type().bytes()).asByteBuffer());
  }

  private void checkGuard() {
    for (long i = model.arenaBytes(); i < arena.byteSize(); i++) {
      if (arena.get(ValueLayout.JAVA_BYTE, i) != ARENA_FILL) {
        throw Problems.fault(where, "it wrote behind its arena");
      }
    }
  }

  private static Path build(CompiledModel model, BuildCache cache) {
    String compiler = RequiredTools.require(Toolchains.HOST_COMPILER);
    List<String> command =
        List.of(
            compiler,
            "-O3",
            "-march=native",
            "-std=c99",
            "-D" + Binding.macroPrefix(model) + "_OBSERVE",
            "-shared",
            "-fPIC",
            "model.c",
            "-lm",
            "-o",
            "model.so");
    List<String> ingredients = new ArrayList<>(command);
    ingredients.addAll(
        List.of(
            CompilerVersion.of(compiler),
            Toolchains.hostProcessor(),
            model.symbol(),
            model.header(),
            model.source()));
    return cache
        .entry(
            "host",
            ingredients,
            directory -> {
              Files.writeString(directory.resolve(model.symbol() + ".h"), model.header());
              Files.writeString(directory.resolve("model.c"), model.source());
              Command.Outcome outcome =
                  new Command(command, directory, Duration.ofMinutes(5)).run();
              if (!outcome.succeeded()) {
                throw Problems.compileFailed(
                    "model '" + model.symbol() + "' for the host", command, outcome.output());
              }
            })
        .resolve("model.so");
  }
}
