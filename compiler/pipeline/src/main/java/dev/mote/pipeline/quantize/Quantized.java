package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import java.util.List;

/// A quantized graph, and what of it is not.
///
/// @param graph the graph; tensors keep the names that they have in the prepared graph, and what
///     converts between representations is new
/// @param kept layers that were to become integer and stayed float
public record Quantized(Graph graph, List<KeptLayer> kept) {

  public Quantized {
    kept = List.copyOf(kept);
  }
}
