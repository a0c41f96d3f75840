package dev.mote.reference;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Executes a graph node by node. State tensors keep their contents from run to run.
public final class Interpreter {

  private final Graph graph;
  private final Map<String, Value> values = new HashMap<>();

  public Interpreter(Graph graph) {
    this.graph = graph;
    for (Tensor tensor : graph.tensors().values()) {
      if (tensor.isConstant()) {
        values.put(tensor.name(), Value.of(tensor));
      }
    }
    reset();
  }

  /// Puts every state tensor back to real zero.
  public void reset() {
    for (String name : graph.variables()) {
      Value state = Value.zeros(graph.tensor(name).type());
      if (state.type().quantization().isQuantized()) {
        state.fill(state.type().quantization().zeroPoint());
      }
      values.put(name, state);
    }
  }

  /// Sets input `name` from dense little-endian bytes.
  public void set(String name, byte[] bytes) {
    values.put(name, Value.fromBytes(graph.tensor(name).type(), bytes));
  }

  /// Contents of any tensor after [#run]; constants and inputs included.
  ///
  /// @throws IllegalStateException when it has not been computed
  public Value get(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("tensor '" + name + "' has not been computed");
    }
    return value;
  }

  /// Runs every node once.
  public void run() {
    for (Node node : graph.nodes()) {
      List<Value> inputs = node.inputs().stream().map(this::get).toList();
      List<Value> outputs =
          node.outputs().stream().map(name -> Value.zeros(graph.tensor(name).type())).toList();
      execute(new Invocation(node, inputs, outputs));
      for (int i = 0; i < outputs.size(); i++) {
        values.put(node.outputs().get(i), outputs.get(i));
      }
    }
  }

  /// Runs once with `inputs` in the graph's order and returns the outputs in the graph's order.
  public List<byte[]> run(List<byte[]> inputs) {
    for (int i = 0; i < graph.inputs().size(); i++) {
      set(graph.inputs().get(i), inputs.get(i));
    }
    run();
    return graph.outputs().stream().map(name -> get(name).toBytes()).toList();
  }

  private void execute(Invocation call) {
    switch (call.node().op()) {
      case Op.Conv2d op -> Convolution.conv2d(call, op);
      case Op.DepthwiseConv2d op -> Convolution.depthwiseConv2d(call, op);
      case Op.TransposeConv2d op -> Convolution.transposeConv2d(call, op);
      case Op.FullyConnected op -> MatrixProduct.fullyConnected(call, op);
      case Op.BatchMatMul op -> MatrixProduct.batchMatMul(call, op);
      case Op.Pool2d op -> Pooling.pool2d(call, op);

      case Op.Binary op -> Arithmetic.binary(call, op);
      case Op.AddN _ -> Arithmetic.addN(call);
      case Op.Compare op -> Comparison.compare(call, op);
      case Op.Logical op -> Comparison.logical(call, op);
      case Op.Select _ -> Comparison.select(call);
      case Op.Reduce op -> Reductions.reduce(call, op);
      case Op.ArgReduce op -> Reductions.argReduce(call, op);
      case Op.CumulativeSum op -> Reductions.cumulativeSum(call, op);

      case Op.Unary op -> Unaries.unary(call, op);
      case Op.LeakyRelu op -> Rectifiers.leakyRelu(call, op);
      case Op.Prelu _ -> Rectifiers.prelu(call);
      case Op.Softmax op -> Softmaxes.softmax(call, op);
      case Op.LogSoftmax _ -> Softmaxes.logSoftmax(call);
      case Op.L2Normalization _ -> Softmaxes.l2Normalization(call);
      case Op.Quantize _ -> Representations.quantize(call);
      case Op.Dequantize _ -> Representations.dequantize(call);
      case Op.Cast _ -> Representations.cast(call);

      case Op.Reshape _ -> Movements.reshape(call);
      case Op.Pad op -> Movements.pad(call, op);
      case Op.Concat op -> Movements.concat(call, op);
      case Op.Split op -> Movements.split(call, op);
      case Op.Slice op -> Movements.slice(call, op);
      case Op.Transpose op -> Movements.transpose(call, op);
      case Op.Gather op -> Movements.gather(call, op);
      case Op.GatherNd _ -> Movements.gatherNd(call);
      case Op.BroadcastTo _ -> Movements.broadcastTo(call);
      case Op.BroadcastArgs _ -> Movements.broadcastArgs(call);
      case Op.Reverse op -> Movements.reverse(call, op);
      case Op.Resize op -> Spaces.resize(call, op);
      case Op.SpaceToDepth op -> Spaces.spaceToDepth(call, op);
      case Op.DepthToSpace op -> Spaces.depthToSpace(call, op);
      case Op.SpaceToBatch op -> Spaces.spaceToBatch(call, op);
      case Op.BatchToSpace op -> Spaces.batchToSpace(call, op);

      case Op.TreeEnsemble op -> Trees.ensemble(call, op);
      case Op.KernelMatrix op -> Prototypes.kernelMatrix(call, op);
      case Op.NearestVote op -> Prototypes.nearestVote(call, op);

      case Op.Lstm op -> Recurrences.lstm(call, op);
      case Op.Svdf op -> Recurrences.svdf(call, op);
      case Op.ReadVariable op -> call.output().copyFrom(get(op.variable()));
      case Op.AssignVariable op -> values.put(op.variable(), call.input(0).copy());

      case Op.CustomOp op -> throw call.unsupported();
    }
  }
}
