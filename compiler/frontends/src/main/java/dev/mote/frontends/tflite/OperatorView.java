package dev.mote.frontends.tflite;

import com.google.flatbuffers.Table;
import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.Operator;
import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One operator of the file as the function that reads it sees it: operands as tensors of the graph
/// under construction, attributes, and the means to add nodes and constants.
///
/// Everything that does not fit throws a [Refusal], which ends this operator only.
final class OperatorView {

  private static final String DAMAGED_FIX =
      "the file is damaged or was written wrongly: export the model again.";

  private final GraphUnderConstruction graph;
  private final TensorTable tensors;
  private final Operator operator;
  private final String where;
  private final List<Integer> inputs;
  private final List<Integer> outputs;

  OperatorView(
      GraphUnderConstruction graph,
      TensorTable tensors,
      Operator operator,
      String where,
      List<Integer> inputs,
      List<Integer> outputs) {
    this.graph = graph;
    this.tensors = tensors;
    this.operator = operator;
    this.where = where;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /// How messages call the operator.
  String where() {
    return where;
  }

  // ---- operands --------------------------------------------------------------------------------

  /// Number of inputs in the file, absent ones included.
  int inputCount() {
    return inputs.size();
  }

  int outputCount() {
    return outputs.size();
  }

  /// Whether input `index` is given; optional ones may be missing or -1.
  boolean hasInput(int index) {
    return index < inputs.size() && inputs.get(index) >= 0;
  }

  /// Input `index` as a tensor of the graph.
  ///
  /// @throws Refusal when it is absent or has not been computed
  Tensor input(int index) {
    return graph.read(inputNumber(index), where);
  }

  TensorType inputType(int index) {
    return input(index).type();
  }

  Shape inputShape(int index) {
    return input(index).shape();
  }

  /// The names of all inputs.
  List<String> inputNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      names.add(input(i).name());
    }
    return names;
  }

  /// Input `index` as the file describes it.
  SourceTensor source(int index) {
    return tensors.get(inputNumber(index));
  }

  /// Output `index` as the file describes it; its shape need not be the one that results.
  SourceTensor target(int index) {
    return tensors.get(outputs.get(index));
  }

  /// Type of output `index`, given its shape.
  TensorType outputType(int index, Shape shape) {
    SourceTensor target = target(index);
    return new TensorType(target.element(), shape, target.quantization());
  }

  /// The file's shape of output `index` when the file has a complete one and the graph's inputs
  /// have the file's shapes.
  Optional<Shape> claimedShape(int index) {
    return graph.isReshaped() ? Optional.empty() : target(index).shape();
  }

  /// The integers of input `index`, which must be known while the model is read.
  ///
  /// @param what how the message calls the operand, for instance `the axis`
  long[] constantIntegers(int index, String what) {
    Tensor tensor = input(index);
    if (!tensor.isConstant()) {
      throw problem(
          ReadProblem.RUNTIME_OPERAND,
          "%s ('%s') is computed at run time; it must be a constant".formatted(what, tensor.name()),
          "make it a constant in the model: sizes and positions are fixed when Mote compiles.");
    }
    if (!tensor.element().isInteger()) {
      throw problem(
          ReadProblem.OPERAND_TYPES,
          "%s ('%s') is %s, not an integer"
              .formatted(what, tensor.name(), tensor.element().label()),
          DAMAGED_FIX);
    }
    return tensor.constantIntegers();
  }

  /// The only integer of input `index`, as an `int`.
  int constantInteger(int index, String what) {
    long[] values = constantIntegers(index, what);
    if (values.length != 1 || values[0] != (int) values[0]) {
      throw problem(
          ReadProblem.ATTRIBUTE,
          "%s must be one 32-bit integer, not %s"
              .formatted(what, java.util.Arrays.toString(values)),
          DAMAGED_FIX);
    }
    return (int) values[0];
  }

  /// Input `axisInput` or an attribute as a dimension of a tensor of `rank` dimensions; negative
  /// ones count from the end.
  int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw problem(
          ReadProblem.ATTRIBUTE,
          "axis %d does not exist in a tensor of %d dimensions".formatted(axis, rank),
          DAMAGED_FIX);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /// Refuses unless the number of inputs is between `least` and `most` and that of outputs is
  /// `results`.
  void expectCounts(int least, int most, int results) {
    if (inputs.size() < least || inputs.size() > most || outputs.size() != results) {
      throw problem(
          ReadProblem.OPERAND_COUNT,
          "it has %d inputs and %d outputs; expected %s and %d"
              .formatted(
                  inputs.size(),
                  outputs.size(),
                  least == most ? String.valueOf(least) : least + " to " + most,
                  results),
          DAMAGED_FIX);
    }
  }

  // ---- attributes ------------------------------------------------------------------------------

  /// The operator's attributes, or nothing when the file leaves them out (all have their defaults
  /// then).
  ///
  /// @param type the number of the options' type
  /// @param table an accessor of that type
  <T extends Table> Optional<T> options(byte type, T table) {
    if (operator.builtinOptionsType() == 0) {
      return Optional.empty();
    }
    if (operator.builtinOptionsType() != type || operator.builtinOptions(table) == null) {
      throw problem(
          ReadProblem.ATTRIBUTE, "its attributes are those of another operator", DAMAGED_FIX);
    }
    return Optional.of(table);
  }

  /// The operator's attributes, which must be there.
  <T extends Table> T requiredOptions(byte type, T table) {
    return options(type, table)
        .orElseThrow(() -> problem(ReadProblem.ATTRIBUTE, "it has no attributes", DAMAGED_FIX));
  }

  /// A fused activation function of the file.
  Activation activation(byte code) {
    return switch (code) {
      case ActivationFunctionType.NONE -> Activation.NONE;
      case ActivationFunctionType.RELU -> Activation.RELU;
      case ActivationFunctionType.RELU6 -> Activation.RELU6;
      case ActivationFunctionType.RELU_N1_TO_1 -> Activation.RELU_N1_TO_1;
      case ActivationFunctionType.TANH, ActivationFunctionType.SIGN_BIT ->
          throw problem(
              ReadProblem.ACTIVATION,
              "the fused activation %s is not supported"
                  .formatted(ActivationFunctionType.name(code)),
              "write the activation as an operator of its own in the model.");
      default ->
          throw problem(ReadProblem.ATTRIBUTE, "its activation function is #" + code, DAMAGED_FIX);
    };
  }

  // ---- results ---------------------------------------------------------------------------------

  /// Adds the node that computes this operator's outputs, which get `shapes`.
  void emit(Op op, List<String> inputNames, Shape... shapes) {
    List<TensorType> types = new ArrayList<>();
    for (int i = 0; i < shapes.length; i++) {
      types.add(resultType(i, shapes[i]));
    }
    graph.add(op, inputNames, outputs.subList(0, shapes.length), types, where);
  }

  /// Adds a node that computes only output `index`.
  void emitAt(int index, Op op, List<String> inputNames, Shape shape) {
    graph.add(
        op, inputNames, List.of(outputs.get(index)), List.of(resultType(index, shape)), where);
  }

  /// Adds a node that is followed by a fused TANH when the file says so; other activations are part
  /// of `op`.
  void emitFused(byte activationCode, Op op, List<String> inputNames, Shape shape) {
    boolean tanh =
        activationCode == ActivationFunctionType.TANH && target(0).element() == ElementType.FLOAT32;
    if (tanh) {
      String before = emitPart("linear", op, inputNames, outputType(0, shape));
      emit(new Op.Unary(Op.Unary.Kind.TANH), List.of(before), shape);
    } else {
      emit(op, inputNames, shape);
    }
  }

  /// The activation that `op` itself gets when [#emitFused] adds the node.
  Activation fusable(byte code) {
    return code == ActivationFunctionType.TANH && target(0).element() == ElementType.FLOAT32
        ? Activation.NONE
        : activation(code);
  }

  /// Adds a node whose result is used within this operator only; returns the result's name.
  String emitPart(String part, Op op, List<String> inputNames, TensorType type) {
    return graph.addPart(target(0).name() + "/" + part, op, inputNames, type, where);
  }

  /// Adds a node with several results that are used within this operator only.
  List<String> emitParts(String part, Op op, List<String> inputNames, List<TensorType> types) {
    return graph.addParts(target(0).name() + "/" + part, op, inputNames, types, where);
  }

  /// Adds a node without results.
  void emitEffect(Op op, List<String> inputNames) {
    graph.addEffect(inputNames.getFirst() + "/assign", op, inputNames);
  }

  /// Makes output `index` a constant.
  void emitConstant(int index, Shape shape, byte[] data) {
    graph.bindConstant(outputs.get(index), resultType(index, shape), Blob.of(data), where);
  }

  /// Adds a constant that the file does not have; returns its name.
  String constant(String part, TensorType type, byte[] data) {
    return graph.addConstant(target(0).name() + "/" + part, type, Blob.of(data));
  }

  /// Adds a one-dimensional int32 constant.
  String constant(String part, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    return constant(
        part, TensorType.plain(ElementType.INT32, Shape.of(values.length)), bytes.array());
  }

  /// Makes input `index`, a tensor that the file marks as variable, a state of the graph.
  String state(int index, Shape shape) {
    SourceTensor source = source(index);
    if (!source.variable()) {
      throw problem(
          ReadProblem.VARIABLE,
          "its state '%s' is not marked as variable".formatted(source.name()),
          DAMAGED_FIX);
    }
    TensorType type =
        new TensorType(source.element(), checked(source, shape), source.quantization());
    return graph.bindVariable(inputNumber(index), type);
  }

  /// The graph so far, for what this view has no words for.
  GraphUnderConstruction graph() {
    return graph;
  }

  /// Number of the tensor that is output `index`.
  int outputNumber(int index) {
    return outputs.get(index);
  }

  /// Number of the tensor that is input `index`.
  int inputNumber(int index) {
    if (!hasInput(index)) {
      throw problem(ReadProblem.OPERAND_COUNT, "input %d is missing".formatted(index), DAMAGED_FIX);
    }
    return inputs.get(index);
  }

  // ---- problems --------------------------------------------------------------------------------

  /// What is wrong with this operator, to be thrown.
  Refusal problem(ReadProblem problem, String what, String fix) {
    return new Refusal(problem.at(where, what, fix));
  }

  /// An attribute or shape that no converter writes.
  Refusal damaged(ReadProblem problem, String what) {
    return problem(problem, what, DAMAGED_FIX);
  }

  private TensorType resultType(int index, Shape shape) {
    return outputType(index, checked(target(index), shape));
  }

  /// `computed`, when it stays within limits and does not contradict the file.
  private Shape checked(SourceTensor tensor, Shape computed) {
    TensorTable.sized(computed.dims(), tensor.element(), where);
    if (computed.count() == 0) {
      throw damaged(
          ReadProblem.BAD_SHAPE,
          "'%s' has no elements (its shape is %s)".formatted(tensor.name(), computed));
    }
    if (!graph.isReshaped() && contradicts(tensor, computed)) {
      throw damaged(
          ReadProblem.SHAPE_MISMATCH,
          "the file gives '%s' the shape [%s], but it is computed as [%s]"
              .formatted(tensor.name(), tensor.shape().orElse(Shape.SCALAR), computed));
    }
    return computed;
  }

  /// Whether a fixed dimension of the file differs. An empty shape may also mean that the converter
  /// did not know it.
  private static boolean contradicts(SourceTensor tensor, Shape computed) {
    List<Integer> dims = tensor.dims();
    if (dims.isEmpty()) {
      return false;
    }
    if (dims.size() != computed.rank()) {
      return true;
    }
    for (int i = 0; i < dims.size(); i++) {
      if (dims.get(i) != -1 && dims.get(i) != computed.dim(i)) {
        return true;
      }
    }
    return false;
  }
}
