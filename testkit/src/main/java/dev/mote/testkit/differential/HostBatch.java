package dev.mote.testkit.differential;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Many models compiled to C for the host and built by one run of the C compiler.
///
/// All models share one translation unit, since most of the C compiler's time would otherwise go
/// into starting it and reading system headers; kernels get a prefix per model so that they do not
/// clash.
public final class HostBatch {

  /// The emitted C does not build.
  public static final class BuildException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BuildException(String message) {
      super(message);
    }
  }

  private static final List<String> FLAGS =
      List.of(
          "-std=c99",
          "-Wall",
          "-Wextra",
          "-Wconversion",
          "-Wpedantic",
          "-Werror",
          "-fPIC",
          "-shared");

  private static final Pattern KERNEL_NAME = Pattern.compile("\\b(mote|MOTE)_");

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle INIT =
      LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle INVOKE =
      LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS));
  private static final MethodHandle INVOKE_ON =
      LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

  private final Target target;
  private final Settings settings;
  private final boolean quick;
  private final List<CompiledModel> models = new ArrayList<>();

  /// An empty batch for the host.
  public HostBatch() {
    this(Targets.find("host"), Compiler.Optimize.BALANCED);
  }

  /// An empty batch; the C for `target` must be such that the host can run it.
  public HostBatch(Target target, Compiler.Optimize optimize) {
    this(target, Settings.preferring(optimize));
  }

  /// An empty batch of models that are compiled in one particular way.
  public HostBatch(Target target, Settings settings) {
    this(target, settings, false);
  }

  /// The same; `quick` spends the C compiler's time on more models instead of faster code.
  public HostBatch(Target target, Settings settings, boolean quick) {
    this.target = target;
    this.settings = settings;
    this.quick = quick;
  }

  /// Compiles `graph` as the next model.
  ///
  /// @return why it was refused, and has no number then; empty when it was compiled
  public Optional<String> add(Graph graph) {
    String symbol = "m" + models.size();
    try {
      return switch (MoteCompiler.compile(graph, target, settings, symbol)) {
        case MoteCompiler.Outcome.Compiled(CompiledModel model) -> {
          models.add(model);
          yield Optional.empty();
        }
        case MoteCompiler.Outcome.Refused(var problems) ->
            Optional.of("the compiler refuses: " + problems);
      };
    } catch (RuntimeException e) {
      StackTraceElement[] frames = e.getStackTrace();
      return Optional.of(
          "the compiler throws: " + e + (frames.length == 0 ? "" : " at " + frames[0]));
    }
  }

  /// The models so far; their index is their number.
  public List<CompiledModel> models() {
    return List.copyOf(models);
  }

  /// Builds all models with the C compiler.
  ///
  /// @throws BuildException when it reports anything
  public Library build() {
    try {
      Path folder = Files.createTempDirectory("mote-batch");
      try {
        Path source = folder.resolve("batch.c");
        Path library = folder.resolve("batch.so");
        Files.writeString(source, unit());
        List<String> command = new ArrayList<>(List.of("gcc", quick ? "-O0" : "-O1"));
        command.addAll(FLAGS);
        if (quick) {
          // Without optimisation GCC warns of paths that literals rule out.
          command.add("-w");
        }
        command.addAll(List.of("-o", library.toString(), source.toString(), "-lm"));
        Path log = folder.resolve("log");
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int status = process.waitFor();
        String output = Files.readString(log, StandardCharsets.UTF_8);
        if (status != 0 || !output.isEmpty()) {
          throw new BuildException(
              "gcc reports:\n    "
                  + output
                      .lines()
                      .limit(20)
                      .collect(java.util.stream.Collectors.joining("\n    ")));
        }
        return new Library(library, List.copyOf(models));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while compiling", e);
    }
  }

  private String unit() {
    StringBuilder unit = new StringBuilder("typedef int batch_t;\n");
    for (CompiledModel model : models) {
      String source =
          model.source().replace("#include \"" + model.symbol() + ".h\"", model.header());
      unit.append(KERNEL_NAME.matcher(source).replaceAll(model.symbol() + "_$1_"));
    }
    return unit.toString();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// The built models, loaded.
  public static final class Library implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final SymbolLookup lookup;
    private final List<CompiledModel> models;

    private Library(Path file, List<CompiledModel> models) {
      this.lookup = SymbolLookup.libraryLookup(file, arena);
      this.models = models;
    }

    /// Model `number` with an arena of its own and its state cleared.
    public Session start(int number) {
      return new Session(models.get(number), lookup);
    }

    @Override
    public void close() {
      arena.close();
    }
  }

  /// One model with its arena. Not safe for use by several threads at once.
  public static final class Session {

    private final CompiledModel model;
    private final MemorySegment invoke;
    private final MemorySegment memory;

    /// The input that is not in the arena.
    private final MemorySegment streamed;

    private Session(CompiledModel model, SymbolLookup lookup) {
      this.model = model;
      this.invoke = lookup.findOrThrow(model.symbol() + "_invoke");
      this.memory = Arena.ofAuto().allocate(model.arenaBytes(), model.arenaAlignment());
      this.streamed = Arena.ofAuto().allocate(Math.max(1, model.streamedBytes()), 8);
      // Whatever a kernel reads before it was written must not look like zeros.
      memory.fill((byte) 0xA5);
      MemorySegment init = lookup.findOrThrow(model.symbol() + "_init");
      try {
        check((int) INIT.invokeExact(init, memory, memory.byteSize()));
      } catch (Throwable e) {
        throw rethrow(e);
      }
    }

    /// Runs once; inputs and outputs are dense little-endian bytes in the model's order.
    public List<byte[]> run(List<byte[]> inputs) {
      for (int i = 0; i < inputs.size(); i++) {
        byte[] bytes = inputs.get(i);
        CompiledModel.Port port = model.inputs().get(i);
        boolean outside = model.streamed().equals(Optional.of(port.tensor()));
        MemorySegment.copy(
            bytes,
            0,
            outside ? streamed : memory,
            JAVA_BYTE,
            outside ? 0 : port.offset(),
            bytes.length);
      }
      try {
        check(
            model.streamed().isEmpty()
                ? (int) INVOKE.invokeExact(invoke, memory)
                : (int) INVOKE_ON.invokeExact(invoke, memory, streamed));
      } catch (Throwable e) {
        throw rethrow(e);
      }
      return model.outputs().stream()
          .map(port -> memory.asSlice(port.offset(), port.type().bytes()).toArray(JAVA_BYTE))
          .toList();
    }

    private void check(int status) {
      if (status != 0) {
        throw new IllegalStateException(model.symbol() + " returns status " + status);
      }
    }

    private static RuntimeException rethrow(Throwable thrown) {
      return switch (thrown) {
        case RuntimeException e -> e;
        case Error e -> throw e;
        default -> new IllegalStateException(thrown);
      };
    }
  }
}
