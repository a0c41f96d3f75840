package dev.mote.testkit.representative;

import static dev.mote.testkit.representative.NetworkSketch.NONE;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.SVDFOptionsT;
import dev.mote.frontends.tflite.schema.UnidirectionalSequenceLSTMOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.testkit.cases.ModelSketch;
import dev.mote.testkit.cases.Values;
import dev.mote.testkit.representative.NetworkSketch.Value;
import java.util.ArrayList;
import java.util.List;

/// Networks with state.
final class RecurrentNetworks {

  private static final int STEPS = 28;
  private static final int UNITS = 24;

  private RecurrentNetworks() {}

  static void lstm(NetworkSketch n) {
    Value x = n.input(1, STEPS, 28);
    Quantization hidden = new Quantization.PerTensor(1f / 128, 0);
    List<Integer> operands = new ArrayList<>();
    operands.add(x.tensor());
    float scale = 0.5f / 127;
    for (int gate = 0; gate < 4; gate++) {
      operands.add(weights(n, scale, UNITS, 28));
    }
    for (int gate = 0; gate < 4; gate++) {
      operands.add(weights(n, scale, UNITS, UNITS));
    }
    absent(operands, 3);
    for (int gate = 0; gate < 4; gate++) {
      operands.add(biases(n, scale * x.scale(), UNITS));
    }
    absent(operands, 2);
    ModelSketch sketch = n.sketch();
    Shape state = Shape.of(1, UNITS);
    operands.add(sketch.variable(new TensorType(ElementType.INT8, state, hidden)));
    operands.add(
        sketch.variable(
            new TensorType(ElementType.INT16, state, new Quantization.PerTensor(0x1p-12f, 0))));
    absent(operands, 4);
    UnidirectionalSequenceLSTMOptionsT options = new UnidirectionalSequenceLSTMOptionsT();
    options.setFusedActivationFunction(ActivationFunctionType.TANH);
    TensorType type = new TensorType(ElementType.INT8, Shape.of(1, STEPS, UNITS), hidden);
    Value y =
        n.add(
            BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
            options,
            type,
            operands.toArray(Integer[]::new));
    int[] intermediates = new int[5];
    for (int i = 0; i < intermediates.length; i++) {
      intermediates[i] = sketch.activation(new TensorType(ElementType.INT8, Shape.of(1), hidden));
    }
    sketch.lastOperator().setIntermediates(intermediates);
    n.output(n.softmax(n.fullyConnected(n.reshape(y, 1, STEPS * UNITS), 10, NONE)));
  }

  static void svdf(NetworkSketch n) {
    Value x = svdf(n, n.input(1, 40), 64, 2, 10);
    x = svdf(n, x, 48, 1, 16);
    n.output(n.softmax(n.fullyConnected(x, 8, NONE)));
  }

  private static Value svdf(NetworkSketch n, Value x, int units, int rank, int memory) {
    int filters = units * rank;
    float features = 0.6f / 127;
    float times = 0.6f / 32767;
    Quantization.PerTensor state = new Quantization.PerTensor(x.scale() / 128, 0);
    TensorType time =
        new TensorType(
            ElementType.INT16, Shape.of(filters, memory), new Quantization.PerTensor(times, 0));
    ModelSketch sketch = n.sketch();
    SVDFOptionsT options = new SVDFOptionsT();
    options.setRank(rank);
    options.setFusedActivationFunction(ActivationFunctionType.RELU);
    TensorType type =
        new TensorType(
            ElementType.INT8, Shape.of(1, units), new Quantization.PerTensor(x.scale(), -128));
    return n.add(
        BuiltinOperator.SVDF,
        options,
        type,
        x.tensor(),
        weights(n, features, filters, x.channels()),
        sketch.constant(time, Values.between(-20000, 20000).draw(n.random(), time)),
        biases(n, state.scale() * times, units),
        sketch.variable(new TensorType(ElementType.INT16, Shape.of(1, filters * memory), state)));
  }

  private static int weights(NetworkSketch n, float scale, int rows, int columns) {
    TensorType type =
        new TensorType(
            ElementType.INT8, Shape.of(rows, columns), new Quantization.PerTensor(scale, 0));
    return n.sketch().constant(type, Values.between(-127, 127).draw(n.random(), type));
  }

  private static int biases(NetworkSketch n, float scale, int count) {
    TensorType type =
        new TensorType(ElementType.INT32, Shape.of(count), new Quantization.PerTensor(scale, 0));
    return n.sketch().constant(type, Values.between(-5000, 5000).draw(n.random(), type));
  }

  private static void absent(List<Integer> operands, int count) {
    for (int i = 0; i < count; i++) {
      operands.add(ModelSketch.ABSENT);
    }
  }
}
