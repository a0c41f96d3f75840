package dev.mote.builder;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Inference;
import dev.mote.emulator.NativePayload;
import dev.mote.emulator.RunOptions;
import dev.mote.emulator.SharedLibrary;
import dev.mote.ir.Blob;
import dev.mote.module.NativeTable;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import java.util.List;
import java.util.Optional;

/// A payload of compiled code, and its contents.
record CodePayload(Payload payload, Bytes contents) {

  /// Machine code that runs where it lies.
  ///
  /// @param inputs what it is run with on the emulated board, to state instructions and stack;
  /// empty
  ///     when it is not run
  static CodePayload nativeCode(CompiledModel model, Optional<List<Blob>> inputs) {
    NativePayload code = NativePayload.build(model, BuildCache.standard());
    long row = code.table().streamed().map(NativeTable.Streamed::rowBytes).orElse(0);
    Payload payload =
        Payload.of(
                Payload.Kind.NATIVE,
                code.contents(),
                new Payload.Requirements(
                    code.architecture(),
                    code.features(),
                    Optional.empty(),
                    model.arenaBytes() + row,
                    code.contents().size(),
                    0))
            .withEntry(model.symbol())
            .withMemory(memory(model));
    return new CodePayload(
        inputs.map(set -> payload.withMeasured(measured(model, code, set))).orElse(payload),
        code.contents());
  }

  private static Payload.Measured measured(
      CompiledModel model, NativePayload code, List<Blob> inputs) {
    try (BoardRunner board = BoardRunner.ofPayload(model, code, 0, BuildCache.standard())) {
      Inference run = board.run(List.of(inputs), RunOptions.standard()).getFirst();
      return new Payload.Measured(
          model.target().name() + " emulated",
          Optional.of(run.instructions().orElseThrow()),
          Optional.of(code.codeBytes()),
          Optional.of(run.stackBytes().orElseThrow()),
          Optional.of(model.macs()));
    }
  }

  /// A library for the operating system of this machine.
  static CodePayload sharedLibrary(CompiledModel model) {
    SharedLibrary library = SharedLibrary.build(model, BuildCache.standard());
    return new CodePayload(
        Payload.of(
                Payload.Kind.SHARED_LIBRARY,
                library.contents(),
                new Payload.Requirements(
                    library.architecture(),
                    List.of(),
                    Optional.of("sysv"),
                    model.arenaBytes() + model.streamedBytes(),
                    library.contents().size(),
                    0))
            .withEntry(model.symbol())
            .withMemory(memory(model)),
        library.contents());
  }

  /// Where everything lies in the arena; an input that is handed in by rows lies behind it.
  static Payload.MemoryPlan memory(CompiledModel model) {
    return new Payload.MemoryPlan(
        model.arenaBytes(),
        model.arenaAlignment(),
        model.inputs().stream()
            .map(port -> port.offset() < 0 ? model.arenaBytes() : port.offset())
            .toList(),
        model.outputs().stream().map(CompiledModel.Port::offset).toList(),
        model.weightBytes(),
        model.tableBytes());
  }
}
