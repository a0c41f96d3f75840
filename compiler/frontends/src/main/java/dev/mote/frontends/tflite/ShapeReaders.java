package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.ReshapeOptions;
import dev.mote.frontends.tflite.schema.ResizeBilinearOptions;
import dev.mote.frontends.tflite.schema.ResizeNearestNeighborOptions;
import dev.mote.frontends.tflite.schema.SqueezeOptions;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads operators that change, repeat or tell a tensor's shape.
final class ShapeReaders {

  /// A constant fill of at most this many bytes becomes a constant; a larger one is repeated at run
  /// time from one element.
  private static final int LARGEST_CONSTANT = 4_096;

  private ShapeReaders() {}

  /// The target is the shape operand, else the attribute, else the file's shape of the output.
  static void reshape(OperatorView view) {
    view.expectCounts(1, 2, 1);
    Shape x = view.inputShape(0);
    Optional<ReshapeOptions> o = view.options(BuiltinOptions.ReshapeOptions, new ReshapeOptions());
    Optional<Shape> claimed = view.claimedShape(0).filter(s -> s.count() == x.count());
    Shape shape;
    if (view.hasInput(1) && view.input(1).isConstant()) {
      shape = ShapeInference.reshape(x, view.constantIntegers(1, "the shape"));
    } else if (!view.hasInput(1) && o.isPresent() && o.get().newShapeLength() > 0) {
      shape = ShapeInference.reshape(x, attribute(view, o.get()));
    } else if (claimed.isPresent() && !view.target(0).hasOpenDimension()) {
      shape = claimed.get();
    } else {
      shape = ShapeInference.reshape(x, view.constantIntegers(1, "the shape"));
    }
    view.emit(new Op.Reshape(), List.of(view.input(0).name()), shape);
  }

  private static long[] attribute(OperatorView view, ReshapeOptions options) {
    int count = options.newShapeLength();
    ShapeInference.require(
        count >= 0 && count <= Limits.RANK, "its new shape has %d dimensions".formatted(count));
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = options.newShape(i);
    }
    // An old way to write a scalar.
    return count == 1 && values[0] == 0 && view.inputShape(0).count() == 1 ? new long[0] : values;
  }

  static void squeeze(OperatorView view) {
    view.expectCounts(1, 1, 1);
    Shape x = view.inputShape(0);
    Optional<SqueezeOptions> o = view.options(BuiltinOptions.SqueezeOptions, new SqueezeOptions());
    int count = o.map(SqueezeOptions::squeezeDimsLength).orElse(0);
    ShapeInference.require(
        count >= 0 && count <= Limits.RANK, "it lists %d dimensions".formatted(count));
    List<Integer> dropped = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      dropped.add(view.axis(o.orElseThrow().squeezeDims(i), x.rank()));
    }
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean drop = count == 0 ? x.dim(axis) == 1 : dropped.contains(axis);
      ShapeInference.require(
          !drop || x.dim(axis) == 1, "dimension %d has %d elements".formatted(axis, x.dim(axis)));
      if (!drop) {
        dims.add(x.dim(axis));
      }
    }
    view.emit(new Op.Reshape(), view.inputNames(), new Shape(dims));
  }

  static void expandDims(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Shape x = view.inputShape(0);
    int axis = view.axis(view.constantInteger(1, "the axis"), x.rank() + 1);
    view.emit(new Op.Reshape(), List.of(view.input(0).name()), ShapeInference.insert(x, axis, 1));
  }

  static void broadcastTo(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Shape x = view.inputShape(0);
    Shape shape = sizes(view, 1, "the shape");
    ShapeInference.require(
        x.rank() <= shape.rank() && x.broadcast(shape).equals(shape),
        "[%s] does not broadcast to [%s]".formatted(x, shape));
    view.emit(new Op.BroadcastTo(), List.of(view.input(0).name()), shape);
  }

  static void broadcastArgs(OperatorView view) {
    view.expectCounts(2, 2, 1);
    ShapeInference.requireRank("the first shape", view.inputShape(0), 1);
    ShapeInference.requireRank("the second shape", view.inputShape(1), 1);
    view.emit(
        new Op.BroadcastArgs(),
        view.inputNames(),
        Shape.of(Math.max(view.inputShape(0).count(), view.inputShape(1).count())));
  }

  static void fill(OperatorView view) {
    view.expectCounts(2, 2, 1);
    Shape shape = sizes(view, 0, "the shape");
    Tensor value = view.input(1);
    ShapeInference.require(value.shape().count() == 1, "its value is not a single number");
    TensorType type =
        view.outputType(0, TensorTable.sized(shape.dims(), value.element(), view.where()));
    if (value.isConstant() && type.bytes() <= LARGEST_CONSTANT) {
      byte[] element = value.data().orElseThrow().toByteArray();
      byte[] bytes = new byte[(int) type.bytes()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = element[i % element.length];
      }
      view.emitConstant(0, shape, bytes);
    } else {
      view.emit(new Op.BroadcastTo(), List.of(value.name()), shape);
    }
  }

  /// Zero as a number, which is not real zero when the tensor is quantized with a zero point.
  static void zerosLike(OperatorView view) {
    view.expectCounts(1, 1, 1);
    Shape shape = view.inputShape(0);
    TensorType type = view.outputType(0, shape);
    if (view.target(0).fromUint8()) {
      throw view.problem(
          ReadProblem.OPERAND_TYPES,
          "it is not supported for quantized uint8",
          "quantize the model to int8.");
    }
    if (type.bytes() <= LARGEST_CONSTANT) {
      view.emitConstant(0, shape, new byte[(int) type.bytes()]);
    } else {
      TensorType element = type.withShape(Shape.SCALAR);
      String zero = view.constant("zero", element, new byte[(int) element.bytes()]);
      view.emit(new Op.BroadcastTo(), List.of(zero), shape);
    }
  }

  static void shape(OperatorView view) {
    view.expectCounts(1, 1, 1);
    List<Integer> dims = view.inputShape(0).dims();
    boolean wide = view.target(0).element() == ElementType.INT64;
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.allocate((wide ? 8 : 4) * dims.size())
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    for (int dim : dims) {
      if (wide) {
        bytes.putLong(dim);
      } else {
        bytes.putInt(dim);
      }
    }
    view.emitConstant(0, Shape.of(dims.size()), bytes.array());
  }

  static void resizeNearest(OperatorView view) {
    ResizeNearestNeighborOptions o = new ResizeNearestNeighborOptions();
    boolean present = view.options(BuiltinOptions.ResizeNearestNeighborOptions, o).isPresent();
    resize(
        view,
        new Op.Resize(
            Op.Resize.Kind.NEAREST, present && o.alignCorners(), present && o.halfPixelCenters()));
  }

  static void resizeBilinear(OperatorView view) {
    ResizeBilinearOptions o = new ResizeBilinearOptions();
    boolean present = view.options(BuiltinOptions.ResizeBilinearOptions, o).isPresent();
    resize(
        view,
        new Op.Resize(
            Op.Resize.Kind.BILINEAR, present && o.alignCorners(), present && o.halfPixelCenters()));
  }

  private static void resize(OperatorView view, Op.Resize op) {
    view.expectCounts(2, 2, 1);
    Shape x = view.inputShape(0);
    ShapeInference.requireRank("the input", x, 4);
    ShapeInference.require(
        !(op.alignCorners() && op.halfPixelCenters()),
        "align_corners and half_pixel_centers exclude each other");
    long[] size = view.constantIntegers(1, "the size");
    ShapeInference.require(
        size.length == 2 && Arrays.stream(size).allMatch(s -> s > 0 && s <= Limits.WINDOW),
        "its size is " + Arrays.toString(size));
    view.emit(
        op,
        List.of(view.input(0).name()),
        Shape.of(x.dim(0), (int) size[0], (int) size[1], x.dim(3)));
  }

  static void spaceToBatch(OperatorView view) {
    view.expectCounts(3, 3, 1);
    Shape x = view.inputShape(0);
    List<Integer> block = block(view, x);
    List<List<Integer>> pads = MovementReaders.pairs(view, 2, "the padding", block.size());
    List<Integer> dims = new ArrayList<>(x.dims());
    for (int i = 0; i < block.size(); i++) {
      int padded = x.dim(i + 1) + pads.get(0).get(i) + pads.get(1).get(i);
      ShapeInference.require(
          padded % block.get(i) == 0,
          "blocks of %d do not fit a dimension of %d".formatted(block.get(i), padded));
      dims.set(i + 1, padded / block.get(i));
      dims.set(0, Math.multiplyExact(dims.get(0), block.get(i)));
    }
    view.emit(
        new Op.SpaceToBatch(block, pads.get(0), pads.get(1)),
        List.of(view.input(0).name()),
        new Shape(dims));
  }

  static void batchToSpace(OperatorView view) {
    view.expectCounts(3, 3, 1);
    Shape x = view.inputShape(0);
    List<Integer> block = block(view, x);
    List<List<Integer>> crops = MovementReaders.pairs(view, 2, "the crops", block.size());
    List<Integer> dims = new ArrayList<>(x.dims());
    for (int i = 0; i < block.size(); i++) {
      ShapeInference.require(
          dims.get(0) % block.get(i) == 0,
          "blocks of %d do not fit a batch of %d".formatted(block.get(i), dims.get(0)));
      dims.set(0, dims.get(0) / block.get(i));
      int whole = Math.multiplyExact(x.dim(i + 1), block.get(i));
      int cropped = whole - crops.get(0).get(i) - crops.get(1).get(i);
      ShapeInference.require(
          cropped > 0, "the crops leave nothing of %d elements".formatted(whole));
      dims.set(i + 1, cropped);
    }
    view.emit(
        new Op.BatchToSpace(block, crops.get(0), crops.get(1)),
        List.of(view.input(0).name()),
        new Shape(dims));
  }

  private static List<Integer> block(OperatorView view, Shape x) {
    long[] values = view.constantIntegers(1, "the block");
    ShapeInference.require(
        values.length >= 1
            && values.length < x.rank()
            && Arrays.stream(values).allMatch(v -> v > 0 && v <= Limits.WINDOW),
        "its block %s does not fit [%s]".formatted(Arrays.toString(values), x));
    return ConvolutionReaders.ints(values);
  }

  private static Shape sizes(OperatorView view, int index, String what) {
    long[] values = view.constantIntegers(index, what);
    ShapeInference.require(
        values.length <= Limits.RANK, "%s has %d dimensions".formatted(what, values.length));
    return TensorTable.sized(
        ConvolutionReaders.ints(values), view.target(0).element(), view.where());
  }
}
