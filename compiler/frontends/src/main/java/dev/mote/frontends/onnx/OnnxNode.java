package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.WriteProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// One node as the function that writes it sees it: its operands in the order of dimensions that it
/// wants, and the means to add nodes and constants.
final class OnnxNode {

  private final OnnxExport file;
  private final Graph graph;
  private final Node node;

  OnnxNode(OnnxExport file, Graph graph, Node node) {
    this.file = file;
    this.graph = graph;
    this.node = node;
  }

  Node node() {
    return node;
  }

  OnnxExport file() {
    return file;
  }

  // ---- operands --------------------------------------------------------------------------------

  int inputCount() {
    return node.inputs().size();
  }

  Tensor input(int index) {
    return graph.input(node, index);
  }

  Shape inputShape(int index) {
    return input(index).shape();
  }

  Tensor output(int index) {
    return graph.tensor(node.outputs().get(index));
  }

  TensorType outputType() {
    return graph.output(node).type();
  }

  /// The real numbers of input `index`, in this order of dimensions.
  String real(int index, List<Integer> order) {
    return file.forms().real(node.input(index), order);
  }

  /// The real numbers of input `index`, in the graph's order of dimensions.
  String real(int index) {
    return real(index, ValueForms.identity(inputShape(index).rank()));
  }

  /// The elements of input `index` as they are stored.
  String stored(int index, List<Integer> order) {
    return file.forms().stored(node.input(index), order);
  }

  String stored(int index) {
    return stored(index, ValueForms.identity(inputShape(index).rank()));
  }

  /// The order in which input 0 was computed.
  List<Integer> order() {
    return file.forms().first(node.input(0));
  }

  /// An order for operands that are broadcast to `rank` dimensions: that of the largest one which
  /// is computed and has all of them.
  List<Integer> commonOrder(int rank) {
    return node.inputs().stream()
        .map(graph::tensor)
        .filter(t -> !t.isConstant() && t.shape().rank() == rank)
        .max(Comparator.comparingInt(t -> t.shape().count()))
        .filter(_ -> node.inputs().stream().allMatch(name -> isSpread(name, rank)))
        .map(t -> file.forms().first(t.name()))
        .orElse(ValueForms.identity(rank));
  }

  /// Whether a tensor can be had with `rank` dimensions in any order.
  private boolean isSpread(String name, int rank) {
    Tensor tensor = graph.tensor(name);
    return tensor.isConstant() || tensor.shape().rank() == rank || tensor.shape().rank() == 0;
  }

  /// Input `index`, broadcast to a tensor of the order's rank, in this order; real numbers, or
  /// elements as they are stored.
  String spread(int index, List<Integer> order, boolean real) {
    Tensor tensor = input(index);
    int rank = tensor.shape().rank();
    if (rank == order.size()) {
      return real ? real(index, order) : stored(index, order);
    }
    boolean same = order.equals(ValueForms.identity(order.size()));
    if (same || rank == 0 || !tensor.isConstant()) {
      return real ? real(index) : stored(index);
    }
    int missing = order.size() - rank;
    Quantization quantization =
        tensor.quantization() instanceof Quantization.PerChannel p
            ? new Quantization.PerChannel(p.scales(), p.axis() + missing)
            : tensor.quantization();
    TensorType type =
        new TensorType(tensor.element(), tensor.shape().extendTo(order.size()), quantization);
    Tensor wide =
        OnnxConstants.permuted(
            Tensor.constant(tensor.name(), type, tensor.data().orElseThrow()), order);
    String value = file.constant(tensor.name(), wide.type(), wide.data().orElseThrow());
    return real && quantization.isQuantized()
        ? file.forms().dequantize(tensor.name(), value, wide.type())
        : value;
  }

  // ---- constants -------------------------------------------------------------------------------

  /// A float scalar, of the type that real numbers have here.
  String scalar(float value) {
    return file.constant(
        "number",
        TensorType.plain(ElementType.FLOAT32, Shape.SCALAR),
        OnnxConstants.floats(List.of(value)));
  }

  /// A scalar of an integer type.
  String integer(ElementType element, long value) {
    return file.constant(
        "number",
        TensorType.plain(element, Shape.SCALAR),
        OnnxConstants.integers(element, 1, value));
  }

  /// A one-dimensional int64 constant: shapes, axes, positions.
  String vector(List<Integer> values) {
    return file.constant(
        "vector",
        TensorType.plain(ElementType.INT64, Shape.of(values.size())),
        OnnxConstants.int64(values));
  }

  String constant(TensorType type, Blob data) {
    return file.constant(node.name() + "/constant", type, data);
  }

  // ---- nodes -----------------------------------------------------------------------------------

  /// Adds a node of one result.
  String add(String operator, List<String> inputs, AttributeProto... attributes) {
    return file.add(node.name(), operator, inputs, attributes);
  }

  String reshape(String value, Shape shape) {
    return add("Reshape", List.of(value, file.forms().shape(shape)));
  }

  /// Says that `value` holds the real numbers of the first output in this order; quantizes them
  /// where the output is quantized.
  void result(String value, List<Integer> order) {
    result(0, value, order);
  }

  void result(int index, String value, List<Integer> order) {
    Tensor output = output(index);
    String stored =
        output.quantization().isQuantized()
            ? file.forms()
                .quantize(output.name(), value, OnnxConstants.permuted(output.type(), order))
            : value;
    file.forms().put(output.name(), stored, order);
  }

  /// As [#result] in the graph's order of dimensions.
  void result(String value) {
    result(value, ValueForms.identity(outputType().shape().rank()));
  }

  /// Says that `value` holds the elements of output `index` as they are stored.
  void resultStored(int index, String value, List<Integer> order) {
    file.forms().put(output(index).name(), value, order);
  }

  /// `value` after the activation. Integers that are no quantized numbers have no Relu or Clip in
  /// every operator set, but Max and Min.
  String activated(String value, Activation activation) {
    if (activation == Activation.NONE) {
      return value;
    }
    boolean plain =
        outputType().element().isInteger() && !outputType().quantization().isQuantized();
    if (plain) {
      ElementType element = outputType().element();
      String lower = integer(element, (long) activation.lower());
      String clamped = add("Max", List.of(value, lower));
      return activation == Activation.RELU
          ? clamped
          : add("Min", List.of(clamped, integer(element, (long) activation.upper())));
    }
    return activation == Activation.RELU
        ? add("Relu", List.of(value))
        : add("Clip", List.of(value, scalar(activation.lower()), scalar(activation.upper())));
  }

  /// The shapes of all outputs.
  List<Shape> outputShapes() {
    return IntStream.range(0, node.outputs().size()).mapToObj(i -> output(i).shape()).toList();
  }

  // ---- orders of dimensions --------------------------------------------------------------------

  /// `values`, one for each dimension of the graph's tensor, for the file's.
  static <T> List<T> ordered(List<T> values, List<Integer> order) {
    return order.stream().map(values::get).toList();
  }

  /// The order that is left when `axes` are dropped.
  static List<Integer> without(List<Integer> order, List<Integer> axes) {
    List<Integer> left =
        ValueForms.identity(order.size()).stream().filter(a -> !axes.contains(a)).toList();
    List<Integer> result = new ArrayList<>();
    order.stream().filter(left::contains).forEach(axis -> result.add(left.indexOf(axis)));
    return result;
  }

  // ---- problems --------------------------------------------------------------------------------

  DiagnosticException missing(String what, String fix) {
    return new DiagnosticException(WriteProblem.NO_OPERATOR.at(graph, node, what, fix));
  }

  DiagnosticException unfit(String what, String fix) {
    return new DiagnosticException(WriteProblem.NO_SUCH_FORM.at(graph, node, what, fix));
  }

  static List<String> list(String... values) {
    return Arrays.asList(values);
  }
}
