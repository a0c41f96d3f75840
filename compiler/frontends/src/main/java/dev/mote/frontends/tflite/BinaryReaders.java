package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.AddOptions;
import dev.mote.frontends.tflite.schema.ArgMaxOptions;
import dev.mote.frontends.tflite.schema.ArgMinOptions;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.CumsumOptions;
import dev.mote.frontends.tflite.schema.DivOptions;
import dev.mote.frontends.tflite.schema.MulOptions;
import dev.mote.frontends.tflite.schema.ReducerOptions;
import dev.mote.frontends.tflite.schema.SubOptions;
import dev.mote.ir.Activation;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.List;
import java.util.TreeSet;

/// Reads element-wise operators of two and more inputs, comparisons and reductions.
final class BinaryReaders {

  private BinaryReaders() {}

  static void add(OperatorView view) {
    fused(
        view,
        Op.Binary.Kind.ADD,
        view.options(BuiltinOptions.AddOptions, new AddOptions())
            .map(AddOptions::fusedActivationFunction)
            .orElse((byte) 0));
  }

  static void sub(OperatorView view) {
    fused(
        view,
        Op.Binary.Kind.SUB,
        view.options(BuiltinOptions.SubOptions, new SubOptions())
            .map(SubOptions::fusedActivationFunction)
            .orElse((byte) 0));
  }

  static void mul(OperatorView view) {
    fused(
        view,
        Op.Binary.Kind.MUL,
        view.options(BuiltinOptions.MulOptions, new MulOptions())
            .map(MulOptions::fusedActivationFunction)
            .orElse((byte) 0));
  }

  static void div(OperatorView view) {
    fused(
        view,
        Op.Binary.Kind.DIV,
        view.options(BuiltinOptions.DivOptions, new DivOptions())
            .map(DivOptions::fusedActivationFunction)
            .orElse((byte) 0));
  }

  private static void fused(OperatorView view, Op.Binary.Kind kind, byte activation) {
    view.expectCounts(2, 2, 1);
    view.emitFused(
        activation,
        new Op.Binary(kind, view.fusable(activation)),
        view.inputNames(),
        broadcast(view, 0, 1));
  }

  static void plain(OperatorView view, Op.Binary.Kind kind) {
    view.expectCounts(2, 2, 1);
    view.emit(new Op.Binary(kind, Activation.NONE), view.inputNames(), broadcast(view, 0, 1));
  }

  static void addN(OperatorView view) {
    view.expectCounts(1, Integer.MAX_VALUE, 1);
    Shape shape = view.inputShape(0);
    for (int i = 1; i < view.inputCount(); i++) {
      ShapeInference.require(
          view.inputShape(i).equals(shape),
          "its inputs have different shapes, [%s] and [%s]".formatted(shape, view.inputShape(i)));
      requireOneQuantization(view, view.source(0), view.source(i));
    }
    if (view.inputCount() == 1) {
      view.emit(new Op.Reshape(), view.inputNames(), shape);
    } else {
      view.emit(new Op.AddN(), view.inputNames(), shape);
    }
  }

  static void compare(OperatorView view, Op.Compare.Kind kind) {
    view.expectCounts(2, 2, 1);
    view.emit(new Op.Compare(kind), view.inputNames(), broadcast(view, 0, 1));
  }

  static void logical(OperatorView view, Op.Logical.Kind kind) {
    view.expectCounts(2, 2, 1);
    view.emit(new Op.Logical(kind), view.inputNames(), broadcast(view, 0, 1));
  }

  static void select(OperatorView view) {
    view.expectCounts(3, 3, 1);
    view.emit(
        new Op.Select(),
        view.inputNames(),
        view.inputShape(0).broadcast(view.inputShape(1)).broadcast(view.inputShape(2)));
  }

  /// The old SELECT takes equal shapes, or a condition that chooses whole slices of the first
  /// dimension.
  static void selectRows(OperatorView view) {
    view.expectCounts(3, 3, 1);
    Shape condition = view.inputShape(0);
    Shape x = view.inputShape(1);
    ShapeInference.require(
        x.equals(view.inputShape(2)),
        "its values have different shapes, [%s] and [%s]".formatted(x, view.inputShape(2)));
    if (condition.equals(x) || condition.count() == 1) {
      view.emit(new Op.Select(), view.inputNames(), x);
      return;
    }
    ShapeInference.require(
        condition.rank() == 1 && x.rank() > 1 && condition.dim(0) == x.dim(0),
        "a condition of [%s] does not fit [%s]".formatted(condition, x));
    Shape column = condition;
    while (column.rank() < x.rank()) {
      column = ShapeInference.insert(column, column.rank(), 1);
    }
    String rows =
        view.emitPart(
            "condition",
            new Op.Reshape(),
            List.of(view.input(0).name()),
            view.inputType(0).withShape(column));
    view.emit(new Op.Select(), List.of(rows, view.input(1).name(), view.input(2).name()), x);
  }

  static void reduce(OperatorView view, Op.Reduce.Kind kind) {
    view.expectCounts(2, 2, 1);
    boolean keep =
        view.options(BuiltinOptions.ReducerOptions, new ReducerOptions())
            .map(ReducerOptions::keepDims)
            .orElse(false);
    if (kind == Op.Reduce.Kind.MAX || kind == Op.Reduce.Kind.MIN) {
      requireOneQuantization(view, view.source(0), view.target(0));
    }
    Shape x = view.inputShape(0);
    TreeSet<Integer> axes = new TreeSet<>();
    for (long axis : view.constantIntegers(1, "the list of axes")) {
      axes.add(view.axis(axis, x.rank()));
    }
    List<Integer> sorted = List.copyOf(axes);
    view.emit(
        new Op.Reduce(kind, sorted),
        List.of(view.input(0).name()),
        ShapeInference.reduce(x, sorted, keep));
  }

  /// Some operators work on integers as they are, which has a meaning only when both tensors have
  /// one scale and zero point.
  private static void requireOneQuantization(OperatorView view, SourceTensor a, SourceTensor b) {
    if (!a.quantization().equals(b.quantization())) {
      throw view.problem(
          ReadProblem.BAD_QUANTIZATION,
          "'%s' and '%s' are quantized differently, which it does not allow"
              .formatted(a.name(), b.name()),
          "quantize the model again with TFLite's converter, which gives both one scale.");
    }
  }

  static void argMax(OperatorView view) {
    view.options(BuiltinOptions.ArgMaxOptions, new ArgMaxOptions());
    argReduce(view, true);
  }

  static void argMin(OperatorView view) {
    view.options(BuiltinOptions.ArgMinOptions, new ArgMinOptions());
    argReduce(view, false);
  }

  private static void argReduce(OperatorView view, boolean largest) {
    view.expectCounts(2, 2, 1);
    Shape x = view.inputShape(0);
    int axis = view.axis(view.constantInteger(1, "the axis"), x.rank());
    view.emit(
        new Op.ArgReduce(largest, axis),
        List.of(view.input(0).name()),
        ShapeInference.remove(x, axis));
  }

  static void cumsum(OperatorView view) {
    view.expectCounts(2, 2, 1);
    CumsumOptions o = new CumsumOptions();
    boolean present = view.options(BuiltinOptions.CumsumOptions, o).isPresent();
    Shape x = view.inputShape(0);
    int axis = view.axis(view.constantInteger(1, "the axis"), x.rank());
    view.emit(
        new Op.CumulativeSum(axis, present && o.exclusive(), present && o.reverse()),
        List.of(view.input(0).name()),
        x);
  }

  private static Shape broadcast(OperatorView view, int x, int y) {
    return view.inputShape(x).broadcast(view.inputShape(y));
  }
}
