package dev.mote.frontends.onnx;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes operators on int8 of operators on floats between dequantizations and a quantization
/// ("QDQ").
///
/// What Mote has no int8 operator for, or not with these scales, stays in floats, as ONNX defines
/// it. Weights that stay behind a dequantization are stored as floats: ONNX computes on them as
/// floats.
final class FuseQuantized {

  private final Graph graph;
  private final Map<String, Tensor> tensors;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Integer> reads = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private FuseQuantized(Graph graph) {
    this.graph = graph;
    this.tensors = new LinkedHashMap<>(graph.tensors());
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
      node.inputs().forEach(input -> reads.merge(input, 1, Integer::sum));
    }
    graph.outputs().forEach(output -> reads.merge(output, 1, Integer::sum));
  }

  static Graph apply(Graph graph) {
    if (graph.nodes().stream()
        .noneMatch(n -> n.op() instanceof Op.Quantize || n.op() instanceof Op.Dequantize)) {
      return graph;
    }
    FuseQuantized pass = new FuseQuantized(SignedBytes.apply(graph));
    for (Node node : pass.graph.nodes()) {
      if (!(node.op() instanceof Op.Quantize) || !pass.fused(node)) {
        pass.nodes.add(node);
      }
    }
    Graph live = LiveNodes.of(pass.graph.withTensors(pass.tensors).withNodes(pass.nodes));
    return RealWeights.apply(live);
  }

  private Tensor tensor(String name) {
    return Optional.ofNullable(tensors.get(name)).orElseThrow();
  }

  /// The node that computes `name` for one reader only.
  private Optional<Node> sole(String name) {
    return Optional.ofNullable(producers.get(name)).filter(n -> reads.getOrDefault(name, 0) == 1);
  }

  /// The integers that float tensor `name` stands for.
  private Optional<Tensor> integers(String name) {
    return Optional.ofNullable(producers.get(name))
        .filter(n -> n.op() instanceof Op.Dequantize)
        .map(n -> tensor(n.input(0)));
  }

  private static boolean isInt8(Tensor tensor) {
    return tensor.element() == ElementType.INT8
        && tensor.quantization() instanceof Quantization.PerTensor;
  }

  /// Puts an operator on integers where `quantize` was; false when there is none.
  private boolean fused(Node quantize) {
    Tensor result = tensor(quantize.output());
    Optional<Node> before = sole(quantize.input(0));
    if (before.isEmpty() || !isInt8(result)) {
      return false;
    }
    Node node = before.get();
    Activation activation = Activation.NONE;
    if (node.op() instanceof Op.Unary(Op.Unary.Kind kind)
        && fusable(kind).isPresent()
        && sole(node.input(0)).filter(n -> takesActivation(n.op())).isPresent()) {
      activation = fusable(kind).get();
      node = sole(node.input(0)).get();
    }
    return place(node, quantize, result, activation);
  }

  private static Optional<Activation> fusable(Op.Unary.Kind kind) {
    return switch (kind) {
      case RELU -> Optional.of(Activation.RELU);
      case RELU6 -> Optional.of(Activation.RELU6);
      case RELU_N1_TO_1 -> Optional.of(Activation.RELU_N1_TO_1);
      default -> Optional.empty();
    };
  }

  private static boolean takesActivation(Op op) {
    return switch (op) {
      case Op.Conv2d _, Op.DepthwiseConv2d _, Op.FullyConnected _, Op.Binary _ -> true;
      default -> false;
    };
  }

  private boolean place(Node node, Node quantize, Tensor result, Activation activation) {
    return switch (node.op()) {
      case Op.Conv2d op ->
          layer(node, new Op.Conv2d(op.window(), op.groups(), activation), result, 0);
      case Op.DepthwiseConv2d op ->
          layer(node, new Op.DepthwiseConv2d(op.window(), op.multiplier(), activation), result, 3);
      case Op.FullyConnected _ -> layer(node, new Op.FullyConnected(activation), result, 0);
      case Op.Binary op ->
          switch (op.kind()) {
            case ADD, SUB, MUL -> direct(node, new Op.Binary(op.kind(), activation), result);
            default -> false;
          };
      case Op.Unary op -> unary(node, op, result);
      case Op.Softmax op -> has(result, 1f / 256, -128) && direct(node, op, result);
      case Op.LeakyRelu op -> direct(node, op, result);
      case Op.Reduce op when op.kind() == Op.Reduce.Kind.MEAN -> direct(node, op, result);
      case Op.Pool2d op when op.kind() != Op.Pool2d.Kind.L2 -> moved(node, quantize, result);
      case Op.Reshape _,
          Op.Transpose _,
          Op.Slice _,
          Op.Reverse _,
          Op.BroadcastTo _,
          Op.Resize _,
          Op.DepthToSpace _,
          Op.SpaceToDepth _ ->
          moved(node, quantize, result);
      case Op.Pad op when op.mode() != Op.Pad.Mode.CONSTANT || node.inputs().size() == 1 ->
          moved(node, quantize, result);
      case Op.Concat _ -> joined(node, result);
      default -> false;
    };
  }

  private static boolean has(Tensor tensor, float scale, int zeroPoint) {
    Quantization.PerTensor q = tensor.quantization().perTensor();
    return q.scale() == scale && q.zeroPoint() == zeroPoint;
  }

  private boolean unary(Node node, Op.Unary op, Tensor result) {
    return switch (op.kind()) {
      case RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1, HARD_SWISH -> direct(node, op, result);
      case LOGISTIC -> has(result, 1f / 256, -128) && direct(node, op, result);
      case TANH -> has(result, 1f / 128, 0) && direct(node, op, result);
      default -> false;
    };
  }

  private Optional<List<String>> operands(Node node) {
    List<String> names = new ArrayList<>();
    for (String input : node.inputs()) {
      Optional<Tensor> q = integers(input).filter(FuseQuantized::isInt8);
      if (q.isEmpty()) {
        return Optional.empty();
      }
      names.add(q.get().name());
    }
    return Optional.of(names);
  }

  /// An operator whose integers need not share a scale.
  private boolean direct(Node node, Op op, Tensor result) {
    Optional<List<String>> operands = operands(node);
    operands.ifPresent(
        names -> nodes.add(new Node(node.name(), op, names, List.of(result.name()))));
    return operands.isPresent();
  }

  /// An operator that keeps scale and zero point; a change of those follows where it is needed.
  private boolean moved(Node node, Node quantize, Tensor result) {
    Optional<Tensor> x = integers(node.input(0)).filter(FuseQuantized::isInt8);
    if (x.isEmpty() || node.inputs().size() != 1 || node.outputs().size() != 1) {
      return false;
    }
    TensorType type = x.get().type().withShape(result.shape());
    String output = result.name();
    if (!type.equals(result.type())) {
      output = add(Tensor.activation(freeName(node.output()), type));
    }
    nodes.add(new Node(node.name(), node.op(), List.of(x.get().name()), List.of(output)));
    if (!output.equals(result.name())) {
      nodes.add(new Node(quantize.name(), quantize.op(), List.of(output), List.of(result.name())));
    }
    return true;
  }

  private boolean joined(Node node, Tensor result) {
    Optional<List<String>> operands = operands(node);
    if (operands.isEmpty()) {
      return false;
    }
    List<String> parts = new ArrayList<>();
    for (String name : operands.get()) {
      Tensor part = tensor(name);
      if (part.quantization().equals(result.quantization())) {
        parts.add(name);
        continue;
      }
      TensorType type = part.type().withQuantization(result.quantization());
      String rescaled = add(Tensor.activation(freeName(name), type));
      nodes.add(new Node(rescaled, new Op.Quantize(), List.of(name), List.of(rescaled)));
      parts.add(rescaled);
    }
    nodes.add(new Node(node.name(), node.op(), parts, List.of(result.name())));
    return true;
  }

  /// A layer with constant symmetric weights, scaled as a whole or along `channelAxis`.
  private boolean layer(Node node, Op op, Tensor result, int channelAxis) {
    Optional<Tensor> x = integers(node.input(0)).filter(FuseQuantized::isInt8);
    Optional<Tensor> weights =
        integers(node.input(1))
            .filter(w -> w.isConstant() && w.element() == ElementType.INT8)
            .filter(w -> isSymmetric(w.quantization(), channelAxis));
    if (x.isEmpty() || weights.isEmpty()) {
      return false;
    }
    List<String> operands = new ArrayList<>(List.of(x.get().name(), weights.get().name()));
    if (node.inputs().size() > 2) {
      Optional<Tensor> bias = bias(node.input(2), x.get(), weights.get());
      if (bias.isEmpty()) {
        return false;
      }
      operands.add(add(bias.get()));
    }
    nodes.add(new Node(node.name(), op, operands, List.of(result.name())));
    return true;
  }

  private static boolean isSymmetric(Quantization quantization, int channelAxis) {
    return switch (quantization) {
      case Quantization.PerTensor q -> q.zeroPoint() == 0;
      case Quantization.PerChannel q -> q.axis() == channelAxis;
      case Quantization.None _ -> false;
    };
  }

  /// The bias in steps of the product of both scales.
  private Optional<Tensor> bias(String name, Tensor x, Tensor weights) {
    Optional<Tensor> stored = integers(name).filter(Tensor::isConstant);
    Tensor real = tensor(name);
    if (stored.isEmpty() && !real.isConstant()) {
      return Optional.empty();
    }
    float[] values = stored.isPresent() ? RealWeights.reals(stored.get()) : real.constantFloats();
    List<Float> scales = new ArrayList<>();
    double[] steps = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      boolean perChannel = weights.quantization() instanceof Quantization.PerChannel;
      double scale =
          (double) x.quantization().scale() * weights.quantization().scale(perChannel ? i : 0);
      scales.add((float) scale);
      double step = Math.rint(values[i] / scale);
      if (!(Math.abs(step) <= Integer.MAX_VALUE)) {
        return Optional.empty();
      }
      steps[i] = step;
    }
    TensorType type =
        new TensorType(
            ElementType.INT32, Shape.of(values.length), new Quantization.PerChannel(scales, 0));
    return Optional.of(
        Tensor.constant(freeName(name), type, Blob.of(Folding.encode(ElementType.INT32, steps))));
  }

  private String freeName(String hint) {
    String name = hint + "_q";
    for (int i = 1; tensors.containsKey(name); i++) {
      name = hint + "_q_" + i;
    }
    return name;
  }

  private String add(Tensor tensor) {
    tensors.put(tensor.name(), tensor);
    return tensor.name();
  }
}
