package dev.mote.pipeline;

import static java.util.stream.Collectors.joining;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Shape;
import java.util.Optional;

/// The input that an application may hand in row by row.
final class StreamedInput {

  private StreamedInput() {}

  /// The first input that is an image: `[1,H,W,C]`.
  static Optional<String> of(Graph graph) {
    return graph.inputs().stream()
        .filter(
            name -> {
              Shape shape = graph.tensor(name).shape();
              return shape.rank() == 4 && shape.dim(0) == 1 && shape.count() > 0;
            })
        .findFirst();
  }

  /// Why it cannot be.
  ///
  /// @param input the input; empty when none is an image
  static Diagnostic refusal(Graph graph, Optional<String> input) {
    String fix =
        "leave the whole input in the arena, or let the model begin with layers that read an image by"
            + " rows: convolution, pooling without padding, element-wise operators.";
    if (input.isEmpty()) {
      return Diagnostic.user(
          2006, graph.name(), "none of the inputs is an image [1,H,W,C] that has rows", fix);
    }
    String readers =
        graph.nodes().stream()
            .filter(node -> node.inputs().contains(input.get()))
            .map(node -> "'%s' (%s)".formatted(node.name(), node.op().label()))
            .collect(joining(", "));
    return Diagnostic.user(
        2006,
        "%s, input '%s' [%s]"
            .formatted(graph.name(), input.get(), graph.tensor(input.get()).shape()),
        "its rows cannot be handed in one by one: "
            + (readers.isEmpty()
                ? "no layer reads it"
                : "not all layers that read it work by rows: ")
            + readers,
        fix);
  }
}
