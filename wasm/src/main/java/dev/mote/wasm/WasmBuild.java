package dev.mote.wasm;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Command;
import dev.mote.emulator.CompilerVersion;
import dev.mote.emulator.RequiredTools;
import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Compiler.Optimize;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Makes a WebAssembly module of emitted C.
///
/// The module imports nothing. Its exports, with the model's symbol in front: `_arena`, the address
/// of an arena that it brings; the functions `_init` and `_invoke` of the header; and `memory`. The
/// model's inputs and outputs are in the arena, as in the header.
public final class WasmBuild {

  private static final List<String> SOURCES = List.of("math.h", "string.h", "math.c", "model.c");

  /// Room for the stack; below it nothing, so that an overflow is a trap.
  private static final int STACK_BYTES = 16 * 1024;

  private static final int NEWEST_CLANG = 22;
  private static final int OLDEST_CLANG = 14;

  private WasmBuild() {}

  /// The module of a model that was compiled for a target without instructions of its own.
  ///
  /// @throws dev.mote.ir.DiagnosticException MOTE-5042 when no clang makes WebAssembly
  public static Blob of(CompiledModel model, BuildCache cache) {
    return build(model, cache, false);
  }

  /// The same, with `_invoke_traced`, which calls the import `mote.observe` around each layer.
  static Blob traced(CompiledModel model, BuildCache cache) {
    return build(model, cache, true);
  }

  /// Bytes of linear memory that a module starts with: whole pages of 64 KiB, constants included.
  public static long memoryBytes(Blob module) {
    return WasmOutline.memoryBytes(module, "WebAssembly module");
  }

  /// Whether the tools are there.
  public static boolean isAvailable() {
    return tools().isPresent();
  }

  /// A compiler and the linker of its version.
  private record Tools(String clang, String linker) {}

  private static Optional<Tools> tools() {
    Stream<String> suffixes =
        Stream.concat(
            Stream.of(""),
            IntStream.iterate(NEWEST_CLANG, version -> version >= OLDEST_CLANG, v -> v - 1)
                .mapToObj(version -> "-" + version));
    return suffixes
        .flatMap(
            suffix ->
                RequiredTools.named("clang" + suffix)
                    .locate()
                    .flatMap(
                        clang ->
                            RequiredTools.named("wasm-ld" + suffix)
                                .locate()
                                .map(linker -> new Tools(clang.toString(), linker.toString())))
                    .stream())
        .findFirst();
  }

  private static Blob build(CompiledModel model, BuildCache cache, boolean traced) {
    Tools tools = tools().orElseThrow(WasmProblems::noCompiler);
    List<String> compile = compile(tools, model, traced);
    List<String> link = link(tools, model, traced);
    List<String> ingredients = new ArrayList<>(compile);
    ingredients.addAll(link);
    ingredients.addAll(
        List.of(CompilerVersion.of(tools.clang()), CompilerVersion.of(tools.linker())));
    SOURCES.forEach(name -> ingredients.add(text(name)));
    ingredients.addAll(List.of(model.header(), model.source()));
    Path entry =
        cache.entry(
            "wasm",
            ingredients,
            directory -> {
              for (String name : SOURCES) {
                Files.writeString(directory.resolve(name), text(name));
              }
              Files.writeString(directory.resolve(model.symbol() + ".h"), model.header());
              Files.writeString(directory.resolve("emitted.c"), model.source());
              run(model, compile, directory);
              run(model, link, directory);
            });
    try {
      return Blob.of(Files.readAllBytes(entry.resolve("model.wasm")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(CompiledModel model, List<String> command, Path directory) {
    Command.Outcome outcome = new Command(command, directory, Duration.ofMinutes(5)).run();
    if (!outcome.succeeded()) {
      throw WasmProblems.compileFailed(
          "model '" + model.symbol() + "' for WebAssembly", command, outcome.output());
    }
  }

  private static List<String> compile(Tools tools, CompiledModel model, boolean traced) {
    String macro = model.symbol().toUpperCase(Locale.ROOT);
    List<String> command =
        new ArrayList<>(
            List.of(
                tools.clang(),
                "--target=wasm32",
                "-mcpu=mvp",
                "-msign-ext",
                "-mbulk-memory",
                "-mmutable-globals",
                model.optimize() == Optimize.SIZE ? "-Os" : "-O2",
                "-std=c99",
                "-ffp-contract=off",
                "-ffunction-sections",
                "-fdata-sections",
                "-nostdlibinc",
                "-isystem",
                ".",
                "-DMOTE_HEADER=\"" + model.symbol() + ".h\"",
                "-DMOTE_NAME=" + model.symbol(),
                "-DMOTE_MACRO=" + macro));
    if (model.streamed().isPresent()) {
      command.add("-DMOTE_STREAMED_BYTES=" + Math.max(1, model.streamedBytes()));
    }
    if (traced) {
      command.addAll(List.of("-DMOTE_TRACED", "-D" + macro + "_OBSERVE"));
    }
    command.addAll(List.of("-c", "emitted.c", "model.c", "math.c"));
    return command;
  }

  private static List<String> link(Tools tools, CompiledModel model, boolean traced) {
    List<String> command =
        new ArrayList<>(
            List.of(
                tools.linker(),
                "--no-entry",
                "--gc-sections",
                "--stack-first",
                "-z",
                "stack-size=" + STACK_BYTES,
                "--strip-all"));
    List<String> exports = new ArrayList<>(List.of("_arena", "_init", "_invoke"));
    if (model.streamed().isPresent()) {
      exports.add("_streamed");
    }
    if (traced) {
      exports.add("_invoke_traced");
    }
    exports.forEach(name -> command.add("--export=" + model.symbol() + name));
    command.addAll(List.of("emitted.o", "model.o", "math.o", "-o", "model.wasm"));
    return command;
  }

  private static String text(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            WasmBuild.class.getResourceAsStream("/dev/mote/device/wasm32/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
