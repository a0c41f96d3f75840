package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Op.KernelMatrix;
import dev.mote.ir.Op.Reduce;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what nearest neighbours are made of: the first of a sorted row, and distances to vectors.
final class NeighbourReaders {

  private static final int MOST_FIRST = 64;

  private NeighbourReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("TopK", NeighbourReaders::first);
    readings.put("Scan", NeighbourReaders::scan);
  }

  // ---- the largest, or smallest ----------------------------------------------------------------

  private static List<Wire> first(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    int axis = node.axis(node.integer("axis", -1), x.rank());
    long count = node.opset() < 10 ? node.integer("k", 0) : node.integers(1, "number")[0];
    boolean largest = node.flag("largest", true);
    if (count < 1 || count > Math.min(MOST_FIRST, x.shape().dim(axis))) {
      throw node.unsupported("the first %d of %d".formatted(count, x.shape().dim(axis)));
    }
    double last =
        switch (x.element()) {
          case FLOAT32 -> largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
          case INT32 -> largest ? Integer.MIN_VALUE : Integer.MAX_VALUE;
          default -> throw node.types("it is not supported for " + x.element().label());
        };
    List<Integer> dims = new ArrayList<>(java.util.Collections.nCopies(x.rank(), 1));
    dims.set(axis, x.shape().dim(axis));
    int[] places = Blocks.range(x.shape().dim(axis)).stream().mapToInt(i -> i).toArray();
    Wire line = draw.reshape(draw.indices(places), new Shape(dims));
    List<Integer> one = new ArrayList<>(x.shape().dims());
    one.set(axis, 1);
    List<Wire> values = new ArrayList<>();
    List<Wire> indices = new ArrayList<>();
    Wire rest = x;
    for (int i = 0; i < count; i++) {
      Wire index =
          draw.drawing()
              .add(
                  new Op.ArgReduce(largest, axis),
                  TensorType.plain(ElementType.INT32, new Shape(one)),
                  List.of(rest));
      indices.add(index);
      values.add(
          draw.reduce(largest ? Reduce.Kind.MAX : Reduce.Kind.MIN, rest, List.of(axis), true));
      if (i + 1 < count) {
        Wire taken = draw.compare(Compare.Kind.EQUAL, line, index);
        rest = draw.select(taken, draw.scalar(x.element(), last), rest);
      }
    }
    return List.of(
        draw.concat(axis, values), draw.cast(draw.concat(axis, indices), ElementType.INT64));
  }

  // ---- distances -------------------------------------------------------------------------------

  /// Operator CDist of ONNX Runtime: distances of the rows of x to those of a constant.
  static Wire distances(NodeView node, Blocks draw) {
    Wire squares =
        kernel(node, draw, node.input(0), node.input(1), KernelMatrix.Kind.SQUARED_DISTANCE);
    return switch (node.text("metric", "sqeuclidean")) {
      case "sqeuclidean" -> squares;
      case "euclidean" -> draw.unary(Unary.Kind.SQRT, squares);
      default ->
          throw node.unsupported(
              "metric '%s'".formatted(OnnxNames.printable(node.text("metric", ""))));
    };
  }

  private static Wire kernel(
      NodeView node, Blocks draw, Wire x, Wire vectors, KernelMatrix.Kind kind) {
    node.require(
        x.rank() == 2 && vectors.rank() == 2 && x.shape().last() == vectors.shape().last(),
        "[%s] and [%s] are not rows of one length".formatted(x.shape(), vectors.shape()));
    node.requireFloat(x);
    node.requireFloat(vectors);
    return draw.drawing()
        .add(
            new KernelMatrix(kind, 1, 0, 1),
            TensorType.plain(
                ElementType.FLOAT32, Shape.of(x.shape().dim(0), vectors.shape().dim(0))),
            List.of(x, vectors));
  }

  /// The loop over prototypes that scikit-learn's converter writes for distances. Others are
  /// control flow.
  private static List<Wire> scan(NodeView node, Blocks draw) {
    Optional<KernelMatrix.Kind> kind = node.graph("body").flatMap(NeighbourReaders::distance);
    boolean plain =
        node.inputCount() == 2
            && node.integer("num_scan_inputs", 0) == 1
            && node.longs("scan_input_axes").orElse(new long[1])[0] == 0
            && !node.has("scan_input_directions")
            && !node.has("scan_output_directions")
            && !node.has("scan_output_axes");
    if (kind.isEmpty() || !plain) {
      throw node.refusal(
          OnnxProblem.CONTROL_FLOW,
          "Scan runs another graph, which is supported for distances to prototypes only",
          "export the model without control flow: trace it with fixed shapes, or unroll the loop.");
    }
    Wire x = node.input(0);
    Wire distances = kernel(node, draw, x, node.constant(1, "prototypes"), kind.get());
    return List.of(x, draw.transpose(distances, 1, 0));
  }

  /// What `body` computes of state `[N,F]` and vector `[F]` if it is a distance and leaves the
  /// state alone.
  private static Optional<KernelMatrix.Kind> distance(GraphProto body) {
    if (body.getInputCount() != 2 || body.getOutputCount() != 2) {
      return Optional.empty();
    }
    String state = body.getInput(0).getName();
    String vector = body.getInput(1).getName();
    if (!source(body, body.getOutput(0).getName()).equals(state)) {
      return Optional.empty();
    }
    Optional<NodeProto> sum = producer(body, source(body, body.getOutput(1).getName()));
    if (sum.isEmpty() || !alongRows(body, sum.get()) || sum.get().getInputCount() < 1) {
      return Optional.empty();
    }
    String summed = source(body, sum.get().getInput(0));
    return switch (sum.get().getOpType()) {
      case "ReduceSumSquare" ->
          isDifference(body, summed, state, vector)
              ? Optional.of(KernelMatrix.Kind.SQUARED_DISTANCE)
              : Optional.empty();
      case "ReduceSum" ->
          producer(body, summed)
              .filter(abs -> abs.getOpType().equals("Abs") && abs.getInputCount() == 1)
              .filter(abs -> isDifference(body, source(body, abs.getInput(0)), state, vector))
              .map(abs -> KernelMatrix.Kind.MANHATTAN);
      default -> Optional.empty();
    };
  }

  /// `name`, or what it is the identity of.
  private static String source(GraphProto body, String name) {
    String at = name;
    for (int i = 0; i < body.getNodeCount(); i++) {
      Optional<NodeProto> node =
          producer(body, at)
              .filter(n -> n.getOpType().equals("Identity") && n.getInputCount() == 1);
      if (node.isEmpty()) {
        return at;
      }
      at = node.get().getInput(0);
    }
    return at;
  }

  private static Optional<NodeProto> producer(GraphProto body, String name) {
    return body.getNodeList().stream()
        .filter(node -> node.getOutputList().contains(name) && node.getDomain().isEmpty())
        .findFirst();
  }

  private static boolean isDifference(GraphProto body, String name, String x, String y) {
    return producer(body, name)
        .filter(node -> node.getOpType().equals("Sub") && node.getInputCount() == 2)
        .map(node -> List.of(source(body, node.getInput(0)), source(body, node.getInput(1))))
        .filter(pair -> pair.equals(List.of(x, y)) || pair.equals(List.of(y, x)))
        .isPresent();
  }

  /// Whether a reduction is along dimension 1 and drops it.
  private static boolean alongRows(GraphProto body, NodeProto node) {
    List<Long> axes = new ArrayList<>();
    boolean keeps = true;
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("axes")) {
        axes.addAll(attribute.getIntsList());
      } else if (attribute.getName().equals("keepdims")) {
        keeps = attribute.getI() != 0;
      }
    }
    if (node.getInputCount() > 1) {
      body.getInitializerList().stream()
          .filter(tensor -> tensor.getName().equals(node.getInput(1)))
          .forEach(tensor -> axes.addAll(longs(tensor)));
    }
    return !keeps && axes.size() == 1 && (axes.getFirst() == 1 || axes.getFirst() == -1);
  }

  private static List<Long> longs(TensorProto tensor) {
    if (tensor.getDataType() != TensorProto.DataType.INT64.getNumber()) {
      return List.of();
    }
    Wire wire = TensorData.wire(tensor, "", "axes");
    return java.util.Arrays.stream(wire.integers()).boxed().toList();
  }
}
