package dev.mote.emulator;

import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A model linked with the harness into a program for a board.
///
/// @param file the ELF file
/// @param elf its sections and symbols
record BoardProgram(Path file, ElfFile elf) {

  /// Bytes of the stack on every board.
  static final int STACK_BYTES = 65536;

  private static final Duration COMPILE_LIMIT = Duration.ofMinutes(5);

  /// For the harness: small, and without calls into the C library that the compiler thinks of.
  private static final List<String> HARNESS_FLAGS =
      List.of(
          "-Os",
          "-std=gnu99",
          "-ffreestanding",
          "-fno-tree-loop-distribute-patterns",
          "-ffunction-sections",
          "-fdata-sections");

  /// What is linked.
  enum Variant {
    /// The model as an application has it.
    PLAIN,
    /// The model with the observer, which marks its layers.
    OBSERVED,
    /// A model that does nothing.
    EMPTY
  }

  /// Compiles and links.
  static BoardProgram build(CompiledModel model, Board board, Variant variant, BuildCache cache) {
    return linked(
        model,
        board,
        variant,
        Map.of(
            "binding.c",
            Binding.source(model, variant == Variant.OBSERVED),
            model.symbol() + ".h",
            model.header(),
            "model.c",
            variant == Variant.EMPTY ? Binding.emptyModel(model) : model.source()),
        Bytes.EMPTY,
        cache);
  }

  /// Links a native payload of `model`, which then lies `shift` bytes behind a page of flash.
  static BoardProgram ofPayload(
      CompiledModel model, NativePayload payload, int shift, Board board, BuildCache cache) {
    return linked(
        model,
        board,
        Variant.PLAIN,
        Map.of(
            "binding.c",
            Binding.ofPayload(model, payload, shift),
            "model.c",
            "typedef int mote_nothing_t;\n"),
        payload.contents(),
        cache);
  }

  /// @param own the sources that are not the harness's
  /// @param payload contents of `payload.bin`, which a source may include
  private static BoardProgram linked(
      CompiledModel model,
      Board board,
      Variant variant,
      Map<String, String> own,
      Bytes payload,
      BuildCache cache) {
    String compiler = RequiredTools.require(model.target().toolchain().compiler());
    String where = "model '%s' for %s".formatted(model.symbol(), model.target().name());
    Map<String, String> sources = new TreeMap<>(own);
    for (String name : List.of("harness.c", "harness.h", "semihosting.h", "startup.h")) {
      sources.put(name, Resources.text(name));
    }
    sources.put("startup.c", Resources.text(board.startup()));
    sources.put("board.ld", board.memory() + Resources.text("board.ld"));
    List<List<String>> commands = commands(compiler, model, board, variant);
    List<String> ingredients = new ArrayList<>(List.of(CompilerVersion.of(compiler)));
    sources.forEach((name, text) -> ingredients.addAll(List.of(name, text)));
    ingredients.add(payload.sha256().toHex());
    commands.forEach(ingredients::addAll);
    Path entry =
        cache.entry(
            "board",
            ingredients,
            directory -> {
              for (Map.Entry<String, String> source : sources.entrySet()) {
                Files.writeString(directory.resolve(source.getKey()), source.getValue());
              }
              Files.write(directory.resolve("payload.bin"), payload.toByteArray());
              for (List<String> command : commands) {
                compile(command, directory, where, board);
              }
            });
    Path file = entry.resolve("program.elf");
    return new BoardProgram(file, ElfFile.read(file));
  }

  private static List<List<String>> commands(
      String compiler, CompiledModel model, Board board, Variant variant) {
    List<String> processor = new ArrayList<>(model.target().toolchain().flags());
    processor.addAll(board.compilerFlags());
    List<String> harness = join(List.of(compiler), processor, HARNESS_FLAGS);
    List<String> modelFlags = Toolchains.modelFlags(model.target(), model.optimize());
    List<String> observer =
        variant == Variant.OBSERVED
            ? List.of("-D" + Binding.macroPrefix(model) + "_OBSERVE")
            : List.of();
    return List.of(
        join(harness, List.of("-c", "harness.c", "-o", "harness.o")),
        join(harness, List.of("-c", "startup.c", "-o", "startup.o")),
        join(harness, observer, List.of("-c", "binding.c", "-o", "binding.o")),
        join(
            List.of(compiler),
            modelFlags,
            board.compilerFlags(),
            observer,
            List.of("-c", "model.c", "-o", "model.o")),
        join(
            List.of(compiler),
            processor,
            List.of(
                "-nostartfiles",
                "-Wl,--gc-sections",
                "-Wl,--defsym=MOTE_STACK_BYTES=" + STACK_BYTES,
                "-T",
                "board.ld",
                "harness.o",
                "startup.o",
                "binding.o",
                "model.o",
                "-lm",
                "-o",
                "program.elf")));
  }

  private static void compile(List<String> command, Path directory, String where, Board board)
      throws IOException {
    Command.Outcome outcome = new Command(command, directory, COMPILE_LIMIT).run();
    if (outcome.timedOut()) {
      throw Problems.timedOut(where + ", C compiler", COMPILE_LIMIT.toSeconds());
    }
    if (!outcome.succeeded()) {
      throw outcome.output().contains("will not fit in region")
          ? Problems.boardTooSmall(where, board.name(), outcome.output())
          : Problems.compileFailed(where, command, outcome.output());
    }
  }

  @SafeVarargs
  private static List<String> join(List<String>... parts) {
    List<String> all = new ArrayList<>();
    for (List<String> part : parts) {
      all.addAll(part);
    }
    return List.copyOf(all);
  }

  /// The address of a symbol that the harness or the linker script defines; 0 when the linker left
  /// it out because nothing uses it.
  long address(String symbol) {
    ElfFile.Symbol found = elf.symbols().get(symbol);
    return found == null ? 0 : found.address();
  }

  /// Functions and objects that this program has beyond `empty`, and those whose names start with
  /// `prefix`; the largest first.
  List<ImageSymbol> symbolsBeyond(BoardProgram empty, String prefix) {
    return elf.symbols().entrySet().stream()
        .filter(entry -> entry.getValue().bytes() > 0)
        .filter(
            entry ->
                entry.getKey().startsWith(prefix)
                    || !empty.elf().symbols().containsKey(entry.getKey()))
        .map(
            entry ->
                new ImageSymbol(
                    entry.getKey(), entry.getValue().bytes(), entry.getValue().function()))
        .sorted(
            Comparator.comparingLong(ImageSymbol::bytes)
                .reversed()
                .thenComparing(ImageSymbol::name))
        .toList();
  }

  /// What this program's model takes, by the difference to `empty`.
  ImageSize sizeBeyond(BoardProgram empty, long weightBytes) {
    return new ImageSize(
        difference(empty, section -> section.executable()),
        difference(empty, s -> s.stored() && !s.executable() && !s.writable()),
        difference(empty, s -> s.stored() && s.writable()),
        difference(empty, s -> s.name().equals(".bss")),
        weightBytes);
  }

  private long difference(
      BoardProgram empty, java.util.function.Predicate<ElfFile.Section> sections) {
    return elf.bytes(sections) - empty.elf().bytes(sections);
  }
}
