package dev.mote.pipeline.lower;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;

/// A node in its surroundings: what a lowering may look at.
///
/// @param graph the graph after all passes
/// @param node the node to lower
/// @param target the chip
/// @param optimize what to prefer
/// @param storage how its weights may be stored
public record Step(
    Graph graph, Node node, Target target, Compiler.Optimize optimize, WeightStorage storage) {

  /// A step whose weights are stored as `optimize` prefers.
  public Step(Graph graph, Node node, Target target, Compiler.Optimize optimize) {
    this(graph, node, target, optimize, WeightStorage.AUTO);
  }

  /// Whether kernels may use the DSP extension of Armv7E-M.
  public boolean hasDsp() {
    return switch (target.instructionSet()) {
      case ARMV7EM, ARMV81M_MVE -> true;
      case HOST, WASM32, ARMV6M, ARMV7M, RV32IMC -> false;
    };
  }

  /// Whether kernels may use the integer vectors of Armv8.1-M (MVE).
  public boolean hasMve() {
    return switch (target.instructionSet()) {
      case ARMV81M_MVE -> true;
      case HOST, WASM32, ARMV6M, ARMV7M, ARMV7EM, RV32IMC -> false;
    };
  }

  public int inputCount() {
    return node.inputs().size();
  }

  public boolean hasInput(int index) {
    return index < node.inputs().size();
  }

  public Tensor input(int index) {
    return graph.input(node, index);
  }

  public TensorType inputType(int index) {
    return input(index).type();
  }

  public TensorType outputType() {
    return outputType(0);
  }

  public TensorType outputType(int index) {
    return graph.tensor(node.outputs().get(index)).type();
  }
}
