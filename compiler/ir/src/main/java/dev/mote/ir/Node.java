package dev.mote.ir;

import java.util.List;

/// One application of an operator to tensors.
///
/// @param name unique in its graph; how reports and errors call the node
/// @param op the operator with its attributes
/// @param inputs names of the tensors that it reads, in the operator's documented order; optional
///     inputs that are absent are left off the end
/// @param outputs names of the tensors that it writes; at least one, except for [Op.AssignVariable]
public record Node(String name, Op op, List<String> inputs, List<String> outputs) {

  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  public String input(int index) {
    return inputs.get(index);
  }

  public String output() {
    return outputs.getFirst();
  }
}
