package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.StridedSliceOptions;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Reads SLICE and STRIDED_SLICE, all masks resolved.
final class SliceReaders {

  private SliceReaders() {}

  static void slice(OperatorView view) {
    view.expectCounts(3, 3, 1);
    Shape x = view.inputShape(0);
    long[] begin = view.constantIntegers(1, "the begin");
    long[] size = view.constantIntegers(2, "the size");
    ShapeInference.require(
        begin.length == x.rank() && size.length == x.rank(),
        "begin and size have %d and %d numbers for %d dimensions"
            .formatted(begin.length, size.length, x.rank()));
    List<Integer> from = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      long extent = size[axis] == -1 ? x.dim(axis) - begin[axis] : size[axis];
      ShapeInference.require(
          begin[axis] >= 0 && extent > 0 && begin[axis] <= x.dim(axis) - extent,
          "%d elements from %d on do not fit dimension %d of %d"
              .formatted(extent, begin[axis], axis, x.dim(axis)));
      from.add((int) begin[axis]);
      strides.add(1);
      extents.add((int) extent);
    }
    view.emit(
        new Op.Slice(from, strides, extents), List.of(view.input(0).name()), new Shape(extents));
  }

  static void stridedSlice(OperatorView view) {
    view.expectCounts(4, 4, 1);
    StridedSliceOptions o = new StridedSliceOptions();
    boolean present = view.options(BuiltinOptions.StridedSliceOptions, o).isPresent();
    StridedSlice slice =
        new StridedSlice(
            view.inputShape(0),
            view.constantIntegers(1, "the begin"),
            view.constantIntegers(2, "the end"),
            view.constantIntegers(3, "the strides"),
            present ? o.beginMask() : 0,
            present ? o.endMask() : 0,
            present ? o.ellipsisMask() : 0,
            present ? o.newAxisMask() : 0,
            present ? o.shrinkAxisMask() : 0,
            present && o.offset());
    slice.resolve();
    List<String> x = List.of(view.input(0).name());
    if (slice.addsDimensions()) {
      String part =
          view.emitPart(
              "slice", slice.op(), x, view.inputType(0).withShape(new Shape(slice.op().extents())));
      view.emit(new Op.Reshape(), List.of(part), slice.shape());
    } else {
      view.emit(slice.op(), x, slice.shape());
    }
  }
}
