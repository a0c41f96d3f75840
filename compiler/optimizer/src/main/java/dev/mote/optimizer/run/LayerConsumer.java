package dev.mote.optimizer.run;

/// Is told what every layer of a graph computes.
@FunctionalInterface
public interface LayerConsumer {

  /// One tensor of one sample.
  ///
  /// @param sample its index
  /// @param tensor its name in the graph: an input, or what a node computed
  /// @param reals its elements, row-major, dequantized; valid during this call only
  void accept(int sample, String tensor, float[] reals);
}
