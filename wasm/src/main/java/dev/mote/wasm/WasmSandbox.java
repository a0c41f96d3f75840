package dev.mote.wasm;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Export;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.ValType;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ObjIntConsumer;

/// A WebAssembly module that runs one model, whoever made it: bounded in time and memory, with
/// nothing to call but itself.
///
/// What it exports is described by [WasmBuild]. Every method throws [DiagnosticException]:
/// MOTE-5040 when it is no such module, MOTE-5041 when it stops with an error, MOTE-5006 when it
/// does not end.
public final class WasmSandbox implements AutoCloseable {

  private static final int PAGE = 1 << 16;
  private static final long MOST_TABLE_ENTRIES = 1 << 16;

  private final String where;
  private final String prefix;
  private final Limits limits;
  private final Instance instance;
  private int arena;

  private WasmSandbox(String where, String prefix, Limits limits, Instance instance) {
    this.where = where;
    this.prefix = prefix;
    this.limits = limits;
    this.instance = instance;
  }

  /// What a module may take.
  ///
  /// @param moduleBytes its own size
  /// @param memoryBytes its memory, in whole pages of 64 KiB
  /// @param preparing time to check and compile it
  /// @param inference time of one call
  public record Limits(int moduleBytes, int memoryBytes, Duration preparing, Duration inference) {

    public Limits {
      if (moduleBytes < 1
          || memoryBytes < PAGE
          || !preparing.isPositive()
          || !inference.isPositive()) {
        throw new IllegalArgumentException("a module needs room and time");
      }
    }

    /// 64 MiB each for the module and its memory, a minute to prepare it, a minute for a call.
    public static Limits standard() {
      return new Limits(1 << 26, 1 << 26, Duration.ofMinutes(1), Duration.ofMinutes(1));
    }

    public Limits withInference(Duration limit) {
      return new Limits(moduleBytes, memoryBytes, preparing, limit);
    }

    public Limits withMemory(int bytes) {
      return new Limits(moduleBytes, bytes, preparing, inference);
    }
  }

  /// Checks a module, and compiles it.
  ///
  /// @param prefix what its functions' names start with
  public static WasmSandbox open(Blob module, String prefix, Limits limits) {
    return open(module, prefix, limits, Optional.empty());
  }

  /// The same for a module that calls `observer` with the layer and with 0 before, 1 after it.
  static WasmSandbox observed(
      Blob module, String prefix, Limits limits, ObjIntConsumer<Integer> observer) {
    return open(module, prefix, limits, Optional.of(observer));
  }

  private static WasmSandbox open(
      Blob module, String prefix, Limits limits, Optional<ObjIntConsumer<Integer>> observer) {
    String where = "WebAssembly module '" + prefix + "'";
    if (module.size() > limits.moduleBytes()) {
      throw WasmProblems.refused(
          where,
          "it has %,d bytes, at most %,d are read".formatted(module.size(), limits.moduleBytes()));
    }
    WasmOutline.check(module, where);
    Callable<Instance> preparing =
        () -> instantiate(Parser.parse(module.toByteArray()), where, prefix, limits, observer);
    try {
      return new WasmSandbox(
          where, prefix, limits, Deadline.within(limits.preparing(), where, preparing));
    } catch (DiagnosticException e) {
      throw e;
    } catch (RuntimeException e) {
      // A parser of hostile bytes may fail in any way; whichever it is, this is no module.
      throw WasmProblems.refused(where, String.valueOf(e.getMessage()));
    }
  }

  private static Instance instantiate(
      WasmModule module,
      String where,
      String prefix,
      Limits limits,
      Optional<ObjIntConsumer<Integer>> observer) {
    int imports = module.importSection().importCount();
    if (imports > (observer.isPresent() ? 1 : 0)) {
      throw WasmProblems.refused(where, "it imports %d things".formatted(imports));
    }
    for (int i = 0; i < module.tableSection().tableCount(); i++) {
      if (module.tableSection().getTable(i).limits().min() > MOST_TABLE_ENTRIES) {
        throw WasmProblems.refused(where, "it has a table of too many entries");
      }
    }
    int pages = pages(module, where, limits);
    checkExport(module, where, "memory", ExternalType.MEMORY);
    for (String name : List.of("_arena", "_init", "_invoke")) {
      checkExport(module, where, prefix + name, ExternalType.FUNCTION);
    }
    Instance.Builder builder =
        Instance.builder(module)
            .withStart(false)
            .withMemoryFactory(ByteArrayMemory::new)
            .withMemoryLimits(new MemoryLimits(pages, limits.memoryBytes() / PAGE))
            .withMachineFactory(
                MachineFactoryCompiler.builder(module)
                    .withInterpreterFallback(InterpreterFallback.SILENT)
                    .compile());
    observer.ifPresent(
        o -> builder.withImportValues(ImportValues.builder().addFunction(observe(o)).build()));
    Instance instance = builder.build();
    checkType(instance, where, prefix + "_arena", 0);
    checkType(instance, where, prefix + "_init", 2);
    return instance;
  }

  private static int pages(WasmModule module, String where, Limits limits) {
    int memories = module.memorySection().map(section -> section.memoryCount()).orElse(0);
    if (memories != 1) {
      throw WasmProblems.refused(where, "it has %d memories instead of 1".formatted(memories));
    }
    MemoryLimits wanted = module.memorySection().orElseThrow().getMemory(0).limits();
    if (wanted.shared() || (long) wanted.initialPages() * PAGE > limits.memoryBytes()) {
      throw WasmProblems.refused(
          where,
          "it wants %,d bytes of memory, at most %,d are given"
              .formatted((long) wanted.initialPages() * PAGE, limits.memoryBytes()));
    }
    return wanted.initialPages();
  }

  private static void checkExport(WasmModule module, String where, String name, ExternalType type) {
    for (int i = 0; i < module.exportSection().exportCount(); i++) {
      Export export = module.exportSection().getExport(i);
      if (export.name().equals(name) && export.exportType() == type) {
        return;
      }
    }
    throw WasmProblems.refused(where, "it exports no '" + name + "'");
  }

  /// The function takes so many 32-bit integers and returns one.
  private static void checkType(Instance instance, String where, String name, int parameters) {
    FunctionType expected =
        FunctionType.of(Collections.nCopies(parameters, ValType.I32), List.of(ValType.I32));
    if (!instance.exportType(name).equals(expected)) {
      throw WasmProblems.refused(
          where, "'" + name + "' has type " + instance.exportType(name) + ", not " + expected);
    }
  }

  private static HostFunction observe(ObjIntConsumer<Integer> observer) {
    return new HostFunction(
        "mote",
        "observe",
        FunctionType.of(List.of(ValType.I32, ValType.I32), List.of()),
        (instance, arguments) -> {
          observer.accept((int) arguments[0], (int) arguments[1]);
          return null;
        });
  }

  /// Fills the arena with a pattern, and puts the model into its initial state.
  ///
  /// @param arenaBytes size of the arena
  public void start(int arenaBytes) {
    arena = call("_arena");
    memory(() -> instance.memory().fill((byte) 0xa5, arena, arena + arenaBytes));
    status("_init", arena, arenaBytes);
  }

  /// Writes into the arena.
  public void write(int offset, Blob bytes) {
    memory(() -> instance.memory().write(arena + offset, bytes.toByteArray()));
  }

  /// Reads from the arena.
  public Blob read(int offset, int size) {
    byte[][] result = new byte[1][];
    memory(() -> result[0] = instance.memory().readBytes(arena + offset, size));
    return Blob.of(result[0]);
  }

  /// One inference.
  public void invoke() {
    status("_invoke", arena);
  }

  /// One inference that calls the observer.
  void invokeTraced() {
    status("_invoke_traced", arena);
  }

  /// One inference of an input that is not in the arena.
  void invokeOn(Blob input, boolean traced) {
    int place = call("_streamed");
    memory(() -> instance.memory().write(place, input.toByteArray()));
    status(traced ? "_invoke_traced" : "_invoke", arena, place);
  }

  private void status(String name, int... arguments) {
    int status = call(name, arguments);
    if (status != 0) {
      throw WasmProblems.trapped(where, prefix + name + " returned status " + status);
    }
  }

  private int call(String name, int... arguments) {
    long[] words = new long[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = Integer.toUnsignedLong(arguments[i]);
    }
    try {
      long[] results =
          Deadline.within(
              limits.inference(), where, () -> instance.export(prefix + name).apply(words));
      if (results == null || results.length != 1) {
        throw WasmProblems.trapped(where, prefix + name + " returned nothing");
      }
      return (int) results[0];
    } catch (ChicoryException | IndexOutOfBoundsException | ArithmeticException e) {
      throw WasmProblems.trapped(where, String.valueOf(e.getMessage()));
    }
  }

  private void memory(Runnable access) {
    try {
      access.run();
    } catch (ChicoryException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw WasmProblems.trapped(where, "its arena is not in its memory");
    }
  }

  @Override
  public void close() {
    // The instance is memory of this process; nothing else is held.
  }
}
