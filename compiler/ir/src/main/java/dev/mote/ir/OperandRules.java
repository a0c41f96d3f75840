package dev.mote.ir;

import java.util.ArrayList;
import java.util.List;

/// What each operator requires of the types and shapes of its operands.
///
/// A rule that fails throws a [Violation]. The rules are those that every later stage relies on:
/// the number of operands, the shapes that follow from each other, equal element types where the
/// operator moves data or computes within one type. Which types have a kernel is for the compiler
/// to say.
///
/// A long file on purpose: a rule for each operator, side by side.
final class OperandRules {

  /// A broken rule.
  static final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int code;

    Violation(int code, String message) {
      super(message, null, false, false);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  private final Node node;
  private final List<TensorType> inputs = new ArrayList<>();
  private final List<TensorType> outputs = new ArrayList<>();
  private final Graph graph;

  private OperandRules(Graph graph, Node node) {
    this.graph = graph;
    this.node = node;
    node.inputs().forEach(name -> inputs.add(graph.tensor(name).type()));
    node.outputs().forEach(name -> outputs.add(graph.tensor(name).type()));
  }

  /// @throws Violation when a rule of the node's operator is broken
  static void check(Graph graph, Node node) {
    new OperandRules(graph, node).check();
  }

  private void check() {
    switch (node.op()) {
      case Op.Conv2d op -> convolution(op.window(), op.groups());
      case Op.DepthwiseConv2d op -> depthwise(op);
      case Op.TransposeConv2d op -> transposeConvolution(op.window());
      case Op.FullyConnected _ -> fullyConnected();
      case Op.BatchMatMul op -> matrixProduct(op);
      case Op.Lstm op -> lstm(op);
      case Op.Svdf op -> svdf(op);
      case Op.Pool2d op -> {
        operands(1, 1);
        image(input(0), op.window(), input(0).last());
        sameElements();
      }
      case Op.L2Normalization _, Op.LogSoftmax _, Op.LeakyRelu _, Op.Unary _ -> elementWise(true);
      case Op.Softmax _, Op.Quantize _, Op.Dequantize _, Op.Cast _ -> elementWise(false);
      case Op.Prelu _ -> {
        operands(2, 2);
        shape(input(0));
        require(input(0).broadcast(input(1)).equals(input(0)), "the slope does not broadcast");
        // The slope of int16 is int8.
        boolean narrow = inputs.get(1).element() == ElementType.INT8;
        if (inputs.getFirst().element() == ElementType.INT16 && narrow) {
          require(outputs.getFirst().element() == ElementType.INT16, "its output is not int16");
        } else {
          sameElements();
        }
      }
      case Op.Binary _ -> {
        broadcast();
        sameElements();
      }
      case Op.Compare _ -> {
        broadcast();
        require(inputs.get(0).element() == inputs.get(1).element(), "its inputs differ in type");
        require(outputs.getFirst().element() == ElementType.BOOL, "its output is not bool");
      }
      case Op.Logical _ -> {
        broadcast();
        sameElements();
        require(outputs.getFirst().element() == ElementType.BOOL, "its output is not bool");
      }
      case Op.AddN _ -> {
        operands(2, Integer.MAX_VALUE);
        inputs.forEach(type -> require(type.shape().equals(input(0)), "its inputs differ"));
        shape(input(0));
        sameElements();
      }
      case Op.Select _ -> {
        operands(3, 3);
        shape(input(0).broadcast(input(1)).broadcast(input(2)));
        require(inputs.getFirst().element() == ElementType.BOOL, "its condition is not bool");
        sameElements(1);
      }
      case Op.Reduce op -> {
        operands(1, 1);
        reduce(op.axes());
        sameElements();
      }
      case Op.ArgReduce op -> {
        operands(1, 1);
        axis(op.axis());
        count(input(0).count() / Math.max(1, input(0).dim(op.axis())));
      }
      case Op.CumulativeSum op -> {
        axis(op.axis());
        elementWise(true);
      }
      case Op.TreeEnsemble op -> {
        operands(10, 10);
        constants(1);
        ClassicalRules.trees(op, node.inputs().stream().map(graph::tensor).toList(), output());
        require(
            outputs.getFirst().element() == inputs.get(9).element(),
            "its output is not of the type of its base");
      }
      case Op.KernelMatrix op -> {
        operands(2, op.kind() == Op.KernelMatrix.Kind.SQUARED_DISTANCE ? 3 : 2);
        require(
            input(0).rank() == 2 && input(1).rank() == 2 && input(0).last() == input(1).last(),
            "the vectors do not fit");
        require(inputs.size() < 3 || input(2).equals(input(1)), "the weights do not fit");
        require(op.degree() >= 0, "its degree is negative");
        shape(Shape.of(input(0).dim(0), input(1).dim(0)));
        sameElements();
      }
      case Op.NearestVote op -> {
        operands(2, 2);
        require(
            input(0).rank() == 2 && input(1).rank() == 2 && input(0).last() == input(1).dim(0),
            "the values do not fit");
        require(
            op.neighbours() > 0 && op.neighbours() <= input(0).last(),
            "it has no %d neighbours".formatted(op.neighbours()));
        shape(Shape.of(input(0).dim(0), input(1).last()));
        sameElements();
      }
      default -> movement();
    }
  }

  private void constants(int from) {
    for (String name : node.inputs().subList(from, node.inputs().size())) {
      require(graph.tensor(name).isConstant(), "'%s' is no constant".formatted(name));
    }
  }

  // ---- movement
  // ----------------------------------------------------------------------------------

  private void movement() {
    switch (node.op()) {
      case Op.Reshape _ -> {
        operands(1, 1);
        count(input(0).count());
      }
      case Op.Pad op -> {
        operands(1, 2);
        List<Integer> dims = new ArrayList<>();
        for (int axis = 0; axis < input(0).rank(); axis++) {
          dims.add(op.before().get(axis) + input(0).dim(axis) + op.after().get(axis));
        }
        shape(new Shape(dims));
      }
      case Op.Concat op -> concat(op.axis());
      case Op.Split op -> split(op.axis());
      case Op.Slice op -> slice(op);
      case Op.Transpose op -> {
        operands(1, 1);
        require(
            op.permutation().stream().sorted().toList().equals(axes(input(0).rank())),
            "its permutation " + op.permutation() + " is none");
        shape(new Shape(op.permutation().stream().map(input(0)::dim).toList()));
      }
      case Op.Gather op -> {
        operands(2, 2);
        axis(op.axis());
        List<Integer> dims = new ArrayList<>(input(0).dims().subList(0, op.axis()));
        dims.addAll(input(1).dims().subList(op.batchDims(), input(1).rank()));
        dims.addAll(input(0).dims().subList(op.axis() + 1, input(0).rank()));
        shape(new Shape(dims));
      }
      case Op.GatherNd _ -> {
        operands(2, 2);
        List<Integer> dims = new ArrayList<>(input(1).dims().subList(0, input(1).rank() - 1));
        dims.addAll(input(0).dims().subList(input(1).last(), input(0).rank()));
        shape(new Shape(dims));
      }
      case Op.BroadcastTo _ -> {
        operands(1, 1);
        require(input(0).broadcast(output()).equals(output()), "it does not broadcast");
      }
      case Op.BroadcastArgs _ -> operands(2, 2);
      case Op.Reverse op -> {
        op.axes().forEach(this::axis);
        elementWise(true);
      }
      case Op.Resize _ -> {
        operands(1, 1);
        require(input(0).rank() == 4 && output().rank() == 4, "it needs 4 dimensions");
        require(
            input(0).dim(0) == output().dim(0) && input(0).dim(3) == output().dim(3),
            "batch or channels change");
      }
      case Op.SpaceToDepth _, Op.DepthToSpace _ -> {
        operands(1, 1);
        count(input(0).count());
      }
      case Op.SpaceToBatch op ->
          blocks(input(0), output(), op.block(), op.padBefore(), op.padAfter());
      case Op.BatchToSpace op ->
          blocks(output(), input(0), op.block(), op.cropBefore(), op.cropAfter());
      case Op.ReadVariable op -> {
        operands(0, 0);
        require(
            graph.tensor(op.variable()).type().equals(outputs.getFirst()),
            "the variable has another type");
        return;
      }
      case Op.AssignVariable op -> {
        require(node.inputs().size() == 1 && node.outputs().isEmpty(), "it has other operands");
        require(
            graph.tensor(op.variable()).type().equals(inputs.getFirst()),
            "the variable has another type");
        return;
      }
      default -> {
        return;
      }
    }
    require(
        outputs.stream().allMatch(o -> o.element() == inputs.getFirst().element()),
        "its output has another element type");
  }

  private void concat(int axis) {
    operands(1, Integer.MAX_VALUE);
    axis(axis);
    int sum = 0;
    for (TensorType type : inputs) {
      sum += type.shape().dim(axis);
      require(with(type.shape(), axis, 1).equals(with(input(0), axis, 1)), "its inputs differ");
    }
    shape(with(input(0), axis, sum));
  }

  private void split(int axis) {
    require(inputs.size() == 1 && !outputs.isEmpty(), "it has other operands");
    axis(axis);
    int sum = 0;
    for (TensorType type : outputs) {
      sum += type.shape().dim(axis);
      require(with(type.shape(), axis, 1).equals(with(input(0), axis, 1)), "its outputs differ");
    }
    require(sum == input(0).dim(axis), "its outputs do not make up its input");
  }

  private void slice(Op.Slice op) {
    operands(1, 1);
    require(
        op.begin().size() == input(0).rank()
            && op.strides().size() == input(0).rank()
            && op.extents().size() == input(0).rank(),
        "its lists do not fit the input");
    for (int axis = 0; axis < input(0).rank(); axis++) {
      long first = op.begin().get(axis);
      long last = first + (op.extents().get(axis) - 1L) * op.strides().get(axis);
      require(
          Math.min(first, last) >= 0 && Math.max(first, last) < input(0).dim(axis),
          "dimension %d is left".formatted(axis));
    }
    count(new Shape(op.extents()).count());
  }

  /// `space` in blocks of `block`, padded, is `batch`.
  private void blocks(
      Shape space, Shape batch, List<Integer> block, List<Integer> before, List<Integer> after) {
    operands(1, 1);
    require(space.rank() == batch.rank() && space.rank() > block.size(), "ranks do not fit");
    int images = space.dim(0);
    for (int i = 0; i < block.size(); i++) {
      images *= block.get(i);
      require(
          space.dim(i + 1) + before.get(i) + after.get(i) == batch.dim(i + 1) * block.get(i),
          "dimension %d does not fit the blocks".formatted(i + 1));
    }
    require(images == batch.dim(0), "the batch does not fit the blocks");
  }

  // ---- layers
  // ------------------------------------------------------------------------------------

  private void convolution(Window2d window, int groups) {
    operands(2, 3);
    Shape weights = input(1);
    require(weights.rank() == 4 && input(0).rank() == 4, "it needs 4 dimensions");
    require(
        weights.dim(1) == window.kernelHeight()
            && weights.dim(2) == window.kernelWidth()
            && weights.dim(3) * groups == input(0).last()
            && weights.dim(0) % groups == 0,
        "the weights [%s] do not fit".formatted(weights));
    image(input(0), window, weights.dim(0));
    bias(2, weights.dim(0));
  }

  private void depthwise(Op.DepthwiseConv2d op) {
    operands(2, 3);
    Shape weights = input(1);
    require(weights.rank() == 4 && input(0).rank() == 4, "it needs 4 dimensions");
    require(
        weights.dim(1) == op.window().kernelHeight()
            && weights.dim(2) == op.window().kernelWidth()
            && weights.dim(3) == input(0).last() * op.multiplier(),
        "the weights [%s] do not fit".formatted(weights));
    image(input(0), op.window(), weights.dim(3));
    bias(2, weights.dim(3));
  }

  private void transposeConvolution(Window2d window) {
    operands(2, 3);
    Shape weights = input(1);
    require(weights.rank() == 4 && output().rank() == 4, "it needs 4 dimensions");
    require(
        window.outputHeight(output().dim(1)) == input(0).dim(1)
            && window.outputWidth(output().dim(2)) == input(0).dim(2)
            && weights.dim(3) == input(0).last()
            && weights.dim(0) == output().last(),
        "the shapes do not fit the window");
    bias(2, weights.dim(0));
  }

  private void fullyConnected() {
    operands(2, 3);
    Shape weights = input(1);
    require(weights.rank() == 2, "the weights need 2 dimensions");
    require(
        weights.dim(1) > 0
            && input(0).count() % weights.dim(1) == 0
            && output().last() == weights.dim(0),
        "the weights [%s] do not fit".formatted(weights));
    count(input(0).count() / weights.dim(1) * weights.dim(0));
    bias(2, weights.dim(0));
  }

  private void matrixProduct(Op.BatchMatMul op) {
    operands(2, 2);
    require(
        input(0).dim(op.adjointX() ? -2 : -1) == input(1).dim(op.adjointY() ? -1 : -2),
        "the matrices do not fit each other");
    require(
        output().dim(-2) == input(0).dim(op.adjointX() ? -1 : -2)
            && output().dim(-1) == input(1).dim(op.adjointY() ? -2 : -1),
        "the output does not fit the matrices");
  }

  private void lstm(Op.Lstm op) {
    operands(15, 15);
    int units = input(1).dim(0);
    int batch = input(0).dim(op.timeMajor() ? 1 : 0);
    for (int gate = 0; gate < 4; gate++) {
      require(
          input(1 + gate).equals(Shape.of(units, input(0).dim(2)))
              && input(5 + gate).equals(Shape.of(units, units))
              && input(9 + gate).equals(Shape.of(units)),
          "the operands of gate %d do not fit".formatted(gate));
    }
    state(13, Shape.of(batch, units));
    state(14, Shape.of(batch, units));
    shape(Shape.of(input(0).dim(0), input(0).dim(1), units));
  }

  private void svdf(Op.Svdf op) {
    operands(4, 5);
    int filters = input(1).dim(0);
    require(filters % op.rank() == 0 && input(2).dim(0) == filters, "the weights do not fit");
    state(3, Shape.of(input(0).dim(0), filters * input(2).dim(1)));
    shape(Shape.of(input(0).dim(0), filters / op.rank()));
    bias(4, filters / op.rank());
  }

  private void state(int index, Shape shape) {
    require(graph.isVariable(node.input(index)), "input %d is no variable".formatted(index));
    require(input(index).equals(shape), "its state is not [%s]".formatted(shape));
  }

  private void image(Shape x, Window2d window, int channels) {
    require(x.rank() == 4, "it needs 4 dimensions");
    shape(
        Shape.of(x.dim(0), window.outputHeight(x.dim(1)), window.outputWidth(x.dim(2)), channels));
  }

  private void bias(int index, int channels) {
    if (index < inputs.size()) {
      require(
          input(index).count() == channels,
          "a bias of [%s] does not fit %d channels".formatted(input(index), channels));
    }
  }

  private void reduce(List<Integer> axes) {
    axes.forEach(this::axis);
    int count = 1;
    for (int axis = 0; axis < input(0).rank(); axis++) {
      count *= axes.contains(axis) ? 1 : input(0).dim(axis);
    }
    count(count);
  }

  // ---- common
  // ------------------------------------------------------------------------------------

  private void elementWise(boolean sameType) {
    operands(1, 1);
    shape(input(0));
    if (sameType) {
      sameElements();
    }
  }

  private void broadcast() {
    operands(2, 2);
    shape(input(0).broadcast(input(1)));
  }

  /// The inputs from the first on and the output have one element type.
  private void sameElements() {
    sameElements(0);
  }

  private void sameElements(int from) {
    for (TensorType type : inputs.subList(from, inputs.size())) {
      require(
          type.element() == outputs.getFirst().element(),
          "it mixes %s and %s"
              .formatted(type.element().label(), outputs.getFirst().element().label()));
    }
  }

  private void operands(int least, int most) {
    if (inputs.size() < least || inputs.size() > most || outputs.size() != 1) {
      throw new Violation(
          Verifier.OPERANDS,
          "it has %d inputs and %d outputs".formatted(inputs.size(), outputs.size()));
    }
  }

  private void axis(int axis) {
    require(axis >= 0 && axis < input(0).rank(), "axis %d does not exist".formatted(axis));
  }

  private void shape(Shape expected) {
    require(
        output().equals(expected), "its output is [%s], not [%s]".formatted(output(), expected));
  }

  private void count(int expected) {
    require(
        output().count() == expected,
        "its output has %d elements, not %d".formatted(output().count(), expected));
  }

  private Shape input(int index) {
    return inputs.get(index).shape();
  }

  private Shape output() {
    return outputs.getFirst().shape();
  }

  private static List<Integer> axes(int rank) {
    return java.util.stream.IntStream.range(0, rank).boxed().toList();
  }

  private static Shape with(Shape shape, int axis, int extent) {
    List<Integer> dims = new ArrayList<>(shape.dims());
    dims.set(axis, extent);
    return new Shape(dims);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new Violation(Verifier.TYPES, otherwise);
    }
  }
}
