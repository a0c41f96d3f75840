package dev.mote.emulator;

import dev.mote.ir.TensorType;
import dev.mote.module.NativeTable;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A compiled model as machine code that runs wherever it lies in flash: the payload of kind 1 of
/// an inference module.
///
/// It is linked with all that it calls, has no variables but those in the arena, and starts with
/// the table of its entries. The same model and the same compiler give the same bytes.
///
/// @param contents the payload
/// @param table its first bytes, read
/// @param architecture whose code it is: `armv6-m`, `armv7-m`, `armv7e-m`, `armv8-m.main`,
///     `armv8.1-m.main`, `rv32imc`
/// @param features extensions that its instructions need, in alphabetical order
/// @param codeBytes what of it is code and tables, not the model's constants
public record NativePayload(
    Bytes contents, NativeTable table, String architecture, List<String> features, long codeBytes) {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /// Where it is linked: see `native.ld`.
  private static final long BASE = 0x1000_0000L;

  private static final Pattern UNDEFINED = Pattern.compile("undefined reference to `([^']+)'");

  /// Code that runs anywhere, of the model and of what it is linked with.
  private static final List<String> ANYWHERE =
      List.of("-fpie", "-fvisibility=hidden", "-fno-asynchronous-unwind-tables");

  public NativePayload {
    features = List.copyOf(features);
  }

  /// Compiles and links `model` for its target.
  ///
  /// @throws dev.mote.ir.DiagnosticException MOTE-5012 when no such code can be made of it
  public static NativePayload build(CompiledModel model, BuildCache cache) {
    String where = "model '%s' for %s".formatted(model.symbol(), model.target().name());
    String architecture =
        architecture(model.target())
            .orElseThrow(
                () -> Problems.noPayload(where, "no native code is defined for this target"));
    if (model.hasTwoMemories()) {
      throw Problems.noPayload(where, "its arena lies in two memories");
    }
    Path folder = link(model, where, cache);
    LinkedImage image = LinkedImage.read(folder.resolve("payload.elf"), BASE);
    if (!image.problems().isEmpty()) {
      throw Problems.noPayload(where, String.join("; ", image.problems()));
    }
    NativeTable table = table(model, image, ElfFile.read(folder.resolve("payload.elf")));
    byte[] bytes = image.bytes();
    byte[] head = table.write().toByteArray();
    System.arraycopy(head, 0, bytes, 0, head.length);
    return new NativePayload(
        Bytes.of(bytes),
        table,
        architecture,
        features(model.target(), folder.resolve("payload.elf")),
        bytes.length - model.weightBytes());
  }

  private static Path link(CompiledModel model, String where, BuildCache cache) {
    String compiler = RequiredTools.require(model.target().toolchain().compiler());
    String symbol = model.symbol();
    Map<String, String> sources =
        Map.of(
            "model.c",
            model.source(),
            symbol + ".h",
            model.header(),
            "native.h",
            Resources.text("native.h"),
            "native_math.h",
            Resources.text("native_math.h"),
            "native_math.c",
            Resources.text("native_math.c"),
            "native_functions.c",
            Resources.text("native_functions.c"),
            "native.ld",
            "MOTE_IMAGE = 0x%x;\nMOTE_TABLE_BYTES = %d;\n"
                    .formatted(
                        BASE, NativeTable.bytes(model.inputs().size() + model.outputs().size()))
                + Resources.text("native.ld"));
    List<String> code = new ArrayList<>(List.of(compiler));
    code.addAll(Toolchains.modelFlags(model.target(), model.optimize()));
    code.addAll(Toolchains.libraryFlags(model.target()));
    code.addAll(ANYWHERE);
    List<String> math = new ArrayList<>(code);
    code.addAll(List.of("-include", "native.h", "-c", "model.c", "-o", "model.o"));
    math.addAll(List.of("-fno-builtin", "-c", "native_math.c", "native_functions.c"));
    List<String> link = new ArrayList<>(List.of(compiler));
    link.addAll(model.target().toolchain().flags());
    link.addAll(Toolchains.libraryFlags(model.target()));
    link.addAll(List.of("-nostdlib", "-static", "-no-pie", "-T", "native.ld"));
    link.addAll(List.of("-Wl,--gc-sections", "-Wl,--emit-relocs", "-Wl,--build-id=none"));
    functions(model).forEach(name -> link.add("-Wl,-u," + name));
    link.addAll(
        List.of(
            "model.o", "native_math.o", "native_functions.o", "-lc", "-lgcc", "-o", "payload.elf"));
    List<String> ingredients = new ArrayList<>(List.of(CompilerVersion.of(compiler)));
    sources.keySet().stream()
        .sorted()
        .forEach(name -> ingredients.addAll(List.of(name, sources.get(name))));
    List<List<String>> commands = List.of(code, math, link);
    commands.forEach(ingredients::addAll);
    return cache.entry(
        "native",
        ingredients,
        directory -> {
          for (Map.Entry<String, String> source : sources.entrySet()) {
            Files.writeString(directory.resolve(source.getKey()), source.getValue());
          }
          for (List<String> command : commands) {
            Command.Outcome outcome = new Command(command, directory, LIMIT).run();
            if (!outcome.succeeded()) {
              throw refusal(where, command, outcome);
            }
          }
        });
  }

  private static RuntimeException refusal(
      String where, List<String> command, Command.Outcome outcome) {
    String missing =
        UNDEFINED
            .matcher(outcome.output())
            .results()
            .map(match -> match.group(1))
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return missing.isEmpty()
        ? Problems.compileFailed(where, command, outcome.output())
        : Problems.noPayload(where, "nothing defines " + missing);
  }

  /// The functions that a payload has for its users.
  static List<String> functions(CompiledModel model) {
    String symbol = model.symbol();
    return model.streamed().isEmpty()
        ? List.of(symbol + "_init", symbol + "_invoke")
        : List.of(symbol + "_init", symbol + "_invoke", symbol + "_begin", symbol + "_push_row");
  }

  private static NativeTable table(CompiledModel model, LinkedImage image, ElfFile elf) {
    String symbol = model.symbol();
    Optional<NativeTable.Streamed> streamed =
        model
            .streamed()
            .map(
                name -> {
                  int input =
                      model.inputs().stream()
                          .map(CompiledModel.Port::tensor)
                          .toList()
                          .indexOf(name);
                  TensorType type = model.inputs().get(input).type();
                  int rows = type.shape().dim(1);
                  return new NativeTable.Streamed(
                      entry(model, elf, symbol + "_begin"),
                      entry(model, elf, symbol + "_push_row"),
                      input,
                      rows,
                      Math.toIntExact(type.bytes() / rows));
                });
    return new NativeTable(
        image.bytes().length,
        Math.max(4, image.alignment()),
        model.arenaBytes(),
        model.arenaAlignment(),
        entry(model, elf, symbol + "_init"),
        entry(model, elf, symbol + "_invoke"),
        streamed,
        model.inputs().stream()
            .map(port -> (long) (port.offset() < 0 ? model.arenaBytes() : port.offset()))
            .toList(),
        model.outputs().stream().map(port -> (long) port.offset()).toList());
  }

  /// The offset of a function, with the bit that says that its code is Thumb code.
  private static int entry(CompiledModel model, ElfFile elf, String function) {
    ElfFile.Symbol symbol = elf.symbols().get(function);
    if (symbol == null) {
      throw Problems.broken("model '" + model.symbol() + "'", "its code has no " + function);
    }
    boolean thumb = model.target().instructionSet() != Target.InstructionSet.RV32IMC;
    return Math.toIntExact(symbol.address() - BASE) | (thumb ? 1 : 0);
  }

  private static Optional<String> architecture(Target target) {
    return switch (target.instructionSet()) {
      case HOST, WASM32 -> Optional.empty();
      case ARMV6M -> Optional.of("armv6-m");
      case ARMV7M -> Optional.of("armv7-m");
      case ARMV7EM ->
          Optional.of(
              target.toolchain().flags().contains("-mcpu=cortex-m33")
                  ? "armv8-m.main"
                  : "armv7e-m");
      case ARMV81M_MVE -> Optional.of("armv8.1-m.main");
      case RV32IMC -> Optional.of("rv32imc");
    };
  }

  /// The extensions by name, and a floating-point unit where an instruction of it was generated:
  /// the compiler was allowed to, but code for integers needs none.
  private static List<String> features(Target target, Path program) {
    List<String> features = new ArrayList<>();
    boolean vectors = target.instructionSet() == Target.InstructionSet.ARMV81M_MVE;
    switch (target.instructionSet()) {
      case HOST, WASM32, ARMV6M, ARMV7M, RV32IMC -> {}
      case ARMV7EM -> features.add("dsp");
      case ARMV81M_MVE -> features.addAll(List.of("dsp", "mve"));
    }
    if (target.toolchain().flags().contains("-mfloat-abi=hard")) {
      String code = disassemble(target, program);
      if (code.contains(".f64")) {
        features.add("fpu-dp");
      } else if (vectors
          ? code.contains(".f32")
          : Pattern.compile("\\tv[a-z]+").matcher(code).find()) {
        features.add("fpu-sp");
      }
    }
    return features.stream().sorted().toList();
  }

  private static String disassemble(Target target, Path program) {
    Command.Outcome outcome =
        new Command(
                List.of(
                    RequiredTools.require(RequiredTools.objdump(target)),
                    "-d",
                    "--no-show-raw-insn",
                    program.toString()),
                Path.of(System.getProperty("java.io.tmpdir")),
                LIMIT)
            .run();
    if (!outcome.succeeded()) {
      throw Problems.broken(program.toString(), outcome.output().strip());
    }
    return outcome.output();
  }
}
