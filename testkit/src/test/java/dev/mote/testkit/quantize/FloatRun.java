package dev.mote.testkit.quantize;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.ValueRange;
import dev.mote.reference.Interpreter;
import dev.mote.reference.Value;
import dev.mote.testkit.cases.CaseRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Random inputs of a float graph, the ranges and outputs that come of them, and how near another
/// form of the graph comes to those outputs.
final class FloatRun {

  private final Graph graph;
  private final List<List<float[]>> inputs = new ArrayList<>();
  private final List<List<float[]>> outputs = new ArrayList<>();
  private final Map<String, ValueRange> ranges = new LinkedHashMap<>();

  FloatRun(Graph graph, CaseRandom random, int samples, float low, float high) {
    this.graph = graph;
    Interpreter interpreter = new Interpreter(graph);
    for (int sample = 0; sample < samples; sample++) {
      List<float[]> values = new ArrayList<>();
      for (String input : graph.inputs()) {
        float[] data = new float[graph.tensor(input).shape().count()];
        for (int i = 0; i < data.length; i++) {
          data[i] = random.real(low, high);
        }
        values.add(data);
      }
      inputs.add(values);
      outputs.add(run(interpreter, graph, values));
      observe(interpreter);
    }
  }

  Calibration calibration() {
    return new Calibration(ranges);
  }

  List<List<float[]>> inputs() {
    return inputs;
  }

  private void observe(Interpreter interpreter) {
    for (Tensor tensor : graph.tensors().values()) {
      if (tensor.element() == ElementType.FLOAT32
          && !tensor.isConstant()
          && !graph.isVariable(tensor.name())) {
        Value value = interpreter.get(tensor.name());
        for (int i = 0; i < value.count(); i++) {
          ValueRange one = new ValueRange(value.real(i), value.real(i));
          ranges.merge(tensor.name(), one, ValueRange::union);
        }
      }
    }
  }

  /// Signal to noise of the outputs of `other`, in decibels; infinite where they are equal.
  double signalToNoise(Graph other) {
    Interpreter interpreter = new Interpreter(other);
    double signal = 0;
    double noise = 0;
    for (int sample = 0; sample < inputs.size(); sample++) {
      List<float[]> actual = run(interpreter, other, inputs.get(sample));
      for (int output = 0; output < actual.size(); output++) {
        float[] expected = outputs.get(sample).get(output);
        for (int i = 0; i < expected.length; i++) {
          double difference = expected[i] - actual.get(output)[i];
          signal += (double) expected[i] * expected[i];
          noise += difference * difference;
        }
      }
    }
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  }

  /// Share of the elements of the outputs that `other` has equal.
  double agreement(Graph other) {
    Interpreter interpreter = new Interpreter(other);
    int equal = 0;
    int all = 0;
    for (int sample = 0; sample < inputs.size(); sample++) {
      List<float[]> actual = run(interpreter, other, inputs.get(sample));
      for (int output = 0; output < actual.size(); output++) {
        float[] expected = outputs.get(sample).get(output);
        for (int i = 0; i < expected.length; i++) {
          all++;
          equal += expected[i] == actual.get(output)[i] ? 1 : 0;
        }
      }
    }
    return (double) equal / all;
  }

  /// The bytes of a graph's inputs for real numbers.
  static List<byte[]> encode(Graph graph, List<float[]> values) {
    List<byte[]> bytes = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      TensorType type = graph.tensor(graph.inputs().get(i)).type();
      Value value = Value.zeros(type);
      for (int e = 0; e < value.count(); e++) {
        float real = values.get(i)[e];
        if (type.element().isFloat()) {
          value.setReal(e, real);
        } else {
          double steps = Math.rint(real / type.quantization().scale());
          value.set(
              e,
              Math.clamp(
                  (long) steps + type.quantization().zeroPoint(),
                  type.element().minValue(),
                  type.element().maxValue()));
        }
      }
      bytes.add(value.toBytes());
    }
    return bytes;
  }

  private static List<float[]> run(Interpreter interpreter, Graph graph, List<float[]> values) {
    List<byte[]> results = interpreter.run(encode(graph, values));
    List<float[]> reals = new ArrayList<>();
    for (int output = 0; output < results.size(); output++) {
      TensorType type = graph.tensor(graph.outputs().get(output)).type();
      Value value = Value.fromBytes(type, results.get(output));
      float[] real = new float[value.count()];
      for (int i = 0; i < real.length; i++) {
        real[i] = value.asReal(i);
      }
      reals.add(real);
    }
    return reals;
  }

  /// How many nodes of each operator `graph` has.
  static Map<String, Integer> operators(Graph graph) {
    Map<String, Integer> counts = new HashMap<>();
    graph.nodes().forEach(node -> counts.merge(node.op().label(), 1, Integer::sum));
    return counts;
  }
}
