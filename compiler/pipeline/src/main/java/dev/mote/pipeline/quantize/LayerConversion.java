package dev.mote.pipeline.quantize;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Quantization.PerTensor;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Turns the nodes of a float graph, one after the other, into those of a quantized one.
final class LayerConversion {

  /// The int16 table of sigmoids takes scales up to 2.66; beyond its ends they do not change.
  private static final float LARGEST_SIGMOID_SCALE = 2.5f;

  private final Graph graph;
  private final QuantizationScheme scheme;
  private final Formats formats;
  private final ScaleGroups groups;
  private final Ranges ranges;
  private final Calibration calibration;
  private final WeightScales weightScales;
  private final WeightRounding rounding;
  private final GraphDraft draft;

  LayerConversion(
      Graph graph,
      Calibration calibration,
      QuantizationScheme scheme,
      WeightScales weightScales,
      WeightRounding rounding) {
    this.graph = graph;
    this.scheme = scheme;
    this.calibration = calibration;
    this.weightScales = weightScales;
    this.rounding = rounding;
    this.ranges = new Ranges(graph, calibration);
    this.formats = new Formats(graph, scheme, ranges);
    this.groups = new ScaleGroups(graph, formats, ranges, scheme.symmetricActivations());
    this.draft = new GraphDraft(graph, formats, groups);
  }

  Quantized run() {
    for (Node node : graph.nodes()) {
      ActivationFormat format = formats.of(node);
      if (format.isInteger()) {
        integer(node, format);
      } else {
        real(node);
      }
    }
    return new Quantized(draft.graph(), formats.kept());
  }

  // ---- float -----------------------------------------------------------------------------------

  /// A node that stays float, perhaps with smaller weights.
  private void real(Node node) {
    List<String> inputs = new ArrayList<>(node.inputs().stream().map(draft::floats).toList());
    WeightFormat format = scheme.format(Quantizer.layerName(node)).weights();
    OptionalInt axis = channelAxis(node.op());
    if (axis.isPresent() && node.inputs().size() > 1) {
      Tensor weights = graph.input(node, 1);
      if (weights.isConstant() && weights.element() == ElementType.FLOAT32) {
        inputs.set(1, draft.constant(smaller(node, weights, format, axis.getAsInt())));
      }
    }
    emit(node, inputs);
  }

  private Tensor smaller(Node node, Tensor weights, WeightFormat format, int axis) {
    return switch (format) {
      case FLOAT32 -> weights;
      case FLOAT16 -> half(weights);
      case INT8, INT4, INT2 ->
          layer(node, format)
              .weights(1, axis, new float[0], 1, 1, ActivationFormat.FLOAT32)
              .tensor();
    };
  }

  /// The weights as half floats, or as they are where one is too large for that.
  private static Tensor half(Tensor weights) {
    TensorType type = weights.type().withElement(ElementType.FLOAT16);
    ByteBuffer bytes = ByteBuffer.allocate((int) type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : weights.constantFloats()) {
      short half = Float.floatToFloat16(value);
      if (Float.isInfinite(Float.float16ToFloat(half)) && Float.isFinite(value)) {
        return weights;
      }
      bytes.putShort(half);
    }
    return Tensor.constant(weights.name(), type, Blob.of(bytes.array()));
  }

  // ---- integer ---------------------------------------------------------------------------------

  private void integer(Node node, ActivationFormat format) {
    switch (node.op()) {
      case Op.Conv2d _, Op.DepthwiseConv2d _, Op.TransposeConv2d _, Op.FullyConnected _ ->
          weighted(node, format);
      case Op.Lstm op -> recurrent(node, format).lstm(op);
      case Op.Svdf op -> recurrent(node, format).svdf(op);
      case Op.Prelu _ ->
          emit(
              node,
              List.of(
                  draft.integers(node.input(0), format),
                  own(graph.input(node, 1), ActivationFormat.INT8)));
      case Op.ReadVariable op -> {
        state(op.variable(), format);
        emit(node, List.of());
      }
      case Op.AssignVariable op -> {
        state(op.variable(), format);
        emit(node, List.of(draft.integers(node.input(0), format, groups.of(op.variable()))));
      }
      default ->
          emit(node, node.inputs().stream().map(name -> operand(node, name, format)).toList());
    }
  }

  /// An operand of an operator without weights.
  private String operand(Node node, String name, ActivationFormat format) {
    Tensor tensor = graph.tensor(name);
    if (tensor.element() != ElementType.FLOAT32) {
      return draft.floats(name);
    }
    return switch (OperatorRule.of(node.op()).scales()) {
      case SAME, SAME_AVERAGE, SHARED -> {
        PerTensor common = groups.of(node.output());
        yield tensor.isConstant()
            ? draft.constant(quantized(tensor, format, common))
            : draft.integers(name, format, common);
      }
      case OWN, FIXED, NONE, STATE, SPECIAL ->
          tensor.isConstant() ? own(tensor, format) : activation(node, name, format);
    };
  }

  private String activation(Node node, String name, ActivationFormat format) {
    boolean sigmoid =
        node.op() instanceof Op.Unary unary
            && (unary.kind() == Op.Unary.Kind.LOGISTIC || unary.kind() == Op.Unary.Kind.TANH);
    return sigmoid
            && format == ActivationFormat.INT16
            && draft.quantization(name, format).scale() > LARGEST_SIGMOID_SCALE
        ? draft.integers(name, format, new PerTensor(LARGEST_SIGMOID_SCALE, 0))
        : draft.integers(name, format);
  }

  /// A constant in the quantization that its own range asks for.
  private String own(Tensor tensor, ActivationFormat format) {
    PerTensor quantization =
        ActivationScale.of(ranges.of(tensor.name()), format, scheme.symmetricActivations(), 0);
    return draft.constant(quantized(tensor, format, quantization));
  }

  private static Tensor quantized(Tensor tensor, ActivationFormat format, PerTensor quantization) {
    float[] values = tensor.constantFloats();
    long[] integers = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      long steps = Math.round((double) values[i] / quantization.scale());
      integers[i] =
          Math.clamp(
              Math.clamp(steps, -0x10000L, 0x10000L) + quantization.zeroPoint(),
              format.element().minValue(),
              format.element().maxValue());
    }
    TensorType type = new TensorType(format.element(), tensor.shape(), quantization);
    return LayerWeights.constant(tensor.name(), type, integers);
  }

  private void weighted(Node node, ActivationFormat format) {
    boolean wide = format == ActivationFormat.INT16;
    String x = draft.integers(node.input(0), format);
    double xScale = draft.quantization(node.input(0), format).scale();
    double outputScale = groups.of(node.output()).scale();
    LayerWeights layer = layer(node, scheme.format(Quantizer.layerName(node)).weights());
    boolean hasBias = node.inputs().size() > 2;
    float[] bias = hasBias ? layer.finite(graph.input(node, 2)) : new float[0];
    int axis = channelAxis(node.op()).orElseThrow();
    int channels = graph.input(node, 1).shape().dim(axis);
    List<String> inputs = new ArrayList<>(List.of(x));
    List<Double> steps;
    if (graph.input(node, 1).isConstant()) {
      LayerWeights.Integers weights = layer.weights(1, axis, bias, xScale, outputScale, format);
      inputs.add(draft.constant(weights.tensor()));
      steps = weights.steps();
    } else {
      inputs.add(draft.integers(node.input(1), format));
      steps = List.of((double) draft.quantization(node.input(1), format).scale());
    }
    // without a bias some layers of int16 would sum in 32 bits
    if (hasBias || wide) {
      String name = hasBias ? node.input(2) : node.name() + "/bias";
      inputs.add(draft.constant(layer.bias(name, bias, channels, xScale, steps, wide)));
    }
    emit(node, inputs);
  }

  private void state(String variable, ActivationFormat format) {
    draft.state(
        variable,
        new TensorType(format.element(), graph.tensor(variable).shape(), groups.of(variable)));
  }

  private RecurrentLayer recurrent(Node node, ActivationFormat format) {
    LayerFormat layer = scheme.format(Quantizer.layerName(node));
    LayerWeights weights =
        new LayerWeights(graph, node, layer.weights(), false, weightScales, rounding);
    Quantization output = groups.of(node.output());
    return new RecurrentLayer(graph, node, format, calibration, weights, draft, output.perTensor());
  }

  private LayerWeights layer(Node node, WeightFormat format) {
    return new LayerWeights(graph, node, format, scheme.perChannel(), weightScales, rounding);
  }

  private void emit(Node node, List<String> inputs) {
    List<String> outputs = node.outputs().stream().map(draft::made).toList();
    draft.add(new Node(node.name(), node.op(), inputs, outputs));
  }

  /// The dimension of a layer's weights that counts its output channels; empty for operators
  /// without weights.
  static OptionalInt channelAxis(Op op) {
    return switch (op) {
      case Op.Conv2d _, Op.TransposeConv2d _, Op.FullyConnected _ -> OptionalInt.of(0);
      case Op.DepthwiseConv2d _ -> OptionalInt.of(3);
      default -> OptionalInt.empty();
    };
  }
}
