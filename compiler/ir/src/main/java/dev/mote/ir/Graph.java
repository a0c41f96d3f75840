package dev.mote.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An immutable model: tensors by name and nodes in execution order.
///
/// The constructor copies; [Verifier] checks that names resolve, that every activation has exactly
/// one producer which precedes its readers, and that each operator's types and shapes are legal.
///
/// @param name the model's name; a file name without suffix, say
/// @param tensors every tensor by name, in a stable order
/// @param nodes the nodes in an order in which they may run
/// @param inputs names of the tensors that the caller fills, in the model's order
/// @param outputs names of the tensors that the caller reads, in the model's order
/// @param variables names of the state tensors, which keep their contents from call to call and
/// start
///     as real zero (the zero point when quantized)
/// @param signatures named entry points: for each the names that the application knows its inputs
/// and
///     outputs by; may be empty
/// @param classes names of the classes that the model tells apart, by their number or column; may
/// be
///     empty
public record Graph(
    String name,
    Map<String, Tensor> tensors,
    List<Node> nodes,
    List<String> inputs,
    List<String> outputs,
    List<String> variables,
    List<Signature> signatures,
    List<String> classes) {

  /// A named entry point.
  ///
  /// @param name the signature's key
  /// @param inputs application's name → tensor name
  /// @param outputs application's name → tensor name
  public record Signature(String name, Map<String, String> inputs, Map<String, String> outputs) {
    public Signature {
      inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
      outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }
  }

  public Graph {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    variables = List.copyOf(variables);
    signatures = List.copyOf(signatures);
    classes = List.copyOf(classes);
  }

  /// A graph that names no classes.
  public Graph(
      String name,
      Map<String, Tensor> tensors,
      List<Node> nodes,
      List<String> inputs,
      List<String> outputs,
      List<String> variables,
      List<Signature> signatures) {
    this(name, tensors, nodes, inputs, outputs, variables, signatures, List.of());
  }

  /// The tensor called `tensorName`.
  ///
  /// @throws IllegalArgumentException when there is none
  public Tensor tensor(String tensorName) {
    Tensor tensor = tensors.get(tensorName);
    if (tensor == null) {
      throw new IllegalArgumentException("graph '" + name + "' has no tensor '" + tensorName + "'");
    }
    return tensor;
  }

  /// Input number `index` of `node`.
  public Tensor input(Node node, int index) {
    return tensor(node.input(index));
  }

  /// The first output of `node`.
  public Tensor output(Node node) {
    return tensor(node.output());
  }

  public boolean isVariable(String tensorName) {
    return variables.contains(tensorName);
  }

  public Graph withNodes(List<Node> newNodes) {
    return new Graph(name, tensors, newNodes, inputs, outputs, variables, signatures, classes);
  }

  public Graph withTensors(Map<String, Tensor> newTensors) {
    return new Graph(name, newTensors, nodes, inputs, outputs, variables, signatures, classes);
  }

  public Graph withName(String newName) {
    return new Graph(newName, tensors, nodes, inputs, outputs, variables, signatures, classes);
  }

  public Graph withBorder(List<String> newInputs, List<String> newOutputs) {
    return new Graph(name, tensors, nodes, newInputs, newOutputs, variables, signatures, classes);
  }

  public Graph withClasses(List<String> newClasses) {
    return new Graph(name, tensors, nodes, inputs, outputs, variables, signatures, newClasses);
  }
}
