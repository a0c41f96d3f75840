package dev.mote.pipeline.lower;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.Window2d;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCall.Overlap;
import dev.mote.targets.CostTable;
import java.util.Optional;
import java.util.stream.Stream;

/// What a kernel call takes, by the cost table of the target's instruction set.
///
/// @param cycles estimated cycles on the target's core, waiting for its flash included; 0 when its
///     instruction set has no table
/// @param callCycles those of the cycles that each call takes, however small
/// @param known whether the table has a row for this very kernel
/// @param constantBytes constants that it reads, in flash
/// @param sharedCodeBytes estimated code that all calls of the kernel share
/// @param callCodeBytes estimated code of this call alone
/// @param memoryBytes arena that inputs, outputs and scratch memory need together while it runs, if
///     its inputs die with it
/// @param loadedBytes estimated bytes of constants that it loads, those that it loads again
/// included
public record KernelCost(
    long cycles,
    long callCycles,
    boolean known,
    long constantBytes,
    long sharedCodeBytes,
    long callCodeBytes,
    long memoryBytes,
    long loadedBytes) {

  /// The cost of `call`, which computes `step`.
  public static KernelCost of(Step step, KernelCall call) {
    if (step.node().op() instanceof Op.TreeEnsemble) {
      return ofTrees(step, call);
    }
    CostTable table = CostTable.of(step.target().instructionSet());
    boolean pointwise = isPointwise(step.node().op());
    boolean packed = PackedLayers.isPacked(call);
    Optional<CostTable.Row> measured = table.kernel(call.function(), pointwise);
    Optional<CostTable.Row> own =
        packed ? measured.or(() -> table.kernel(unpackedFunction(call), pointwise)) : measured;
    CostTable.Row row = own.orElseGet(() -> table.family(family(step.node().op()), types(step)));
    CostTable.Work work = work(step.graph(), step.node(), call);
    double factor = table.factor(step.target().core());
    double unpacking =
        packed
            ? PackedLayers.unpackingCycles(
                call, step.inputType(1).shape().count(), measured.isPresent())
            : 0;
    double cycles = (row.of(work) + unpacking) * factor;
    double loaded = table.flashBytes(call.function(), pointwise).of(work);
    double stalls =
        step.target()
            .flash()
            .map(f -> f.fetchStalls(cycles * table.codeBytesPerCycle()) + f.dataStalls(loaded))
            .orElse(0.0);
    return new KernelCost(
        Math.round(cycles + stalls),
        Math.round(row.perCall() * factor),
        own.isPresent(),
        constantBytes(step, call),
        Math.round(row.sharedBytes()),
        Math.round(row.callBytes()),
        memoryBytes(step, call),
        Math.round(loaded));
  }

  /// Trees take by their nodes, which no table of types can tell.
  private static KernelCost ofTrees(Step step, KernelCall call) {
    SimpleTrees trees = SimpleTrees.of(step);
    Optional<TreeCode> code =
        call.arguments().stream()
            .flatMap(a -> a instanceof Argument.Trees(TreeCode c) ? Stream.of(c) : Stream.empty())
            .findFirst();
    int rows = step.inputType(0).shape().dim(0);
    double leaves =
        (double) trees.roots().size() * (6 + trees.width() * (code.isPresent() ? 2 : 6));
    double nodes = trees.expectedSteps() * (code.isPresent() ? 5 : 13);
    return new KernelCost(
        Math.round(rows * (nodes + leaves)) + 50,
        50,
        true,
        constantBytes(step, call),
        code.isPresent() ? 40 : 160,
        code.map(TreeCode::codeBytes).orElse(20L),
        memoryBytes(step, call),
        0);
  }

  /// The kernel that computes the same with weights that are not packed.
  private static String unpackedFunction(KernelCall call) {
    return call.function().replace("_packed", "");
  }

  /// Whether it is a convolution with a window of one element.
  public static boolean isPointwise(Op op) {
    return op instanceof Op.Conv2d(Window2d w, int _, var _)
        && w.kernelHeight() == 1
        && w.kernelWidth() == 1;
  }

  /// What `call` does to compute `node`, in the units of the tables.
  public static CostTable.Work work(Graph graph, Node node, KernelCall call) {
    CostTable.Work all = work(graph, node);
    if (!SparseLayers.isSparse(call)) {
      return all;
    }
    double density = SparseLayers.density(graph, node, call);
    return new CostTable.Work(
        Math.round(all.products() * density),
        Math.round(all.inside() * density),
        all.segments(),
        all.outputs(),
        all.inputs());
  }

  private static CostTable.Work work(Graph graph, Node node) {
    long outputs =
        node.outputs().stream().mapToLong(name -> graph.tensor(name).shape().count()).sum();
    long inputs = node.inputs().isEmpty() ? 0 : graph.input(node, 0).shape().count();
    return switch (node.op()) {
      case Op.Conv2d(Window2d w, int _, var _) -> windows(graph, node, w, outputs, inputs);
      case Op.DepthwiseConv2d(Window2d w, int _, var _) -> windows(graph, node, w, outputs, inputs);
      case Op.Pool2d(var _, Window2d w, var _) -> {
        long products = outputs * w.kernelHeight() * w.kernelWidth();
        yield new CostTable.Work(products, products, outputs * w.kernelHeight(), outputs, inputs);
      }
      default -> {
        long products = MacCount.of(graph, node);
        yield new CostTable.Work(products, products, outputs, outputs, inputs);
      }
    };
  }

  private static CostTable.Work windows(
      Graph graph, Node node, Window2d w, long outputs, long inputs) {
    Shape x = graph.input(node, 0).shape();
    Shape y = graph.output(node).shape();
    long products = MacCount.of(graph, node);
    double rows =
        share(
            x.dim(1), y.dim(1), w.kernelHeight(), w.strideHeight(), w.dilationHeight(), w.padTop());
    double columns =
        share(x.dim(2), y.dim(2), w.kernelWidth(), w.strideWidth(), w.dilationWidth(), w.padLeft());
    return new CostTable.Work(
        products,
        Math.round(products * rows * columns),
        Math.round(outputs * w.kernelHeight() * rows),
        outputs,
        inputs);
  }

  /// Share of the taps along one axis that lie inside the image.
  private static double share(
      int input, int output, int kernel, int stride, int dilation, int before) {
    long inside = 0;
    for (int position = 0; position < output; position++) {
      for (int tap = 0; tap < kernel; tap++) {
        int at = position * stride - before + tap * dilation;
        inside += at >= 0 && at < input ? 1 : 0;
      }
    }
    return (double) inside / Math.max(1, (long) output * kernel);
  }

  /// This cost with other cycles.
  KernelCost withCycles(long other) {
    return new KernelCost(
        other,
        callCycles,
        known,
        constantBytes,
        sharedCodeBytes,
        callCodeBytes,
        memoryBytes,
        loadedBytes);
  }

  /// Flash that the call needs, code that other calls share included.
  public long flashBytes() {
    return constantBytes + sharedCodeBytes + callCodeBytes;
  }

  private static long constantBytes(Step step, KernelCall call) {
    long bytes = 0;
    for (Argument argument : call.arguments()) {
      bytes +=
          switch (argument) {
            case Argument.Table(ConstantTable table) -> table.data().size();
            case Argument.Input(int index) -> constant(step.input(index));
            case Argument.Inputs() ->
                step.node().inputs().stream()
                    .map(step.graph()::tensor)
                    .mapToLong(KernelCost::constant)
                    .sum();
            case Argument.Output _,
                Argument.Outputs _,
                Argument.Variable _,
                Argument.Scratch _,
                Argument.Row _,
                Argument.Trees _,
                Argument.Absent _ ->
                0;
          };
    }
    return bytes;
  }

  private static long constant(Tensor tensor) {
    return tensor.isConstant() ? tensor.type().bytes() : 0;
  }

  private static long memoryBytes(Step step, KernelCall call) {
    long inputs =
        step.node().inputs().stream()
            .distinct()
            .map(step.graph()::tensor)
            .filter(tensor -> !tensor.isConstant())
            .mapToLong(tensor -> tensor.type().bytes())
            .sum();
    long outputs =
        step.node().outputs().stream()
            .mapToLong(name -> step.graph().tensor(name).type().bytes())
            .sum();
    long saving = 0;
    for (Overlap overlap : call.overlaps()) {
      Tensor input = step.input(overlap.input());
      if (!input.isConstant() && !step.graph().isVariable(input.name())) {
        long in = input.type().bytes();
        long together = Math.max(overlap.distance() + in, outputs);
        saving = Math.max(saving, in + outputs - together);
      }
    }
    return inputs + outputs - saving + call.scratchBytes();
  }

  /// The family of kernels that an operator belongs to, as the cost tables call it.
  public static String family(Op op) {
    return switch (op) {
      case Op.Conv2d _, Op.TransposeConv2d _ -> "convolution";
      case Op.DepthwiseConv2d _ -> "depthwise";
      case Op.FullyConnected _, Op.BatchMatMul _, Op.KernelMatrix _ -> "dense";
      case Op.Lstm _, Op.Svdf _ -> "recurrence";
      case Op.Pool2d _,
          Op.Reduce _,
          Op.ArgReduce _,
          Op.CumulativeSum _,
          Op.TreeEnsemble _,
          Op.NearestVote _ ->
          "pooling";
      case Op.L2Normalization _, Op.Softmax _, Op.LogSoftmax _ -> "normalization";
      case Op.Unary _,
          Op.LeakyRelu _,
          Op.Prelu _,
          Op.Binary _,
          Op.AddN _,
          Op.Compare _,
          Op.Logical _,
          Op.Select _,
          Op.Quantize _,
          Op.Dequantize _,
          Op.Cast _,
          Op.CustomOp _ ->
          "elementwise";
      case Op.Reshape _,
          Op.Pad _,
          Op.Concat _,
          Op.Split _,
          Op.Slice _,
          Op.Transpose _,
          Op.Gather _,
          Op.GatherNd _,
          Op.BroadcastTo _,
          Op.BroadcastArgs _,
          Op.Reverse _,
          Op.Resize _,
          Op.SpaceToDepth _,
          Op.DepthToSpace _,
          Op.SpaceToBatch _,
          Op.BatchToSpace _,
          Op.ReadVariable _,
          Op.AssignVariable _ ->
          "movement";
    };
  }

  /// How the cost tables call the types of a step.
  public static String types(Step step) {
    ElementType element =
        step.node().outputs().isEmpty() ? step.inputType(0).element() : step.outputType().element();
    return switch (element) {
      case FLOAT32, FLOAT16 -> "f32";
      case INT16 -> "s16";
      case INT8, INT4, UINT8, BOOL -> "s8";
      case INT32, INT64 -> "s32";
    };
  }
}
