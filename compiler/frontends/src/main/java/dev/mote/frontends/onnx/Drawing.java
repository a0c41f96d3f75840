package dev.mote.frontends.onnx;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The graph as far as it has been drawn. What depends on constants only is computed at once.
final class Drawing {

  /// @param name of the model's node that the step belongs to
  private record Step(String name, Op op, List<Wire> inputs, List<Wire> outputs) {}

  private final List<Step> steps = new ArrayList<>();
  private long foldable;
  private long activationBytes;
  private String node = "";
  private String where = "";

  /// @param foldableBytes bytes of constants that may be computed
  Drawing(long foldableBytes) {
    this.foldable = foldableBytes;
  }

  /// Lets constants be computed from `bytes` more that the model has.
  void mayFold(int bytes) {
    foldable += 8L * bytes;
  }

  /// What follows belongs to the model's node `name`, which errors call `place`.
  void begin(String name, String place) {
    node = name;
    where = place;
  }

  /// How errors call the node that is being read.
  String where() {
    return where;
  }

  Wire activation(String hint, TensorType type) {
    activationBytes += type.bytes();
    if (activationBytes > OnnxLimits.ACTIVATION_BYTES || type.bytes() > OnnxLimits.TENSOR_BYTES) {
      throw new OnnxRefusal(
          OnnxProblem.TOO_LARGE.at(
              where,
              "the activations up to here have more than %d MiB"
                  .formatted(OnnxLimits.ACTIVATION_BYTES >> 20),
              "no microcontroller runs such a model: use a smaller model or input."));
    }
    return new Wire(hint, type, Optional.empty());
  }

  Wire constant(TensorType type, byte[] bytes) {
    return new Wire(
        node.isEmpty() ? "constant" : node + "_constant", type, Optional.of(Blob.of(bytes)));
  }

  /// The only result of `op`.
  Wire add(Op op, TensorType type, List<Wire> inputs) {
    Optional<Wire> moved = movedBefore(op, type, inputs);
    if (moved.isPresent()) {
      return moved.get();
    }
    Wire result = addAll(op, List.of(type), inputs).getFirst();
    if (op instanceof Op.Dequantize && inputs.getFirst().isConstant()) {
      result.setSource(inputs.getFirst());
    }
    return result;
  }

  /// The results of `op`.
  List<Wire> addAll(Op op, List<TensorType> types, List<Wire> inputs) {
    if (types.stream().mapToLong(TensorType::bytes).sum() <= foldable) {
      Optional<List<byte[]>> values = Folding.fold(op, inputs, types);
      if (values.isPresent()) {
        List<Wire> constants = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
          foldable -= types.get(i).bytes();
          constants.add(constant(types.get(i), values.get().get(i)));
        }
        return constants;
      }
    }
    if (steps.size() >= OnnxLimits.STEPS) {
      throw new OnnxRefusal(
          OnnxProblem.TOO_LARGE.at(
              where,
              "the graph has more than %d operators".formatted(OnnxLimits.STEPS),
              "give a model made for microcontrollers."));
    }
    List<Wire> outputs = new ArrayList<>();
    for (TensorType type : types) {
      outputs.add(activation(node, type));
    }
    steps.add(new Step(node, op, List.copyOf(inputs), outputs));
    return outputs;
  }

  /// A step that copies `wire`, computed at run time even if that is a constant.
  Wire activationCopy(Wire wire) {
    Wire copy = activation(node, wire.type());
    steps.add(new Step(node, new Op.Reshape(), List.of(wire), List.of(copy)));
    return copy;
  }

  /// The integers of `wire` with what they mean: the wire itself where nobody has read it
  /// otherwise.
  Wire meaning(Wire wire, TensorType type) {
    if (wire.type().equals(type)) {
      return wire;
    }
    if (wire.isConstant()) {
      return new Wire(wire.hint(), type, wire.data());
    }
    List<Wire> way = wayFromInput(wire);
    if (way.isEmpty()) {
      return add(new Op.Cast(), type, List.of(wire));
    }
    way.forEach(each -> each.quantize(each.type().withQuantization(type.quantization())));
    return wire;
  }

  /// An input of the graph, what it is moved to without another reader, and so on to `wire`, which
  /// nobody reads yet; empty when `wire` is not that.
  private List<Wire> wayFromInput(Wire wire) {
    List<Wire> way = new ArrayList<>(List.of(wire));
    if (steps.stream().anyMatch(step -> step.inputs.contains(wire))) {
      return List.of();
    }
    while (true) {
      Wire first = way.getFirst();
      Optional<Step> from = steps.stream().filter(s -> s.outputs.contains(first)).findFirst();
      if (from.isEmpty()) {
        return way;
      }
      Step step = from.get();
      boolean moves =
          (step.op instanceof Op.Reshape || step.op instanceof Op.Transpose)
              && step.inputs.size() == 1
              && step.outputs.size() == 1;
      if (!moves) {
        return List.of();
      }
      Wire source = step.inputs.getFirst();
      if (source.isConstant()
          || source.type().quantization().isQuantized()
          || steps.stream().filter(s -> s.inputs.contains(source)).count() != 1) {
        return List.of();
      }
      way.addFirst(source);
    }
  }

  /// Moves the elements of dequantized weights before their dequantization; empty when `op` does
  /// not.
  private Optional<Wire> movedBefore(Op op, TensorType type, List<Wire> inputs) {
    Optional<Wire> source = inputs.size() == 1 ? inputs.getFirst().source() : Optional.empty();
    if (source.isEmpty()) {
      return Optional.empty();
    }
    Wire integers = source.get();
    int axis = integers.type().quantization() instanceof Quantization.PerChannel p ? p.axis() : -1;
    int moved =
        switch (op) {
          case Op.Transpose t -> axis < 0 ? -1 : t.permutation().indexOf(axis);
          case Op.Reshape _ -> axis < 0 ? -1 : sameAxis(integers.shape(), type.shape(), axis);
          default -> -2;
        };
    if (moved == -2) {
      return Optional.empty();
    }
    Quantization quantization =
        integers.type().quantization() instanceof Quantization.PerChannel p
            ? new Quantization.PerChannel(p.scales(), moved)
            : integers.type().quantization();
    TensorType narrow = new TensorType(integers.element(), type.shape(), quantization);
    return Optional.of(add(new Op.Dequantize(), type, List.of(add(op, narrow, List.of(integers)))));
  }

  /// The dimension of `to` that is dimension `axis` of `from`; -2 when there is none.
  private static int sameAxis(Shape from, Shape to, int axis) {
    for (int i = 0; i < to.rank(); i++) {
      if (to.dim(i) == from.dim(axis) && to.count(0, i) == from.count(0, axis)) {
        return i;
      }
    }
    return -2;
  }

  /// The graph; `inputs` and `outputs` have their final names already.
  Graph finish(String name, List<Wire> inputs, List<Wire> outputs) {
    OnnxNames tensorNames = new OnnxNames();
    Map<Wire, String> names = new IdentityHashMap<>();
    inputs.forEach(wire -> names.put(wire, tensorNames.claim(wire.hint())));
    outputs.forEach(wire -> names.computeIfAbsent(wire, w -> tensorNames.claim(w.hint())));
    Set<Wire> needed = needed(outputs);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    inputs.forEach(wire -> tensors.put(name(names, wire), wire.tensor(name(names, wire))));
    List<Node> nodes = new ArrayList<>();
    OnnxNames nodeNames = new OnnxNames();
    for (Step step : steps) {
      if (step.outputs.stream().noneMatch(needed::contains)) {
        continue;
      }
      List<Wire> wires = new ArrayList<>(step.inputs);
      wires.addAll(step.outputs);
      for (Wire wire : wires) {
        String tensor = names.computeIfAbsent(wire, w -> tensorNames.claim(w.hint()));
        tensors.computeIfAbsent(tensor, wire::tensor);
      }
      nodes.add(
          new Node(
              nodeNames.claim(step.name.isEmpty() ? "node" : step.name),
              step.op,
              step.inputs.stream().map(wire -> name(names, wire)).toList(),
              step.outputs.stream().map(wire -> name(names, wire)).toList()));
    }
    outputs.forEach(wire -> tensors.computeIfAbsent(name(names, wire), wire::tensor));
    return new Graph(
        name,
        tensors,
        nodes,
        inputs.stream().map(wire -> name(names, wire)).toList(),
        outputs.stream().map(wire -> name(names, wire)).toList(),
        List.of(),
        List.of());
  }

  private static String name(Map<Wire, String> names, Wire wire) {
    return Optional.ofNullable(names.get(wire)).orElseThrow();
  }

  /// Everything that the outputs depend on.
  private Set<Wire> needed(List<Wire> outputs) {
    Set<Wire> needed = new HashSet<>(outputs);
    for (Step step : steps.reversed()) {
      if (step.outputs.stream().anyMatch(needed::contains)) {
        needed.addAll(step.inputs);
      }
    }
    return needed;
  }
}
