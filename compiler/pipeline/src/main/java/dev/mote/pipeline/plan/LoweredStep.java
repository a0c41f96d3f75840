package dev.mote.pipeline.plan;

import dev.mote.ir.Node;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCost;
import java.util.List;
import java.util.Optional;

/// What runs as one step of an inference.
public sealed interface LoweredStep {

  /// A node with the kernel call that computes it, and what that costs.
  record Layer(Node node, KernelCall call, KernelCost cost) implements LoweredStep {}

  /// A chain of nodes that run row by row.
  record Rows(Cascade cascade) implements LoweredStep {}

  /// The nodes that the step computes, in order.
  default List<Node> nodes() {
    return switch (this) {
      case Layer layer -> List.of(layer.node);
      case Rows rows -> rows.cascade.nodes();
    };
  }

  /// The kernel calls of the nodes.
  default List<KernelCall> calls() {
    return switch (this) {
      case Layer layer -> List.of(layer.call);
      case Rows rows -> rows.cascade.stages().stream().map(Cascade.Stage::call).toList();
    };
  }

  /// Estimated cycles, memories without wait states; 0 where there is no cost table.
  default long cycles() {
    return switch (this) {
      case Layer layer -> layer.cost.cycles();
      case Rows rows -> rows.cascade.cycles();
    };
  }

  /// Tensors that it reads from their buffers; constants among them.
  default List<String> inputs() {
    return switch (this) {
      case Layer layer -> layer.node.inputs();
      case Rows rows -> rows.cascade.inputs();
    };
  }

  /// Tensors that are complete in their buffers after it.
  default List<String> outputs() {
    return switch (this) {
      case Layer layer -> layer.node.outputs();
      case Rows rows -> rows.cascade.outputs();
    };
  }

  /// The tensor whose rows the application hands in, if this step takes them.
  default Optional<String> streamed() {
    return switch (this) {
      case Layer _ -> Optional.empty();
      case Rows(Cascade c) ->
          c.streamed() ? Optional.of(c.lines().get(c.pushed()).tensor()) : Optional.empty();
    };
  }

  /// How reports call it: a chain by its first and last node.
  default String name() {
    return switch (this) {
      case Layer layer -> layer.node.name();
      case Rows rows -> {
        List<Node> nodes = rows.cascade.nodes();
        yield nodes.getFirst().name() + " … " + nodes.getLast().name();
      }
    };
  }
}
