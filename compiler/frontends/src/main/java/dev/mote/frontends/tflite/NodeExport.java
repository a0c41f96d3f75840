package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.ReshapeOptionsT;
import dev.mote.ir.Activation;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.WriteProblem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One node as the function that writes it sees it: its operands by number, and the means to add
/// operators and constants.
final class NodeExport {

  private final GraphExport export;
  private final Graph graph;
  private final Node node;

  NodeExport(GraphExport export, Graph graph, Node node) {
    this.export = export;
    this.graph = graph;
    this.node = node;
  }

  Node node() {
    return node;
  }

  // ---- operands --------------------------------------------------------------------------------

  int inputCount() {
    return node.inputs().size();
  }

  Tensor input(int index) {
    return graph.input(node, index);
  }

  TensorType inputType(int index) {
    return input(index).type();
  }

  Shape inputShape(int index) {
    return input(index).shape();
  }

  TensorType outputType() {
    return graph.output(node).type();
  }

  /// Number of input `index`.
  int x(int index) {
    return export.number(node.input(index));
  }

  /// Number of input `index`, half floats widened.
  int real(int index) {
    return input(index).element() == ElementType.FLOAT16 && input(index).isConstant()
        ? export.widened(node.input(index))
        : x(index);
  }

  /// Numbers of all inputs, half floats widened.
  List<Integer> inputs() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < inputCount(); i++) {
      numbers.add(real(i));
    }
    return numbers;
  }

  /// Number of the first output.
  int y() {
    return export.number(node.output());
  }

  List<Shape> outputShapes() {
    return node.outputs().stream().map(name -> graph.tensor(name).shape()).toList();
  }

  /// Numbers of all outputs.
  List<Integer> outputs() {
    return node.outputs().stream().map(export::number).toList();
  }

  int handle(String variable) {
    return export.handle(variable);
  }

  // ---- parts -----------------------------------------------------------------------------------

  /// An activation within this node.
  int part(String label, TensorType type) {
    return export.part(node.name() + "/" + label, type);
  }

  /// A one-dimensional int32 constant.
  int vector(String label, List<Integer> values) {
    return export.constant(
        node.name() + "/" + label, values.stream().mapToInt(Integer::intValue).toArray());
  }

  /// A scalar int32 constant.
  int scalar(String label, int value) {
    return constant(
        label,
        TensorType.plain(ElementType.INT32, Shape.SCALAR),
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  /// A float32 constant.
  int floats(String label, Shape shape, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return constant(label, TensorType.plain(ElementType.FLOAT32, shape), bytes.array());
  }

  int constant(String label, TensorType type, byte[] data) {
    return export.constant(node.name() + "/" + label, type, data);
  }

  // ---- operators -------------------------------------------------------------------------------

  /// Adds an operator whose version follows from the type that it computes on.
  OperatorT emit(
      int builtin, TensorType on, Optional<Object> options, List<Integer> inputs, int... outputs) {
    return emit(builtin, OperatorVersions.of(builtin, on), options, inputs, outputs);
  }

  OperatorT emit(
      int builtin, int version, Optional<Object> options, List<Integer> inputs, int... outputs) {
    return export.operator(
        builtin, version, options, inputs, java.util.Arrays.stream(outputs).boxed().toList());
  }

  /// Adds an operator of one result within this node; returns the result's number.
  int emitPart(int builtin, TensorType result, Optional<Object> options, List<Integer> inputs) {
    int part = part(BuiltinOperator.name(builtin).toLowerCase(java.util.Locale.ROOT), result);
    emit(builtin, result, options, inputs, part);
    return part;
  }

  /// The number that an operator whose result has `shape` should write to: the node's output, or a
  /// part that [#finish] gives the output's shape.
  int result(Shape shape) {
    return shape.equals(outputType().shape()) ? y() : part("result", outputType().withShape(shape));
  }

  /// Gives what was written to [#result] the output's shape.
  void finish(int result) {
    if (result != y()) {
      reshape(result, y(), outputType().shape());
    }
  }

  void reshape(int from, int to, Shape shape) {
    ReshapeOptionsT options = new ReshapeOptionsT();
    options.setNewShape(shape.dims().stream().mapToInt(Integer::intValue).toArray());
    emit(
        BuiltinOperator.RESHAPE,
        1,
        Optional.of(options),
        List.of(from, vector("shape", shape.dims())),
        to);
  }

  /// How the schema calls a fused activation.
  static byte code(Activation activation) {
    return switch (activation) {
      case NONE -> ActivationFunctionType.NONE;
      case RELU -> ActivationFunctionType.RELU;
      case RELU6 -> ActivationFunctionType.RELU6;
      case RELU_N1_TO_1 -> ActivationFunctionType.RELU_N1_TO_1;
    };
  }

  // ---- problems --------------------------------------------------------------------------------

  /// The format has no such operator.
  DiagnosticException missing(String fix) {
    return new DiagnosticException(
        WriteProblem.NO_OPERATOR.at(
            graph, node, "TFLite has no such operator, and none that together compute it", fix));
  }

  /// The format has the operator, but not so.
  DiagnosticException unfit(String what, String fix) {
    return new DiagnosticException(WriteProblem.NO_SUCH_FORM.at(graph, node, what, fix));
  }
}
