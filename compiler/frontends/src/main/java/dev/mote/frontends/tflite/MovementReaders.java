package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.ConcatenationOptions;
import dev.mote.frontends.tflite.schema.DepthToSpaceOptions;
import dev.mote.frontends.tflite.schema.GatherOptions;
import dev.mote.frontends.tflite.schema.MirrorPadMode;
import dev.mote.frontends.tflite.schema.MirrorPadOptions;
import dev.mote.frontends.tflite.schema.PackOptions;
import dev.mote.frontends.tflite.schema.SpaceToDepthOptions;
import dev.mote.frontends.tflite.schema.UnpackOptions;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads operators that join, cut, pad and reorder data.
final class MovementReaders {

  private MovementReaders() {}

  static void pad(OperatorView view) {
    view.expectCounts(2, 2, 1);
    emitPad(view, List.of(view.input(0).name()), Op.Pad.Mode.CONSTANT);
  }

  static void padV2(OperatorView view) {
    view.expectCounts(3, 3, 1);
    ShapeInference.require(
        view.inputShape(2).count() == 1, "its padding value is not a single number");
    if (!view.inputType(2).quantization().equals(view.outputType(0, Shape.SCALAR).quantization())) {
      throw view.problem(
          ReadProblem.BAD_QUANTIZATION,
          "its padding value has another scale or zero point than the result",
          "quantize the model again with TFLite's converter.");
    }
    emitPad(view, List.of(view.input(0).name(), view.input(2).name()), Op.Pad.Mode.CONSTANT);
  }

  static void mirrorPad(OperatorView view) {
    view.expectCounts(2, 2, 1);
    byte mode =
        view.options(BuiltinOptions.MirrorPadOptions, new MirrorPadOptions())
            .map(MirrorPadOptions::mode)
            .orElse(MirrorPadMode.REFLECT);
    boolean reflect = mode == MirrorPadMode.REFLECT;
    List<List<Integer>> sides = padding(view);
    Shape x = view.inputShape(0);
    for (int axis = 0; axis < x.rank(); axis++) {
      int most = Math.max(sides.get(0).get(axis), sides.get(1).get(axis));
      ShapeInference.require(
          most <= x.dim(axis) - (reflect ? 1 : 0),
          "it mirrors %d elements of a dimension of %d".formatted(most, x.dim(axis)));
    }
    emitPad(
        view, List.of(view.input(0).name()), reflect ? Op.Pad.Mode.REFLECT : Op.Pad.Mode.SYMMETRIC);
  }

  private static void emitPad(OperatorView view, List<String> inputs, Op.Pad.Mode mode) {
    List<List<Integer>> sides = padding(view);
    view.emit(
        new Op.Pad(sides.get(0), sides.get(1), mode),
        inputs,
        ShapeInference.pad(view.inputShape(0), sides.get(0), sides.get(1)));
  }

  /// Padding before and after each dimension.
  private static List<List<Integer>> padding(OperatorView view) {
    return pairs(view, 1, "the padding", view.inputShape(0).rank());
  }

  /// The two columns of input `index`, an `[n,2]` constant of small numbers.
  static List<List<Integer>> pairs(OperatorView view, int index, String what, int count) {
    long[] values = view.constantIntegers(index, what);
    ShapeInference.require(
        values.length == 2L * count,
        "%s has %d numbers for %d dimensions".formatted(what, values.length, count));
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      ShapeInference.require(
          values[i] >= 0 && values[i] <= Limits.WINDOW,
          "%s has a %d; it must be between 0 and %d".formatted(what, values[i], Limits.WINDOW));
      (i % 2 == 0 ? before : after).add((int) values[i]);
    }
    return List.of(before, after);
  }

  static void concatenation(OperatorView view) {
    view.expectCounts(1, Integer.MAX_VALUE, 1);
    Optional<ConcatenationOptions> o =
        view.options(BuiltinOptions.ConcatenationOptions, new ConcatenationOptions());
    byte activation = o.map(ConcatenationOptions::fusedActivationFunction).orElse((byte) 0);
    if (activation != ActivationFunctionType.NONE) {
      throw view.problem(
          ReadProblem.ACTIVATION,
          "a fused activation is not supported",
          "write the activation as an operator of its own in the model.");
    }
    int axis = view.axis(o.map(ConcatenationOptions::axis).orElse(0), view.inputShape(0).rank());
    List<Shape> shapes = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < view.inputCount(); i++) {
      shapes.add(view.inputShape(i));
      parts.add(withScaleOfResult(view, i));
    }
    view.emit(new Op.Concat(axis), parts, ShapeInference.concat(shapes, axis));
  }

  /// Input `index` in the output's quantization. Only old uint8 models mix scales; for int8, TFLite
  /// refuses and TensorFlow Lite Micro copies the numbers, which then mean something else.
  private static String withScaleOfResult(OperatorView view, int index) {
    Tensor part = view.input(index);
    Quantization wanted = view.outputType(0, part.shape()).quantization();
    boolean mixed =
        part.quantization().isQuantized()
            && wanted.isQuantized()
            && !part.quantization().equals(wanted);
    if (!mixed || part.element() != ElementType.INT8) {
      return part.name();
    }
    if (!view.target(0).fromUint8()) {
      throw view.problem(
          ReadProblem.BAD_QUANTIZATION,
          "'%s' has another scale or zero point than the result".formatted(part.name()),
          "quantize the model again with TFLite's converter, which gives all of them one scale.");
    }
    return view.emitPart(
        "rescaled", new Op.Quantize(), List.of(part.name()), part.type().withQuantization(wanted));
  }

  static void split(OperatorView view) {
    view.expectCounts(2, 2, view.outputCount());
    Shape x = view.inputShape(1);
    int axis = view.axis(view.constantInteger(0, "the axis"), x.rank());
    int parts = view.outputCount();
    ShapeInference.require(
        parts > 0 && x.dim(axis) % parts == 0,
        "a dimension of %d cannot be cut into %d".formatted(x.dim(axis), parts));
    Shape part = ShapeInference.with(x, axis, x.dim(axis) / parts);
    Shape[] shapes = new Shape[parts];
    java.util.Arrays.fill(shapes, part);
    view.emit(new Op.Split(axis), List.of(view.input(1).name()), shapes);
  }

  static void splitV(OperatorView view) {
    view.expectCounts(3, 3, view.outputCount());
    Shape x = view.inputShape(0);
    long[] sizes = view.constantIntegers(1, "the list of sizes");
    int axis = view.axis(view.constantInteger(2, "the axis"), x.rank());
    ShapeInference.require(
        sizes.length == view.outputCount(),
        "it has %d sizes for %d outputs".formatted(sizes.length, view.outputCount()));
    long rest = x.dim(axis);
    int open = -1;
    for (int i = 0; i < sizes.length; i++) {
      ShapeInference.require(
          sizes[i] >= -1 && sizes[i] <= x.dim(axis) && (sizes[i] >= 0 || open < 0),
          "its sizes are " + java.util.Arrays.toString(sizes));
      if (sizes[i] < 0) {
        open = i;
      } else {
        rest -= sizes[i];
      }
    }
    if (open >= 0) {
      sizes[open] = rest;
      rest = 0;
    }
    ShapeInference.require(
        rest == 0 && (open < 0 || sizes[open] >= 0),
        "its sizes do not add up to %d".formatted(x.dim(axis)));
    Shape[] shapes = new Shape[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      shapes[i] = ShapeInference.with(x, axis, (int) sizes[i]);
    }
    view.emit(new Op.Split(axis), List.of(view.input(0).name()), shapes);
  }

  static void pack(OperatorView view) {
    view.expectCounts(1, Integer.MAX_VALUE, 1);
    Shape x = view.inputShape(0);
    int axis =
        view.axis(
            view.options(BuiltinOptions.PackOptions, new PackOptions())
                .map(PackOptions::axis)
                .orElse(0),
            x.rank() + 1);
    Shape slice = ShapeInference.insert(x, axis, 1);
    List<String> slices = new ArrayList<>();
    for (int i = 0; i < view.inputCount(); i++) {
      ShapeInference.require(
          view.inputShape(i).equals(x),
          "its inputs have different shapes, [%s] and [%s]".formatted(x, view.inputShape(i)));
      slices.add(
          view.emitPart(
              "slice",
              new Op.Reshape(),
              List.of(view.input(i).name()),
              view.inputType(i).withShape(slice)));
    }
    view.emit(new Op.Concat(axis), slices, ShapeInference.with(slice, axis, view.inputCount()));
  }

  static void unpack(OperatorView view) {
    view.expectCounts(1, 1, view.outputCount());
    Shape x = view.inputShape(0);
    int axis =
        view.axis(
            view.options(BuiltinOptions.UnpackOptions, new UnpackOptions())
                .map(UnpackOptions::axis)
                .orElse(0),
            x.rank());
    ShapeInference.require(
        x.dim(axis) == view.outputCount(),
        "a dimension of %d cannot be cut into %d".formatted(x.dim(axis), view.outputCount()));
    TensorType slice = view.inputType(0).withShape(ShapeInference.with(x, axis, 1));
    List<TensorType> types = java.util.Collections.nCopies(view.outputCount(), slice);
    List<String> slices =
        view.emitParts("slice", new Op.Split(axis), List.of(view.input(0).name()), types);
    for (int i = 0; i < slices.size(); i++) {
      view.emitAt(i, new Op.Reshape(), List.of(slices.get(i)), ShapeInference.remove(x, axis));
    }
  }

  static void transpose(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Shape x = view.inputShape(0);
    List<Integer> permutation = new ArrayList<>();
    for (long axis : view.constantIntegers(1, "the permutation")) {
      permutation.add(view.axis(axis, x.rank()));
    }
    view.emit(
        new Op.Transpose(permutation),
        List.of(view.input(0).name()),
        ShapeInference.transpose(x, permutation));
  }

  static void gather(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Optional<GatherOptions> o = view.options(BuiltinOptions.GatherOptions, new GatherOptions());
    Shape x = view.inputShape(0);
    Shape indices = view.inputShape(1);
    int axis = view.axis(o.map(GatherOptions::axis).orElse(0), x.rank());
    int batchDims = o.map(GatherOptions::batchDims).orElse(0);
    if (batchDims < 0) {
      batchDims += indices.rank();
    }
    requireIndices(view, 1, x.dim(axis));
    view.emit(
        new Op.Gather(axis, batchDims),
        List.of(view.input(0).name(), indices32(view, 1)),
        ShapeInference.gather(x, indices, axis, batchDims));
  }

  static void gatherNd(OperatorView view) {
    view.expectCounts(2, 2, 1);
    view.emit(
        new Op.GatherNd(),
        List.of(view.input(0).name(), indices32(view, 1)),
        ShapeInference.gatherNd(view.inputShape(0), view.inputShape(1)));
  }

  /// An int8 table with a float result is looked up first and dequantized then.
  static void embeddingLookup(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Shape table = view.inputShape(1);
    ShapeInference.requireRank("the indices", view.inputShape(0), 1);
    ShapeInference.require(table.rank() >= 2, "its table has no rows");
    requireIndices(view, 0, table.dim(0));
    Shape shape = ShapeInference.gather(table, view.inputShape(0), 0, 0);
    List<String> operands = List.of(view.input(1).name(), view.input(0).name());
    boolean dequantizes = view.inputType(1).element() != view.target(0).element();
    if (dequantizes) {
      if (!(view.inputType(1).quantization() instanceof Quantization.PerTensor)) {
        throw view.problem(
            ReadProblem.BAD_QUANTIZATION,
            "its table is quantized per channel",
            "quantize the table per tensor.");
      }
      String rows =
          view.emitPart("rows", new Op.Gather(0, 0), operands, view.inputType(1).withShape(shape));
      view.emit(new Op.Dequantize(), List.of(rows), shape);
    } else {
      view.emit(new Op.Gather(0, 0), operands, shape);
    }
  }

  /// Refuses constant indices that point outside of a dimension of `extent`.
  private static void requireIndices(OperatorView view, int index, int extent) {
    if (view.input(index).isConstant()) {
      for (long i : view.input(index).constantIntegers()) {
        ShapeInference.require(
            i >= 0 && i < extent,
            "its index %d does not exist in a dimension of %d".formatted(i, extent));
      }
    }
  }

  /// Input `index` as int32.
  private static String indices32(OperatorView view, int index) {
    TensorType type = view.inputType(index);
    String name = view.input(index).name();
    return type.element() == ElementType.INT32
        ? name
        : view.emitPart(
            "indices", new Op.Cast(), List.of(name), type.withElement(ElementType.INT32));
  }

  static void reverse(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Shape x = view.inputShape(0);
    java.util.TreeSet<Integer> axes = new java.util.TreeSet<>();
    for (long axis : view.constantIntegers(1, "the list of axes")) {
      axes.add(view.axis(axis, x.rank()));
    }
    view.emit(new Op.Reverse(List.copyOf(axes)), List.of(view.input(0).name()), x);
  }

  static void spaceToDepth(OperatorView view) {
    view.expectCounts(1, 1, 1);
    int block =
        view.requiredOptions(BuiltinOptions.SpaceToDepthOptions, new SpaceToDepthOptions())
            .blockSize();
    Shape x = view.inputShape(0);
    ShapeInference.requireRank("the input", x, 4);
    ShapeInference.require(
        block > 0 && block <= Limits.WINDOW && x.dim(1) % block == 0 && x.dim(2) % block == 0,
        "blocks of %d do not fit [%s]".formatted(block, x));
    view.emit(
        new Op.SpaceToDepth(block),
        view.inputNames(),
        new Shape(
            List.of(
                x.dim(0),
                x.dim(1) / block,
                x.dim(2) / block,
                Math.multiplyExact(x.dim(3), Math.multiplyExact(block, block)))));
  }

  static void depthToSpace(OperatorView view) {
    view.expectCounts(1, 1, 1);
    int block =
        view.requiredOptions(BuiltinOptions.DepthToSpaceOptions, new DepthToSpaceOptions())
            .blockSize();
    Shape x = view.inputShape(0);
    ShapeInference.requireRank("the input", x, 4);
    ShapeInference.require(
        block > 0 && block < 1 << 15 && x.dim(3) % (block * block) == 0,
        "blocks of %d do not fit [%s]".formatted(block, x));
    view.emit(
        new Op.DepthToSpace(block),
        view.inputNames(),
        new Shape(
            List.of(
                x.dim(0),
                Math.multiplyExact(x.dim(1), block),
                Math.multiplyExact(x.dim(2), block),
                x.dim(3) / (block * block))));
  }
}
