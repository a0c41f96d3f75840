package dev.mote.frontends.onnx;

import com.google.protobuf.ByteString;
import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One node of the model as the function that reads its operator sees it.
final class NodeView {

  private static final String EXPORT_FIX = "export the model again, or change it before.";

  private final NodeProto node;
  private final String where;
  private final int opset;
  private final List<Optional<Wire>> inputs;
  private final Map<String, AttributeProto> attributes = new HashMap<>();

  NodeView(NodeProto node, String where, int opset, List<Optional<Wire>> inputs) {
    this.node = node;
    this.where = where;
    this.opset = opset;
    this.inputs = List.copyOf(inputs);
    node.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), attribute));
  }

  /// This node with quantized integers as plain ones.
  NodeView plain(Blocks draw) {
    List<Optional<Wire>> plain =
        inputs.stream()
            .map(
                input ->
                    input.map(
                        x -> x.type().quantization().isQuantized() ? draw.cast(x, x.element()) : x))
            .toList();
    return new NodeView(node, where, opset, plain);
  }

  /// How errors call this node.
  String where() {
    return where;
  }

  String operator() {
    return node.getOpType();
  }

  /// Version of the operator set that the model follows.
  int opset() {
    return opset;
  }

  // ---- operands --------------------------------------------------------------------------------

  int inputCount() {
    return inputs.size();
  }

  /// Input number `index`, which must be there.
  Wire input(int index) {
    return optional(index)
        .orElseThrow(
            () ->
                refusal(
                    OnnxProblem.OPERAND_COUNT,
                    "input #%d is missing".formatted(index),
                    EXPORT_FIX));
  }

  Optional<Wire> optional(int index) {
    return index < inputs.size() ? inputs.get(index) : Optional.empty();
  }

  /// All inputs, none of which may be absent.
  List<Wire> all() {
    List<Wire> wires = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      wires.add(input(i));
    }
    return wires;
  }

  /// What the first input's integers stand for; empty when no input is of strings.
  Optional<List<String>> texts() {
    for (Optional<Wire> input : inputs) {
      if (input.isPresent() && !input.get().texts().isEmpty()) {
        return Optional.of(input(0).texts());
      }
    }
    return Optional.empty();
  }

  int outputCount() {
    return node.getOutputCount();
  }

  /// Whether the model gives output number `index` a name.
  boolean hasOutput(int index) {
    return index < node.getOutputCount() && !node.getOutput(index).isEmpty();
  }

  /// Refuses results that are not computed.
  void requireOnly(int outputs) {
    for (int i = outputs; i < outputCount(); i++) {
      if (hasOutput(i)) {
        throw refusal(
            OnnxProblem.OPERAND_COUNT,
            "its output #%d is not supported".formatted(i),
            "leave that output out of the model.");
      }
    }
  }

  /// Input number `index`, which must be a constant.
  Wire constant(int index, String what) {
    Wire wire = input(index);
    if (!wire.isConstant()) {
      throw refusal(
          OnnxProblem.RUNTIME_OPERAND,
          "its %s, input '%s', is computed at run time"
              .formatted(what, OnnxNames.printable(node.getInput(index))),
          "make it a constant of the model: fix the input shapes when exporting, or fold constants"
              + " afterwards (onnxsim).");
    }
    return wire;
  }

  long[] integers(int index, String what) {
    Wire wire = constant(index, what);
    if (wire.element().isFloat()) {
      throw types("its %s is not an integer tensor".formatted(what));
    }
    return wire.integers();
  }

  // ---- attributes ------------------------------------------------------------------------------

  boolean has(String name) {
    return attributes.containsKey(name);
  }

  private Optional<AttributeProto> found(String name) {
    return Optional.ofNullable(attributes.get(name));
  }

  long integer(String name, long otherwise) {
    return found(name).map(AttributeProto::getI).orElse(otherwise);
  }

  /// An integer attribute that is a small count or distance.
  int small(String name, int otherwise) {
    long value = integer(name, otherwise);
    if (Math.abs(value) > OnnxLimits.WINDOW) {
      throw attribute("its attribute '%s' is %d".formatted(name, value));
    }
    return (int) value;
  }

  boolean flag(String name, boolean otherwise) {
    return integer(name, otherwise ? 1 : 0) != 0;
  }

  float real(String name, float otherwise) {
    return found(name).map(AttributeProto::getF).orElse(otherwise);
  }

  String text(String name, String otherwise) {
    return found(name).map(AttributeProto::getS).map(ByteString::toStringUtf8).orElse(otherwise);
  }

  /// A list of small integers; empty when it is absent.
  Optional<List<Integer>> list(String name) {
    return found(name)
        .map(
            attribute -> {
              List<Integer> values = new ArrayList<>();
              for (long value : attribute.getIntsList()) {
                if (values.size() >= OnnxLimits.WINDOW || Math.abs(value) > Integer.MAX_VALUE) {
                  throw attribute("its attribute '%s' holds %d".formatted(name, value));
                }
                values.add((int) value);
              }
              return values;
            });
  }

  Optional<long[]> longs(String name) {
    return found(name).map(a -> a.getIntsList().stream().mapToLong(Long::longValue).toArray());
  }

  Optional<float[]> floats(String name) {
    return found(name)
        .map(
            a -> {
              float[] values = new float[a.getFloatsCount()];
              for (int i = 0; i < values.length; i++) {
                values[i] = a.getFloats(i);
              }
              return values;
            });
  }

  List<String> texts(String name) {
    return found(name)
        .map(a -> a.getStringsList().stream().map(ByteString::toStringUtf8).toList())
        .orElse(List.of());
  }

  Optional<TensorProto> tensor(String name) {
    return found(name).filter(AttributeProto::hasT).map(AttributeProto::getT);
  }

  Optional<GraphProto> graph(String name) {
    return found(name).filter(AttributeProto::hasG).map(AttributeProto::getG);
  }

  /// `axis`, which may count from the end, as a dimension of `rank`.
  int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw attribute("axis %d does not exist in %d dimensions".formatted(axis, rank));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /// Sorted dimensions of `rank`, each once.
  List<Integer> axes(long[] axes, int rank) {
    if (axes.length > rank) {
      throw attribute("it names %d axes of %d".formatted(axes.length, rank));
    }
    return java.util.Arrays.stream(axes)
        .mapToInt(a -> axis(a, rank))
        .sorted()
        .distinct()
        .boxed()
        .toList();
  }

  // ---- refusals --------------------------------------------------------------------------------

  OnnxRefusal refusal(OnnxProblem problem, String what, String fix) {
    return new OnnxRefusal(problem.at(where, what, fix));
  }

  OnnxRefusal attribute(String what) {
    return refusal(OnnxProblem.ATTRIBUTE, what, EXPORT_FIX);
  }

  OnnxRefusal unsupported(String what) {
    return refusal(
        OnnxProblem.ATTRIBUTE,
        what + " is not supported",
        "express it by other operators, or compute it in the application.");
  }

  OnnxRefusal types(String what) {
    return refusal(
        OnnxProblem.OPERAND_TYPES, what, "insert a Cast to float32 or int32 before the export.");
  }

  OnnxRefusal shapes(String what) {
    return refusal(
        OnnxProblem.OPERAND_SHAPES, what, "the model contradicts itself: export it again.");
  }

  void require(boolean condition, String otherwise) {
    if (!condition) {
      throw shapes(otherwise);
    }
  }

  void requireFloat(Wire x) {
    if (x.element() != ElementType.FLOAT32) {
      throw types("it is not supported for " + x.element().label());
    }
  }
}
