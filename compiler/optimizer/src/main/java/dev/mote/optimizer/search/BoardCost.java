package dev.mote.optimizer.search;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.optimizer.data.Encoding;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;
import java.util.List;
import java.util.stream.IntStream;

/// What a model takes on the emulated board of its target.
final class BoardCost {

  private BoardCost() {}

  /// The measured cost; `estimate` where the target has no board, or the tools for it are missing.
  ///
  /// @param reals an input of float32
  static Cost of(CompiledModel model, List<Blob> reals, Cost estimate) {
    Target target = model.target();
    if (target.instructionSet() == Target.InstructionSet.HOST || target.board().isEmpty()) {
      return estimate;
    }
    List<Blob> inputs =
        IntStream.range(0, reals.size())
            .mapToObj(k -> Encoding.ofFloats(reals.get(k), model.inputs().get(k).type()))
            .toList();
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      Measurement measured = board.measure(inputs, RunOptions.standard());
      return new Cost(
          estimate.build(),
          measured.imageSize().flashBytes(),
          model.arenaBytes(),
          measured.cycles().total(),
          estimate.clockHz(),
          true,
          measured.instructions());
    } catch (DiagnosticException e) {
      // Without its tools the board cannot be asked; everything else is a defect.
      if (e.diagnostics().stream().allMatch(d -> d.kind() == Diagnostic.Kind.RESOURCE)) {
        return estimate;
      }
      throw e;
    }
  }
}
