package dev.mote.reference;

import dev.mote.ir.Node;
import dev.mote.ir.TensorType;
import java.util.List;

/// One node with its operands' contents, as an operator's function sees it.
///
/// @param node the node
/// @param inputs contents of the inputs; a state input is updated in place
/// @param outputs zeroed contents to fill
record Invocation(Node node, List<Value> inputs, List<Value> outputs) {

  Value input(int index) {
    return inputs.get(index);
  }

  boolean hasInput(int index) {
    return index < inputs.size();
  }

  Value output() {
    return outputs.getFirst();
  }

  TensorType inputType(int index) {
    return inputs.get(index).type();
  }

  TensorType outputType() {
    return output().type();
  }

  /// For combinations of types that no reader lets through.
  IllegalArgumentException unsupported() {
    return new IllegalArgumentException(
        node.op().label()
            + " '"
            + node.name()
            + "' has no meaning for "
            + inputs.stream().map(Value::type).toList()
            + " -> "
            + outputs.stream().map(Value::type).toList());
  }
}
