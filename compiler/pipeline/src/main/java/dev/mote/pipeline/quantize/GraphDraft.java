package dev.mote.pipeline.quantize;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization.PerTensor;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The graph that comes out, while it grows: each float tensor of the original in the one or more
/// representations that its readers want, converted where they differ from the one it is made in.
final class GraphDraft {

  /// A tensor of the original in one type.
  private record Representation(String tensor, TensorType type) {}

  private final Graph original;
  private final Formats formats;
  private final ScaleGroups scales;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Representation, String> names = new HashMap<>();
  private final Set<String> takenTensors;
  private final Set<String> takenNodes = new HashSet<>();

  GraphDraft(Graph original, Formats formats, ScaleGroups scales) {
    this.original = original;
    this.formats = formats;
    this.scales = scales;
    this.takenTensors = new HashSet<>(original.tensors().keySet());
    original.nodes().forEach(node -> takenNodes.add(node.name()));
    for (String input : original.inputs()) {
      made(input);
    }
    for (String variable : original.variables()) {
      tensors.put(variable, original.tensor(variable));
    }
  }

  /// The finished graph: its outputs in the form of the border.
  Graph graph() {
    for (String output : original.outputs()) {
      Tensor tensor = original.tensor(output);
      if (Formats.isActivation(tensor) && !original.isVariable(output)) {
        represent(output, borderType(output));
      } else {
        tensors.putIfAbsent(output, tensor);
      }
    }
    return original.withTensors(tensors).withNodes(nodes);
  }

  void add(Node node) {
    nodes.add(node);
  }

  /// Declares that `tensor` is made now, in the format and quantization decided for it, and returns
  /// its name.
  String made(String tensor) {
    Tensor old = original.tensor(tensor);
    TensorType type = madeType(tensor);
    if (!Formats.isActivation(old)) {
      tensors.put(tensor, old);
      return tensor;
    }
    String name = name(tensor, type);
    names.put(new Representation(tensor, type), name);
    tensors.put(name, Tensor.activation(name, type));
    return name;
  }

  /// Gives state tensor `name` another type.
  void state(String name, TensorType type) {
    tensors.put(name, Tensor.activation(name, type));
  }

  /// The name under which `tensor` is there as float, or as what it is where that is no activation.
  String floats(String tensor) {
    Tensor old = original.tensor(tensor);
    if (old.isConstant()) {
      return constant(old);
    }
    return Formats.isActivation(old) && !original.isVariable(tensor)
        ? represent(tensor, old.type())
        : tensor;
  }

  /// The name of `tensor` in `format`, in whatever quantization comes without conversion.
  String integers(String tensor, ActivationFormat format) {
    return integers(tensor, format, quantization(tensor, format));
  }

  String integers(String tensor, ActivationFormat format, PerTensor quantization) {
    return represent(tensor, type(tensor, format, quantization));
  }

  /// What [#integers] gives without conversion.
  PerTensor quantization(String tensor, ActivationFormat format) {
    return formats.of(tensor) == format ? scales.of(tensor) : scales.converted(tensor, format);
  }

  /// Adds a constant, under another name if its own is taken by another one, and returns the name.
  String constant(Tensor constant) {
    String name = constant.name();
    for (int i = 1; true; i++) {
      Tensor there = tensors.get(name);
      boolean foreign = there == null && i > 1 && takenTensors.contains(name);
      if (there == null && !foreign) {
        takenTensors.add(name);
        tensors.put(name, Tensor.constant(name, constant.type(), constant.data().orElseThrow()));
        return name;
      }
      if (there != null
          && there.type().equals(constant.type())
          && there.data().equals(constant.data())) {
        return name;
      }
      name = constant.name() + "_" + i;
    }
  }

  // ---- representations -------------------------------------------------------------------------

  private String represent(String tensor, TensorType type) {
    Representation wanted = new Representation(tensor, type);
    String there = names.get(wanted);
    if (there != null) {
      return there;
    }
    TensorType made = madeType(tensor);
    String name = name(tensor, type);
    boolean toFloat = !type.quantization().isQuantized();
    String source = names.getOrDefault(new Representation(tensor, made), tensor);
    tensors.put(name, Tensor.activation(name, type));
    names.put(wanted, name);
    String node = free(name, takenNodes);
    nodes.add(
        new Node(
            node,
            toFloat ? new Op.Dequantize() : new Op.Quantize(),
            List.of(source),
            List.of(name)));
    return name;
  }

  private TensorType madeType(String tensor) {
    ActivationFormat format = formats.of(tensor);
    return format.isInteger() && Formats.isActivation(original.tensor(tensor))
        ? type(tensor, format, scales.of(tensor))
        : original.tensor(tensor).type();
  }

  private TensorType borderType(String output) {
    ActivationFormat border = formats.ofBorder();
    return border.isInteger()
        ? type(output, border, quantization(output, border))
        : original.tensor(output).type();
  }

  private TensorType type(String tensor, ActivationFormat format, PerTensor quantization) {
    return new TensorType(format.element(), original.tensor(tensor).shape(), quantization);
  }

  /// The original's name for the representation that the graph's caller sees, or in which an inner
  /// tensor is made; a new one for the others.
  private String name(String tensor, TensorType type) {
    TensorType own = original.outputs().contains(tensor) ? borderType(tensor) : madeType(tensor);
    return type.equals(own) ? tensor : free(tensor + "/" + type.element().label(), takenTensors);
  }

  private static String free(String hint, Set<String> taken) {
    String name = hint;
    for (int i = 1; !taken.add(name); i++) {
      name = hint + "_" + i;
    }
    return name;
  }
}
