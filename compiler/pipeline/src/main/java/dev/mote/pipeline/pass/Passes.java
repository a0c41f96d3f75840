package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import java.util.List;

/// The order in which passes run.
public final class Passes {

  private Passes() {}

  /// What every model goes through, read top to bottom.
  public static final List<Pass> STANDARD =
      List.of(
          new FoldConstants(),
          new CancelQuantization(),
          new DropNoOps(),
          new FoldPadding(),
          new FoldScaling(),
          new FuseActivations(),
          new SimplifyLayers(),
          new DropIdleChannels(),
          new DropDeadNodes(),
          new CopyBorders());

  /// What a float graph goes through before it is quantized. Some change the rounding of floats.
  public static final List<Pass> FLOAT =
      List.of(
          new FoldConstants(),
          new WidenWeights(),
          new DropNoOps(),
          new ComposeArithmetic(),
          new FoldPadding(),
          new FoldScaling(),
          new FuseActivations(),
          new DropDeadNodes());

  /// Applies `passes` in order.
  public static Graph run(List<Pass> passes, Graph graph) {
    Graph result = graph;
    for (Pass pass : passes) {
      result = pass.apply(result);
    }
    return result;
  }
}
