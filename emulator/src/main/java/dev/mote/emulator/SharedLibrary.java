package dev.mote.emulator;

import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A compiled model as an ELF shared library: the payload of kind 5 of an inference module.
///
/// It exports the functions of the model's header alone, and runs on any processor of the
/// architecture of this machine. The same model and the same compiler give the same bytes.
///
/// @param contents the library
/// @param architecture whose code it is: `x86-64` or what Java calls that of this machine
public record SharedLibrary(Bytes contents, String architecture) {

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String EXPORTS = "exports.map";

  /// Compiles and links `model`, which was compiled for the target `host`.
  ///
  /// @throws dev.mote.ir.DiagnosticException MOTE-5012 when it was compiled for another target
  public static SharedLibrary build(CompiledModel model, BuildCache cache) {
    String where = "model '%s' for %s".formatted(model.symbol(), model.target().name());
    if (model.target().instructionSet() != Target.InstructionSet.HOST || model.hasTwoMemories()) {
      throw Problems.noPayload(
          where, "shared libraries are made for the target 'host', with one memory");
    }
    String compiler = RequiredTools.require(Toolchains.HOST_COMPILER);
    String architecture = architectureOfThisMachine();
    String functions = String.join("; ", NativePayload.functions(model));
    String exports = "{ global: %s; local: *; };\n".formatted(functions);
    List<String> command = new ArrayList<>(List.of(compiler, "-O3", "-std=c99"));
    if (architecture.equals("x86-64")) {
      command.add("-march=x86-64");
    }
    command.addAll(List.of("-shared", "-fPIC", "-s", "-Wl,--build-id=none", "-Wl,--as-needed"));
    command.addAll(List.of("-Wl,--no-undefined", "-Wl,--version-script=" + EXPORTS));
    command.addAll(List.of("model.c", "-lm", "-o", "model.so"));
    List<String> ingredients = new ArrayList<>(command);
    ingredients.addAll(
        List.of(
            CompilerVersion.of(compiler), exports, model.symbol(), model.header(), model.source()));
    Path entry =
        cache.entry(
            "library",
            ingredients,
            directory -> {
              Files.writeString(directory.resolve(model.symbol() + ".h"), model.header());
              Files.writeString(directory.resolve("model.c"), model.source());
              Files.writeString(directory.resolve(EXPORTS), exports);
              Command.Outcome outcome = new Command(command, directory, LIMIT).run();
              if (!outcome.succeeded()) {
                throw Problems.compileFailed(where, command, outcome.output());
              }
            });
    try {
      return new SharedLibrary(
          Bytes.of(Files.readAllBytes(entry.resolve("model.so"))), architecture);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String architectureOfThisMachine() {
    String name = System.getProperty("os.arch", "unknown");
    return name.equals("amd64") ? "x86-64" : name;
  }
}
