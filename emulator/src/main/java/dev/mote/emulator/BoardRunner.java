package dev.mote.emulator;

import dev.mote.emulator.BoardProgram.Variant;
import dev.mote.emulator.cycle.CycleEstimate;
import dev.mote.emulator.cycle.CycleModel;
import dev.mote.emulator.cycle.ExecutedBlock;
import dev.mote.emulator.cycle.Opcode;
import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Runs a model on the emulated board of its target, and measures it there.
///
/// Every method may be called from several threads; each call is a process of its own.
public final class BoardRunner implements ModelRunner {

  /// Inputs of one QEMU run: a longer batch is run in parts, unless the state must be kept.
  private static final long MAX_INPUT_BYTES = 64 << 20;

  private final CompiledModel model;
  private final Board board;
  private final BuildCache cache;
  private final String where;
  private final Map<Variant, BoardProgram> programs = new EnumMap<>(Variant.class);

  /// Builds what is run.
  private final Function<Variant, BoardProgram> build;

  private BoardRunner(
      CompiledModel model, Board board, Function<Variant, BoardProgram> build, BuildCache cache) {
    this.model = model;
    this.build = build;
    this.board = board;
    this.cache = cache;
    this.where = "model '%s' on %s".formatted(model.symbol(), board.name());
  }

  /// Compiles `model` for its target's board.
  public static BoardRunner open(CompiledModel model, BuildCache cache) {
    BoardRunner runner = ofLayers(model, cache);
    runner.program(Variant.PLAIN);
    return runner;
  }

  /// A runner that compiles nothing before it is needed, for those who ask for layers alone.
  public static BoardRunner ofLayers(CompiledModel model, BuildCache cache) {
    Board board = board(model);
    return new BoardRunner(
        model, board, variant -> BoardProgram.build(model, board, variant, cache), cache);
  }

  /// A runner of a native payload that was built from `model`; it runs, and measures nothing but
  /// the instructions and the stack of a run.
  ///
  /// @param shift where the payload lies, in bytes behind a page of 4 KiB; a multiple of its
  ///     alignment
  public static BoardRunner ofPayload(
      CompiledModel model, NativePayload payload, int shift, BuildCache cache) {
    Board board = board(model);
    return new BoardRunner(
        model,
        board,
        variant -> {
          if (variant != Variant.PLAIN) {
            throw new IllegalArgumentException("a native payload has no layers to observe");
          }
          return BoardProgram.ofPayload(model, payload, shift, board, cache);
        },
        cache);
  }

  private static Board board(CompiledModel model) {
    Board board =
        model
            .target()
            .board()
            .flatMap(Board::find)
            .orElseThrow(() -> Problems.noBoard(model.target().name()));
    RequiredTools.require(board.emulator());
    return board;
  }

  @Override
  public List<Inference> run(List<List<Blob>> inputSets, RunOptions options) {
    ModelRunner.checkInputs(model, inputSets);
    Variant variant = options.layerOutputs() ? Variant.OBSERVED : Variant.PLAIN;
    List<Inference> inferences = new ArrayList<>();
    for (List<List<Blob>> part : parts(inputSets, options)) {
      Session session = emulate(variant, part, options, false);
      for (int i = 0; i < part.size(); i++) {
        inferences.add(session.reports().get(i).inference(session.counts().runs().get(i), options));
      }
    }
    return List.copyOf(inferences);
  }

  /// Measures one inference.
  public Measurement measure(List<Blob> inputs, RunOptions options) {
    ModelRunner.checkInputs(model, List.of(inputs));
    RunOptions plain = options.withLayerOutputs(false);
    Session total = emulate(Variant.PLAIN, List.of(inputs), plain, true);
    Session observed = emulate(Variant.OBSERVED, List.of(inputs), plain, true);
    List<Long> layers = observed.counts().layers();
    if (layers.size() != model.layers().size()) {
      throw Problems.broken(
          where,
          "%d layers were seen to run, the model has %d"
              .formatted(layers.size(), model.layers().size()));
    }
    CycleModel cycles = CycleModel.of(model.target());
    Disassembly plainCode = Disassembly.of(model.target(), program(Variant.PLAIN).file());
    return new Measurement(
        total.counts().runs().getFirst(),
        layers,
        cycles.estimate(plainCode.executed(total.counts().blocks()), plainCode.program()),
        layerCycles(cycles, observed.counts()),
        total.reports().getFirst().stackBytes(),
        imageSize(),
        plainCode.profile(total.counts().blocks()));
  }

  /// Estimated cycles of each layer in one inference, by the build with the observer alone.
  public List<CycleEstimate> layerCycles(List<Blob> inputs, RunOptions options) {
    ModelRunner.checkInputs(model, List.of(inputs));
    Session observed =
        emulate(Variant.OBSERVED, List.of(inputs), options.withLayerOutputs(false), true);
    return layerCycles(CycleModel.of(model.target()), observed.counts());
  }

  /// Functions of the build with the observer → bytes of their code.
  public Map<String, Long> layerFunctions() {
    return program(Variant.OBSERVED).elf().symbols().entrySet().stream()
        .filter(entry -> entry.getValue().function())
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().bytes()));
  }

  private List<CycleEstimate> layerCycles(CycleModel cycles, InstructionCounter.Counts counts) {
    Disassembly code = Disassembly.of(model.target(), program(Variant.OBSERVED).file());
    Map<Integer, List<ExecutedBlock>> byLayer =
        code.executed(counts.blocks()).stream()
            .collect(Collectors.groupingBy(ExecutedBlock::layer));
    Map<Long, Opcode> program = code.program();
    return IntStream.range(0, counts.layers().size())
        .mapToObj(layer -> cycles.estimate(byLayer.getOrDefault(layer, List.of()), program))
        .toList();
  }

  /// What the model takes of the flash.
  public ImageSize imageSize() {
    return program(Variant.PLAIN).sizeBeyond(program(Variant.EMPTY), model.weightBytes());
  }

  /// Every function and object that the model brings into the program, the largest first: what
  /// [#imageSize] is made of, but for alignment.
  public List<ImageSymbol> imageSymbols() {
    return program(Variant.PLAIN).symbolsBeyond(program(Variant.EMPTY), model.symbol() + "_");
  }

  /// The linked program, an ELF file, for debuggers and disassemblers.
  public Path programFile() {
    return program(Variant.PLAIN).file();
  }

  @Override
  public void close() {
    // What was built stays in the cache, and every run cleans up after itself.
  }

  /// What one run of QEMU gave.
  private record Session(List<Batch.Report> reports, InstructionCounter.Counts counts) {}

  private Session emulate(
      Variant variant, List<List<Blob>> inputSets, RunOptions options, boolean loads) {
    BoardProgram program = program(variant);
    try {
      Path directory = cache.scratch();
      try {
        Files.write(directory.resolve(Batch.INPUT), Batch.encode(inputSets, options));
        Command.Outcome outcome =
            new Command(command(program, options, loads), directory, options.timeLimit()).run();
        checkOutcome(outcome, program, directory, options);
        List<Batch.Report> reports =
            Batch.decode(
                model,
                Files.readAllBytes(directory.resolve(Batch.OUTPUT)),
                inputSets.size(),
                options,
                where);
        reports.forEach(this::checkReport);
        InstructionCounter.Counts counts = InstructionCounter.read(directory);
        if (counts.runs().size() != inputSets.size()) {
          throw Problems.broken(where, "the instruction counter missed an inference");
        }
        return new Session(reports, counts);
      } finally {
        BuildCache.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(BoardProgram program, RunOptions options, boolean loads) {
    List<String> command = new ArrayList<>();
    command.add(RequiredTools.require(board.emulator()));
    command.addAll(board.machine());
    command.addAll(
        List.of(
            "-display",
            "none",
            "-monitor",
            "none",
            "-serial",
            "none",
            "-semihosting-config",
            "enable=on,target=native",
            "-kernel",
            program.file().toString(),
            "-plugin",
            InstructionCounter.argument(program, options.instructionBudget(), loads, cache)));
    return command;
  }

  private void checkOutcome(
      Command.Outcome outcome, BoardProgram program, Path directory, RunOptions options)
      throws IOException {
    if (outcome.timedOut()) {
      throw Problems.timedOut(where, options.timeLimit().toSeconds());
    }
    if (outcome.status() == InstructionCounter.EXHAUSTED) {
      throw Problems.budgetExhausted(where, options.instructionBudget());
    }
    Path fault = directory.resolve(Batch.FAULT);
    if (Files.exists(fault)) {
      throw Problems.fault(
          where, describe(Batch.decodeFault(Files.readAllBytes(fault), where), program.elf()));
    }
    if (outcome.status() != 0) {
      throw Problems.broken(
          where,
          "%s ended with status %d\n%s"
              .formatted(board.emulator(), outcome.status(), outcome.output().strip()));
    }
  }

  private static String describe(Batch.Fault fault, ElfFile elf) {
    if (fault.programCounter() == 0) {
      return "the processor faulted with its stack outside of the memory (cause 0x%08x)"
          .formatted(fault.cause());
    }
    return "the processor faulted at 0x%08x (%s), called from 0x%08x (%s); cause 0x%08x, address 0x%08x"
        .formatted(
            fault.programCounter(),
            elf.functionAt(fault.programCounter()).orElse("no function"),
            fault.returnAddress(),
            elf.functionAt(fault.returnAddress()).orElse("no function"),
            fault.cause(),
            fault.address());
  }

  private void checkReport(Batch.Report report) {
    if (report.initStatus() != 0) {
      throw Problems.refused(where, model.symbol() + "_init", report.initStatus());
    }
    if (report.status() != 0) {
      throw Problems.refused(where, model.symbol() + "_invoke", report.status());
    }
    if (report.overrunBytes() != 0) {
      throw Problems.fault(
          where, "it wrote behind its arena: %d bytes changed".formatted(report.overrunBytes()));
    }
    if (report.stackBytes() >= BoardProgram.STACK_BYTES - 1024) {
      throw Problems.stackOverflow(where, BoardProgram.STACK_BYTES);
    }
  }

  private synchronized BoardProgram program(Variant variant) {
    return programs.computeIfAbsent(variant, build);
  }

  private List<List<List<Blob>>> parts(List<List<Blob>> inputSets, RunOptions options) {
    if (inputSets.isEmpty()) {
      return List.of();
    }
    if (options.keepState()) {
      return List.of(inputSets);
    }
    long setBytes = 1 + model.inputs().stream().mapToLong(port -> port.type().bytes()).sum();
    int size = Math.toIntExact(Math.clamp(MAX_INPUT_BYTES / setBytes, 1, 1 << 20));
    return IntStream.range(0, Math.ceilDiv(inputSets.size(), size))
        .mapToObj(
            part -> inputSets.subList(part * size, Math.min((part + 1) * size, inputSets.size())))
        .toList();
  }
}
