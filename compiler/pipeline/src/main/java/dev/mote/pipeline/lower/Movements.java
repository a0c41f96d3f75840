package dev.mote.pipeline.lower;

import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.pipeline.lower.KernelCall.Parameter;
import java.util.List;

/// Lowers operators that move data.
final class Movements {

  private Movements() {}

  static KernelCall reshape(Step step) {
    return KernelCall.of(
            "portable/copy_any",
            "mote_copy_any",
            List.of(new Parameter.Int("bytes", step.outputType().bytes())),
            new Argument.Input(0),
            new Argument.Output(0))
        .withOverlaps(new Overlap(0, 0));
  }
}
