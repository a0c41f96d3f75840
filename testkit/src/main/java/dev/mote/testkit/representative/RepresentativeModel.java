package dev.mote.testkit.representative;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader;
import dev.mote.testkit.cases.CaseRandom;
import dev.mote.testkit.cases.Values;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/// A model that looks like one that people bring.
///
/// @param name a C identifier
/// @param about what it stands for
/// @param file bytes of the `.tflite` file
public record RepresentativeModel(String name, String about, Blob file) {

  /// The model as Mote reads it.
  public Graph graph() {
    return switch (new TfliteReader().read(file, name, ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) ->
          throw new IllegalStateException(name + ": " + problems);
    };
  }

  /// Inputs of one invocation, always the same for the same `seed`: waves over the whole range, so
  /// that means over an image matter as well.
  public List<Blob> inputs(long seed) {
    Graph graph = graph();
    CaseRandom random = new CaseRandom(seed, 0);
    return graph.inputs().stream()
        .map(input -> graph.tensor(input).type())
        .map(type -> Blob.of(waves(random, type)))
        .toList();
  }

  private static byte[] waves(CaseRandom random, TensorType type) {
    float slow = random.real(0.001f, 0.01f);
    float fast = random.real(0.1f, 3);
    float middle = random.real(-0.4f, 0.4f);
    boolean real = type.element().isFloat();
    double range = real ? 4 : type.element().maxValue();
    IntToDoubleFunction wave =
        i -> range * Math.clamp(middle + Math.sin(i * slow) / 2 + Math.sin(i * fast) / 2, -1, 1);
    return real
        ? Values.floats(type, i -> (float) wave.applyAsDouble(i))
        : Values.integers(type, i -> Math.round(wave.applyAsDouble(i)));
  }
}
