package dev.mote.frontends.onnx;

import com.google.protobuf.ByteString;
import dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.OperatorSetIdProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelWriter.Result;
import dev.mote.plugin.WriteProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One graph as it is written, node by node; collects what the format cannot express.
///
/// Values of the file carry preliminary names; what they are called in the end is decided when all
/// of them are known, so that the outputs get their names without copies.
final class OnnxExport {

  /// One file of Protobuf is limited to 2 GiB; readers of such files hold them twice.
  private static final long MOST_BYTES = 1L << 30;

  private static final int USUAL_SET = 13;
  private static final int SET_WITH_HARD_SWISH = 14;
  private static final int SET_WITH_NARROW_AND_WIDE_INTEGERS = 21;
  private static final int CLASSICAL_SET = 3;

  private record ConstantKey(int type, List<Integer> dims, Blob data) {}

  private final Graph graph;
  private final GraphProto.Builder file = GraphProto.newBuilder();
  private final List<NodeProto.Builder> nodes = new ArrayList<>();
  private final Map<String, NodeProto.Builder> producers = new HashMap<>();
  private final Map<ConstantKey, String> constants = new HashMap<>();
  private final Map<String, String> renamed = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Integer> next = new HashMap<>();
  private final List<Diagnostic> problems = new ArrayList<>();
  private final ValueForms forms;
  private final int operatorSet;
  private boolean classical;
  private long constantBytes;

  OnnxExport(Graph graph) {
    this.graph = graph;
    this.operatorSet = operatorSet(graph);
    this.forms = new ValueForms(graph, this);
    // Names at the border come first: what is added gives way to them.
    taken.addAll(graph.inputs());
    taken.addAll(graph.outputs());
  }

  private static int operatorSet(Graph graph) {
    int needed = USUAL_SET;
    for (Tensor tensor : graph.tensors().values()) {
      boolean wide = tensor.element() == ElementType.INT16 && tensor.quantization().isQuantized();
      if (wide || tensor.element() == ElementType.INT4) {
        needed = SET_WITH_NARROW_AND_WIDE_INTEGERS;
      }
    }
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Op.Unary(Op.Unary.Kind kind) && kind == Op.Unary.Kind.HARD_SWISH) {
        needed = Math.max(needed, SET_WITH_HARD_SWISH);
      }
    }
    return needed;
  }

  int operatorSet() {
    return operatorSet;
  }

  ValueForms forms() {
    return forms;
  }

  /// Writes every node.
  Result run() {
    for (String input : graph.inputs()) {
      file.addInput(OnnxConstants.border(graph.tensor(input)));
      forms.put(input, input, ValueForms.identity(graph.tensor(input).shape().rank()));
    }
    for (Node node : graph.nodes()) {
      try {
        OnnxOperators.write(new OnnxNode(this, graph, node));
      } catch (DiagnosticException unwritable) {
        problems.addAll(unwritable.diagnostics());
      }
    }
    if (problems.isEmpty() && constantBytes > MOST_BYTES) {
      problems.add(
          WriteProblem.TOO_LARGE.at(
              graph,
              "its constants have more than %d MiB".formatted(MOST_BYTES >> 20),
              "write a smaller model."));
    }
    if (!problems.isEmpty()) {
      return new Result.Refused(problems);
    }
    graph.outputs().forEach(this::output);
    return new Result.Written(Blob.of(model().toByteArray()));
  }

  /// Gives the value that is output `name` this name, by a copy where it has to keep its own.
  private void output(String name) {
    Tensor tensor = graph.tensor(name);
    file.addOutput(OnnxConstants.border(tensor));
    String value = forms.stored(name, ValueForms.identity(tensor.shape().rank()));
    if (value.equals(name)) {
      return;
    }
    boolean free = producers.containsKey(value) && !renamed.containsKey(value);
    if (free && !graph.outputs().contains(value)) {
      renamed.put(value, name);
    } else {
      nodes.add(NodeProto.newBuilder().setOpType("Identity").addInput(value).addOutput(name));
    }
  }

  private ModelProto model() {
    Set<String> names = new HashSet<>();
    for (NodeProto.Builder node : nodes) {
      for (int i = 0; i < node.getInputCount(); i++) {
        node.setInput(i, renamed.getOrDefault(node.getInput(i), node.getInput(i)));
      }
      for (int i = 0; i < node.getOutputCount(); i++) {
        node.setOutput(i, renamed.getOrDefault(node.getOutput(i), node.getOutput(i)));
      }
      String wanted = node.getOutputCount() > 0 ? node.getOutput(0) : node.getOpType();
      node.setName(names.add(wanted) ? wanted : wanted + "#" + names.size());
      file.addNode(node);
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(operatorSet >= SET_WITH_NARROW_AND_WIDE_INTEGERS ? 10 : 7)
            .setProducerName("Mote")
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(operatorSet))
            .setGraph(file.setName(graph.name()));
    if (classical) {
      model.addOpsetImport(
          OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(CLASSICAL_SET));
    }
    return model.build();
  }

  // ---- what the nodes add ----------------------------------------------------------------------

  /// Adds a node of one result; returns the result's preliminary name, made of `hint`.
  String add(String hint, String operator, List<String> inputs, AttributeProto... attributes) {
    return add(hint, operator, inputs, 1, attributes).getFirst();
  }

  List<String> add(
      String hint,
      String operator,
      List<String> inputs,
      int results,
      AttributeProto... attributes) {
    List<String> outputs = new ArrayList<>();
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .addAllInput(inputs)
            .addAllAttribute(List.of(attributes));
    for (int i = 0; i < results; i++) {
      outputs.add(claim(hint));
      producers.put(outputs.getLast(), node);
    }
    nodes.add(node.addAllOutput(outputs));
    return outputs;
  }

  /// Adds a node of the classical models' domain.
  String addClassical(
      String hint, String operator, List<String> inputs, List<AttributeProto> attributes) {
    classical = true;
    String output = add(hint, operator, inputs, attributes.toArray(AttributeProto[]::new));
    nodes.getLast().setDomain("ai.onnx.ml");
    return output;
  }

  /// The constant of these contents; equal ones are stored once.
  String constant(String hint, TensorType type, Blob data) {
    int code = OnnxConstants.code(type.element());
    ConstantKey key = new ConstantKey(code, type.shape().dims(), data);
    String known = constants.get(key);
    if (known == null) {
      known = ownConstant(hint, type, data);
      constants.put(key, known);
    }
    return known;
  }

  /// A constant of these contents that no other node reads.
  String ownConstant(String hint, TensorType type, Blob data) {
    String name = claim(hint);
    constantBytes += data.size();
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(OnnxConstants.code(type.element()))
            .setRawData(ByteString.copyFrom(data.toByteArray()));
    type.shape().dims().forEach(dim -> tensor.addDims(dim));
    file.addInitializer(tensor);
    return name;
  }

  /// Whether a node computes the value, which is an input or a constant otherwise.
  boolean isComputed(String value) {
    return producers.containsKey(value);
  }

  private String claim(String hint) {
    String name = hint;
    while (!taken.add(name)) {
      name = hint + "_" + next.merge(hint, 1, Integer::sum);
    }
    return name;
  }
}
