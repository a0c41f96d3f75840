package dev.mote.pipeline.quantize;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization.PerTensor;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// The integer forms of the layers that keep a state.
///
/// Source: TFLite's quantization specification for LSTM, and the integer kernels of TensorFlow Lite
/// Micro: all weights per tensor, the hidden state as the output, the cell state in int16 with a
/// power of two as its scale; for SVDF the state and the weights over time in int16.
record RecurrentLayer(
    Graph graph,
    Node node,
    ActivationFormat format,
    Calibration calibration,
    LayerWeights weights,
    GraphDraft draft,
    PerTensor output) {

  private static final int GATES = 4;
  private static final int HIDDEN = 13;
  private static final int CELL = 14;
  private static final int BIASES = 9;

  /// Of a cell state about which nothing is known: the functions behind it do not change beyond.
  private static final double CELL_RANGE = 16;

  /// Half of the range of a gate's sum, which has 12 fractional bits.
  private static final double GATE_STEP = 0x1p-12;

  /// Sum of the absolute weights over time of a unit: with a state of 15 bits 30 bits together.
  private static final double TIME_WEIGHTS = 0x1p15;

  void lstm(Op.Lstm op) {
    String x = draft.integers(node.input(0), format);
    double xScale = draft.quantization(node.input(0), format).scale();
    List<String> inputs = new ArrayList<>(List.of(x));
    List<String> biases = new ArrayList<>();
    boolean wide = format == ActivationFormat.INT16;
    for (int index = 1; index < BIASES; index++) {
      boolean ofInput = index <= GATES;
      float[] bias = ofInput ? weights.finite(graph.input(node, index + BIASES - 1)) : new float[0];
      double scale = ofInput ? xScale : output.scale();
      LayerWeights.Integers gate = weights.weights(index, 0, bias, scale, GATE_STEP, format);
      inputs.add(draft.constant(gate.tensor()));
      if (ofInput) {
        String name = node.input(index + BIASES - 1);
        Tensor sum = weights.bias(name, bias, bias.length, xScale, gate.steps(), wide);
        biases.add(draft.constant(sum));
      }
    }
    inputs.addAll(biases);
    Shape state = graph.input(node, HIDDEN).shape();
    draft.state(node.input(HIDDEN), new TensorType(format.element(), state, output));
    PerTensor cell = new PerTensor((float) cellScale(op), 0);
    draft.state(node.input(CELL), new TensorType(ElementType.INT16, state, cell));
    inputs.add(node.input(HIDDEN));
    inputs.add(node.input(CELL));
    emit(inputs);
  }

  /// The smallest power of two with which int16 covers the cell state.
  private double cellScale(Op.Lstm op) {
    double magnitude = calibration.range(node.input(CELL)).map(ValueRange::magnitude).orElse(0f);
    if (magnitude == 0) {
      magnitude = op.cellClip() > 0 ? op.cellClip() : CELL_RANGE;
    }
    int exponent = Math.getExponent(magnitude);
    exponent += Math.scalb(1.0, exponent) < magnitude ? 1 : 0;
    return Math.scalb(1.0, Math.clamp(exponent, 0, 10) - 15);
  }

  void svdf(Op.Svdf op) {
    String x = draft.integers(node.input(0), format);
    PerTensor input = draft.quantization(node.input(0), format);
    Tensor time = graph.input(node, 2);
    double stateScale = stateMagnitude(input) / Short.MAX_VALUE;
    LayerWeights.Integers features =
        weights.weights(1, 0, new float[0], input.scale(), stateScale, format);
    double timeScale = timeScale(time, op.rank());
    double product = stateScale * timeScale;
    List<String> inputs = new ArrayList<>(List.of(x, draft.constant(features.tensor())));
    inputs.add(draft.constant(quantized(time, timeScale)));
    Shape state = graph.input(node, 3).shape();
    PerTensor stored = new PerTensor((float) stateScale, 0);
    draft.state(node.input(3), new TensorType(ElementType.INT16, state, stored));
    inputs.add(node.input(3));
    if (node.inputs().size() > 4) {
      float[] bias = weights.finite(graph.input(node, 4));
      List<Double> steps = List.of(timeScale);
      inputs.add(
          draft.constant(
              weights.bias(node.input(4), bias, bias.length, product / timeScale, steps, false)));
    }
    emit(inputs);
  }

  /// What the state holds at most: as calibrated, or what the weights can make of the input.
  private double stateMagnitude(PerTensor input) {
    double known = calibration.range(node.input(3)).map(ValueRange::magnitude).orElse(0f);
    if (known > 0) {
      return known;
    }
    double largestInput =
        input.scale() * Math.max(127.0 - input.zeroPoint(), input.zeroPoint() + 128.0);
    return Math.max(largestSum(graph.input(node, 1), 1) * largestInput, 0x1p-20);
  }

  private double timeScale(Tensor time, int rank) {
    double largest = 0;
    for (float value : weights.finite(time)) {
      largest = Math.max(largest, Math.abs(value));
    }
    double scale = Math.max(largest / Short.MAX_VALUE, largestSum(time, rank) / TIME_WEIGHTS);
    return scale == 0 ? 1 : scale;
  }

  /// The largest sum of absolute weights over `rows` rows.
  private double largestSum(Tensor tensor, int rows) {
    float[] values = weights.finite(tensor);
    int length = tensor.shape().last() * rows;
    double largest = 0;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum = (i % length == 0 ? 0 : sum) + Math.abs(values[i]);
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  private static Tensor quantized(Tensor tensor, double scale) {
    float[] values = tensor.constantFloats();
    long[] integers = new long[values.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = Math.clamp(Math.round(values[i] / scale), -Short.MAX_VALUE, Short.MAX_VALUE);
    }
    TensorType type =
        new TensorType(ElementType.INT16, tensor.shape(), new PerTensor((float) scale, 0));
    return LayerWeights.constant(tensor.name(), type, integers);
  }

  private void emit(List<String> inputs) {
    List<String> outputs = node.outputs().stream().map(draft::made).toList();
    draft.add(new Node(node.name(), node.op(), inputs, outputs));
  }
}
