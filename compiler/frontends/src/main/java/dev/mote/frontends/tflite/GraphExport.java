package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.SignatureDefT;
import dev.mote.frontends.tflite.schema.TensorMapT;
import dev.mote.frontends.tflite.schema.VarHandleOptionsT;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelWriter.Result;
import dev.mote.plugin.WriteProblem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One graph as it is written, node by node; collects what the format cannot express.
final class GraphExport {

  /// Offsets in the file are signed 32-bit numbers; the structure needs room as well.
  private static final long MOST_BYTES = 1L << 30;

  private final Graph graph;
  private final FileDraft file = new FileDraft();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Integer> widened = new HashMap<>();
  private final Map<String, Integer> handles = new HashMap<>();
  private final Set<String> resources = new HashSet<>();
  private final UniqueNames names = new UniqueNames();
  private final List<Diagnostic> problems = new ArrayList<>();

  GraphExport(Graph graph) {
    this.graph = graph;
    // Names of the graph come first: what is added gives way to them.
    graph.tensors().keySet().forEach(names::claim);
    for (Node node : graph.nodes()) {
      switch (node.op()) {
        case Op.ReadVariable read -> resources.add(read.variable());
        case Op.AssignVariable assign -> resources.add(assign.variable());
        default -> {}
      }
    }
  }

  /// Writes every node.
  Result run() {
    graph.inputs().forEach(this::number);
    for (Node node : graph.nodes()) {
      try {
        OperatorWriters.write(new NodeExport(this, graph, node));
      } catch (DiagnosticException unwritable) {
        problems.addAll(unwritable.diagnostics());
      }
    }
    if (problems.isEmpty() && file.constantBytes() > MOST_BYTES) {
      problems.add(
          WriteProblem.TOO_LARGE.at(
              graph,
              "its constants have more than %d MiB".formatted(MOST_BYTES >> 20),
              "write a smaller model; the format's offsets have 31 bits."));
    }
    if (!problems.isEmpty()) {
      return new Result.Refused(problems);
    }
    List<Integer> inputs = graph.inputs().stream().map(this::number).toList();
    List<Integer> outputs = graph.outputs().stream().map(this::number).toList();
    return new Result.Written(Blob.of(file.build(inputs, outputs, signatures())));
  }

  private List<SignatureDefT> signatures() {
    List<SignatureDefT> signatures = new ArrayList<>();
    for (Graph.Signature signature : graph.signatures()) {
      SignatureDefT written = new SignatureDefT();
      written.setSignatureKey(signature.name());
      written.setInputs(aliases(signature.inputs()));
      written.setOutputs(aliases(signature.outputs()));
      signatures.add(written);
    }
    return signatures;
  }

  private TensorMapT[] aliases(Map<String, String> tensors) {
    return tensors.entrySet().stream()
        .map(
            entry -> {
              TensorMapT map = new TensorMapT();
              map.setName(entry.getKey());
              map.setTensorIndex(number(entry.getValue()));
              return map;
            })
        .toArray(TensorMapT[]::new);
  }

  /// Number of a tensor of the graph, which is added when it is first asked for.
  int number(String name) {
    Integer known = numbers.get(name);
    if (known == null) {
      Tensor tensor = graph.tensor(name);
      boolean state = graph.isVariable(name) && !resources.contains(name);
      known = file.tensor(name, tensor.type(), tensor.data(), state);
      numbers.put(name, known);
    }
    return known;
  }

  /// Number of a constant of half floats as float32: the format's operators take no halves but
  /// through DEQUANTIZE, which runtimes fold or run once.
  int widened(String name) {
    Integer known = widened.get(name);
    if (known == null) {
      TensorType type = graph.tensor(name).type().withElement(ElementType.FLOAT32);
      known = part(name + "/float32", type);
      widened.put(name, known);
      operator(
          BuiltinOperator.DEQUANTIZE,
          OperatorVersions.of(BuiltinOperator.DEQUANTIZE, graph.tensor(name).type()),
          Optional.empty(),
          List.of(number(name)),
          List.of(known));
    }
    return known;
  }

  /// Number of the handle of the state `variable`.
  int handle(String variable) {
    Integer known = handles.get(variable);
    if (known == null) {
      known = file.resource(names.claim(variable + "/handle"));
      handles.put(variable, known);
      VarHandleOptionsT options = new VarHandleOptionsT();
      options.setContainer("");
      options.setSharedName(variable);
      operator(BuiltinOperator.VAR_HANDLE, 1, Optional.of(options), List.of(), List.of(known));
    }
    return known;
  }

  /// Adds an activation that the graph does not have.
  int part(String name, TensorType type) {
    return file.tensor(names.claim(name), type, Optional.empty(), false);
  }

  /// Adds a constant that the graph does not have.
  int constant(String name, TensorType type, byte[] data) {
    return file.tensor(names.claim(name), type, Optional.of(Blob.of(data)), false);
  }

  /// Adds a one-dimensional int32 constant.
  int constant(String name, int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return constant(
        name, TensorType.plain(ElementType.INT32, Shape.of(values.length)), bytes.array());
  }

  OperatorT operator(
      int builtin,
      int version,
      Optional<Object> options,
      List<Integer> inputs,
      List<Integer> outputs) {
    return file.operator(builtin, version, options, inputs, outputs);
  }
}
