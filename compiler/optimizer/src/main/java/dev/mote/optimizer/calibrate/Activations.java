package dev.mote.optimizer.calibrate;

import dev.mote.ir.Graph;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.LayerConsumer;
import dev.mote.optimizer.run.Predictions;

/// What a model's tensors hold while it runs on calibration data, as often as it is asked.
@FunctionalInterface
public interface Activations {

  /// Goes through all samples in their order, and tells every input and every layer's output.
  void replay(LayerConsumer consumer);

  /// Runs `graph` on `samples` at each replay.
  static Activations of(Graph graph, SampleSet samples) {
    return consumer -> Predictions.observe(graph, samples, consumer);
  }
}
