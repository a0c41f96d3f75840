package dev.mote.builder;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.module.Golden;
import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.Signal;
import dev.mote.module.cbor.Bytes;
import dev.mote.reference.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a module says of a model, whoever compiled it: inputs, outputs, and golden vectors.
///
/// @param graph the model as it was read
/// @param labels names of the first output's elements
public record ModuleBorder(Graph graph, List<String> labels) {

  /// Inputs of the golden vectors: byte `i` is `factor * i + offset`.
  private static final int[][] RAMPS = {{37, 11}, {101, 7}};

  /// Longer outputs stand as their hash.
  private static final int LONGEST_OUTPUT = 64;

  private static final float TOLERANCE = 1e-5f;

  /// Names of the first output's elements, where the model has as many classes.
  public static List<String> labels(Graph graph) {
    Shape scores = graph.tensor(graph.outputs().getFirst()).shape();
    boolean named = scores.rank() > 0 && scores.last() == graph.classes().size();
    return named ? graph.classes() : List.of();
  }

  /// Signals of the inputs.
  List<Signal> inputs() {
    return signals(graph.inputs(), List.of());
  }

  /// Signals of the outputs; the first has the labels.
  List<Signal> outputs() {
    return signals(graph.outputs(), labels);
  }

  private List<Signal> signals(List<String> names, List<String> labels) {
    List<Signal> signals = new ArrayList<>();
    for (String name : names) {
      Tensor tensor = graph.tensor(name);
      Optional<Quantization.PerTensor> quantization =
          tensor.quantization() instanceof Quantization.PerTensor p
              ? Optional.of(p)
              : Optional.empty();
      signals.add(
          new Signal(
              name,
              tensor.shape().dims(),
              type(tensor),
              quantization.map(Quantization.PerTensor::scale),
              quantization.map(Quantization.PerTensor::zeroPoint),
              Optional.empty(),
              signals.isEmpty() ? labels : List.of()));
    }
    return signals;
  }

  private static Signal.Type type(Tensor tensor) {
    return switch (tensor.element()) {
      case INT8 -> Signal.Type.INT8;
      case UINT8 -> Signal.Type.UINT8;
      case INT16 -> Signal.Type.INT16;
      case INT32 -> Signal.Type.INT32;
      case INT64 -> Signal.Type.INT64;
      case FLOAT32 -> Signal.Type.FLOAT32;
      case BOOL -> Signal.Type.BOOL;
      case INT4, FLOAT16 ->
          throw new ModuleException(
              ModuleCodes.FIELD,
              "tensor '" + tensor.name() + "'",
              "a module has no inputs or outputs of " + tensor.element().label());
    };
  }

  /// Vectors with the outputs of the reference interpreter.
  List<Golden> golden() {
    List<Golden> vectors = new ArrayList<>();
    for (int[] ramp : RAMPS) {
      List<Golden.Input> inputs = new ArrayList<>();
      for (String name : graph.inputs()) {
        inputs.add(input(graph.tensor(name).type(), ramp[0], ramp[1]));
      }
      vectors.add(new Golden(inputs, outputs(graph, inputs)));
    }
    return vectors;
  }

  private static Golden.Input input(TensorType type, int factor, int offset) {
    if (type.element() == ElementType.FLOAT32) {
      return new Golden.Input.LinearFloats(factor, offset);
    }
    return type.quantization().isQuantized()
        ? new Golden.Input.Linear(factor, offset)
        : new Golden.Input.Literal(Bytes.of(new byte[Math.toIntExact(type.bytes())]));
  }

  private static List<Golden.Output> outputs(Graph graph, List<Golden.Input> inputs) {
    List<Bytes> results = interpret(graph, inputs);
    List<Golden.Output> outputs = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      Bytes result = results.get(i);
      boolean floats = graph.tensor(graph.outputs().get(i)).element() == ElementType.FLOAT32;
      outputs.add(
          floats
              ? new Golden.Output.Near(result, TOLERANCE)
              : result.size() <= LONGEST_OUTPUT
                  ? new Golden.Output.Exact(result)
                  : new Golden.Output.Hash(result.sha256()));
    }
    return outputs;
  }

  /// What the reference interpreter gives, from the model's initial state.
  static List<Bytes> interpret(Graph graph, List<Golden.Input> inputs) {
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      int size = Math.toIntExact(graph.tensor(graph.inputs().get(i)).type().bytes());
      values.add(inputs.get(i).expand(size).toByteArray());
    }
    return new Interpreter(graph).run(values).stream().map(Bytes::of).toList();
  }
}
