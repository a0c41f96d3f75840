package dev.mote.pipeline;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCost;
import dev.mote.pipeline.lower.Step;
import dev.mote.pipeline.plan.LoweredStep;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Target;

/// What the steps of a model cost by the cost tables.
final class StepCost {

  private StepCost() {}

  /// Estimated cycles of a step, memories without wait states; 0 where there is no table.
  static long cycles(Graph graph, LoweredStep step, Target target) {
    return switch (step) {
      case LoweredStep.Layer(Node node, KernelCall call) -> of(graph, node, call, target).cycles();
      case LoweredStep.Rows(var cascade) ->
          cascade.stages().stream()
              .mapToLong(
                  stage -> of(graph, stage.node(), stage.call(), target).cyclesOfRows(stage.runs()))
              .sum();
    };
  }

  private static KernelCost of(Graph graph, Node node, KernelCall call, Target target) {
    return KernelCost.of(new Step(graph, node, target, Optimize.SPEED), call);
  }
}
