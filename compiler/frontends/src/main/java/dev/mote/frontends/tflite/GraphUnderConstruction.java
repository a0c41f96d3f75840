package dev.mote.frontends.tflite;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The graph as far as it has been read, and which of the file's tensors are known by now.
final class GraphUnderConstruction {

  private final TensorTable source;
  private final UniqueNames tensorNames;
  private final UniqueNames nodeNames = new UniqueNames();
  private final Map<Integer, Tensor> known = new HashMap<>();
  private final Map<Integer, Refusal> failed = new HashMap<>();
  private final Set<Integer> awaited = new HashSet<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> variables = new ArrayList<>();
  private final Map<Integer, String> handles = new HashMap<>();
  private final Map<String, Tensor> resources = new HashMap<>();
  private long activationBytes;
  private boolean reshaped;

  GraphUnderConstruction(TensorTable source, UniqueNames tensorNames) {
    this.source = source;
    this.tensorNames = tensorNames;
  }

  /// Whether an input has another shape than in the file, so that the file's shapes count no more.
  boolean isReshaped() {
    return reshaped;
  }

  void setReshaped() {
    reshaped = true;
  }

  /// Announces that an operator further on computes tensor `index`.
  void await(int index) {
    awaited.add(index);
  }

  /// Tensor `index` of the file.
  ///
  /// @throws Refusal when it is wrong or has not been computed
  Tensor read(int index, String where) {
    Tensor tensor = known.get(index);
    if (tensor != null) {
      return tensor;
    }
    SourceTensor described = source.get(index);
    Refusal cause = failed.get(index);
    if (cause != null) {
      // Go on with what the file says, to find problems that are not consequences.
      return described
          .shape()
          .map(shape -> Tensor.activation(described.name(), type(described, shape)))
          .orElseThrow(() -> cause);
    }
    if (described.data().isPresent() && described.shape().isPresent()) {
      return remember(
          index,
          Tensor.constant(
              described.name(), type(described, described.shape().get()), described.data().get()));
    }
    if (described.variable() && described.shape().isPresent()) {
      bindVariable(index, type(described, described.shape().get()));
      return read(index, where);
    }
    if (!awaited.contains(index) && described.shape().filter(s -> s.count() == 0).isPresent()) {
      return remember(
          index,
          Tensor.constant(
              described.name(), type(described, described.shape().get()), Blob.of(new byte[0])));
    }
    throw new Refusal(
        ReadProblem.NOT_COMPUTED.at(
            where,
            awaited.contains(index)
                ? "it reads '%s' before it is computed (operators out of order, or a cycle)"
                    .formatted(described.name())
                : "it reads '%s', which is no input, no constant, and computed by no operator"
                    .formatted(described.name()),
            "the file is damaged or was written wrongly: export the model again."));
  }

  /// Why tensor `index` could not be computed; empty when nothing is known to be wrong with it.
  Optional<Refusal> failure(int index) {
    return Optional.ofNullable(failed.get(index));
  }

  /// Remembers that the operator which computes tensor `index` was refused.
  void fail(int index, Refusal cause) {
    failed.putIfAbsent(index, cause);
  }

  /// Adds a tensor that stands for tensor `index` of the file and is computed by what `producer`
  /// says.
  void bindActivation(int index, TensorType type, String where) {
    requireFree(index, where);
    countActivation(type, where);
    remember(index, Tensor.activation(source.get(index).name(), type));
  }

  private void requireFree(int index, String where) {
    SourceTensor described = source.get(index);
    if (known.containsKey(index) || described.data().isPresent() || described.variable()) {
      throw new Refusal(
          ReadProblem.COMPUTED_TWICE.at(
              where,
              "it computes '%s', which is an input, a constant, a state or another result"
                  .formatted(described.name()),
              "the file is damaged or was written wrongly: export the model again."));
    }
  }

  /// Adds a tensor under a name of its own; returns it with its final name.
  Tensor addActivation(String name, TensorType type, String where) {
    countActivation(type, where);
    Tensor tensor = Tensor.activation(tensorNames.claim(name), type);
    tensors.put(tensor.name(), tensor);
    return tensor;
  }

  /// Adds a tensor at the border under exactly this name, which the tensor table has set aside.
  Tensor addBorder(String name, TensorType type, String where) {
    countActivation(type, where);
    Tensor tensor = Tensor.activation(name, type);
    tensors.put(name, tensor);
    return tensor;
  }

  /// Adds a node whose only result is at the border.
  void addBorderNode(Op op, String input, Tensor output) {
    nodes.add(new Node(nodeNames.claim(output.name()), op, List.of(input), List.of(output.name())));
  }

  /// Adds a constant; returns its name.
  String addConstant(String name, TensorType type, Blob data) {
    Tensor tensor = Tensor.constant(tensorNames.claim(name), type, data);
    tensors.put(tensor.name(), tensor);
    return tensor.name();
  }

  /// Makes tensor `index` of the file, the result of an operator, a constant.
  void bindConstant(int index, TensorType type, Blob data, String where) {
    requireFree(index, where);
    remember(index, Tensor.constant(source.get(index).name(), type, data));
  }

  /// Makes tensor `index` of the file a state; returns its name.
  String bindVariable(int index, TensorType type) {
    Tensor tensor = known.get(index);
    if (tensor == null) {
      tensor = remember(index, Tensor.activation(source.get(index).name(), type));
      variables.add(tensor.name());
    }
    return tensor.name();
  }

  /// Makes tensor `index` of the file a handle of the resource variable `key`.
  void bindHandle(int index, String key) {
    handles.put(index, key);
  }

  /// The resource variable whose handle tensor `index` of the file is.
  Optional<String> handle(int index) {
    return Optional.ofNullable(handles.get(index));
  }

  /// Type of resource variable `key`; empty until it has been read or assigned.
  Optional<TensorType> variableType(String key) {
    return Optional.ofNullable(resources.get(key)).map(Tensor::type);
  }

  /// Name of the state that resource variable `key` is; made when it does not exist yet.
  String variable(String key, TensorType type) {
    Tensor tensor = resources.get(key);
    if (tensor == null) {
      tensor = Tensor.activation(tensorNames.claim(key), type);
      resources.put(key, tensor);
      tensors.put(tensor.name(), tensor);
      variables.add(tensor.name());
    }
    return tensor.name();
  }

  /// Adds a node whose results are tensors `outputs` of the file; small integers are computed at
  /// once.
  void add(
      Op op, List<String> inputs, List<Integer> outputs, List<TensorType> types, String where) {
    if (outputs.size() == 1) {
      Optional<Blob> value = fold(op, inputs, types.getFirst());
      if (value.isPresent()) {
        bindConstant(outputs.getFirst(), types.getFirst(), value.get(), where);
        return;
      }
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      bindActivation(outputs.get(i), types.get(i), where);
      names.add(source.get(outputs.get(i)).name());
    }
    nodes.add(new Node(nodeNames.claim(names.getFirst()), op, inputs, names));
  }

  String addPart(String name, Op op, List<String> inputs, TensorType type, String where) {
    Optional<Blob> value = fold(op, inputs, type);
    return value.isPresent()
        ? addConstant(name, type, value.get())
        : addParts(name, op, inputs, List.of(type), where).getFirst();
  }

  List<String> addParts(
      String name, Op op, List<String> inputs, List<TensorType> types, String where) {
    List<String> names = new ArrayList<>();
    for (TensorType type : types) {
      names.add(addActivation(name, type, where).name());
    }
    nodes.add(new Node(nodeNames.claim(name), op, inputs, names));
    return names;
  }

  /// Adds a node without results.
  void addEffect(String name, Op op, List<String> inputs) {
    nodes.add(new Node(nodeNames.claim(name), op, inputs, List.of()));
  }

  /// The graph, without the tensors that nothing uses.
  Graph finish(
      String name, List<String> inputs, List<String> outputs, List<Graph.Signature> signatures) {
    Set<String> used = new HashSet<>(inputs);
    used.addAll(outputs);
    used.addAll(variables);
    for (Node node : nodes) {
      used.addAll(node.inputs());
      used.addAll(node.outputs());
    }
    Map<String, Tensor> kept = new LinkedHashMap<>(tensors);
    kept.keySet().retainAll(used);
    return new Graph(name, kept, nodes, inputs, outputs, variables, signatures);
  }

  private Optional<Blob> fold(Op op, List<String> inputs, TensorType type) {
    List<Tensor> operands = new ArrayList<>();
    for (String input : inputs) {
      Tensor tensor = tensors.get(input);
      if (tensor == null) {
        return Optional.empty();
      }
      operands.add(tensor);
    }
    return IntegerFolding.fold(op, operands, type);
  }

  private Tensor remember(int index, Tensor tensor) {
    known.put(index, tensor);
    tensors.put(tensor.name(), tensor);
    return tensor;
  }

  private void countActivation(TensorType type, String where) {
    activationBytes += type.bytes();
    if (activationBytes > Limits.ACTIVATION_BYTES) {
      throw new Refusal(
          ReadProblem.TOO_LARGE.at(
              where,
              "the activations up to here have more than %d MiB"
                  .formatted(Limits.ACTIVATION_BYTES >> 20),
              "no microcontroller runs such a model: use a smaller model or input."));
    }
  }

  private static TensorType type(SourceTensor tensor, Shape shape) {
    return new TensorType(tensor.element(), shape, tensor.quantization());
  }
}
