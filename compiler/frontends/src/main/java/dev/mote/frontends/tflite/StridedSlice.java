package dev.mote.frontends.tflite;

import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// The arithmetic of STRIDED_SLICE: what NumPy means by `x[begin:end:stride, …]`, with TensorFlow's
/// masks.
///
/// Bit i of a mask concerns entry i of the lists, which is not always dimension i of x: an ellipsis
/// stands for as many dimensions as are needed, a new axis for none.
final class StridedSlice {

  private final Shape x;
  private final long[] begin;
  private final long[] end;
  private final long[] strides;
  private final int beginMask;
  private final int endMask;
  private final int ellipsisMask;
  private final int newAxisMask;
  private final int shrinkMask;
  private final boolean offset;

  private final List<Integer> from = new ArrayList<>();
  private final List<Integer> steps = new ArrayList<>();
  private final List<Integer> extents = new ArrayList<>();
  private final List<Integer> dims = new ArrayList<>();
  private boolean addsDimensions;

  StridedSlice(
      Shape x,
      long[] begin,
      long[] end,
      long[] strides,
      int beginMask,
      int endMask,
      int ellipsisMask,
      int newAxisMask,
      int shrinkMask,
      boolean offset) {
    this.x = x;
    this.begin = begin;
    this.end = end;
    this.strides = strides;
    this.beginMask = beginMask;
    this.endMask = endMask;
    this.ellipsisMask = ellipsisMask;
    this.newAxisMask = newAxisMask;
    this.shrinkMask = shrinkMask;
    this.offset = offset;
  }

  /// Computes everything.
  ///
  /// @throws IllegalArgumentException when the lists do not fit x or nothing is left
  void resolve() {
    int entries = begin.length;
    ShapeInference.require(
        end.length == entries && strides.length == entries && entries <= 2 * Limits.RANK,
        "begin, end and strides have %d, %d and %d numbers"
            .formatted(begin.length, end.length, strides.length));
    int consumed = 0;
    boolean ellipsis = false;
    for (int i = 0; i < entries; i++) {
      if (bit(ellipsisMask, i)) {
        ShapeInference.require(!ellipsis, "it has two ellipses");
        ellipsis = true;
      } else if (!bit(newAxisMask, i)) {
        consumed++;
      }
    }
    ShapeInference.require(
        consumed <= x.rank(), "it slices %d dimensions of [%s]".formatted(consumed, x));
    int whole = x.rank() - consumed;
    for (int i = 0; i < entries; i++) {
      if (bit(ellipsisMask, i)) {
        takeWhole(whole);
      } else if (bit(newAxisMask, i)) {
        dims.add(1);
        addsDimensions = true;
      } else {
        takeEntry(i);
      }
    }
    takeWhole(x.rank() - from.size());
  }

  private void takeWhole(int count) {
    for (int i = 0; i < count; i++) {
      int extent = x.dim(from.size());
      from.add(0);
      steps.add(1);
      extents.add(extent);
      dims.add(extent);
    }
  }

  private void takeEntry(int i) {
    int axis = from.size();
    long dim = x.dim(axis);
    long stride = strides[i];
    ShapeInference.require(
        stride != 0 && Math.abs(stride) <= Integer.MAX_VALUE, "a stride is " + stride);
    boolean up = stride > 0;
    if (bit(shrinkMask, i)) {
      long position = begin[i] < 0 ? begin[i] + dim : begin[i];
      ShapeInference.require(
          position >= 0 && position < dim,
          "index %d does not exist in dimension %d of [%s]".formatted(begin[i], axis, x));
      add((int) position, 1, 1);
      return;
    }
    long start = bit(beginMask, i) ? (up ? 0 : dim - 1) : bounded(begin[i], dim, up);
    long stop = end[i];
    if (offset) {
      stop = Math.addExact(stop, start);
    }
    stop = bit(endMask, i) ? (up ? dim : -1) : bounded(stop, dim, up);
    long extent = Math.ceilDiv(stop - start, stride);
    ShapeInference.require(
        extent > 0, "nothing is left of dimension %d of [%s]".formatted(axis, x));
    // With one element the stride does not matter; a huge one would only overflow later.
    add((int) start, extent == 1 ? 1 : (int) stride, (int) extent);
    dims.add((int) extent);
  }

  private void add(int start, int stride, int extent) {
    from.add(start);
    steps.add(stride);
    extents.add(extent);
  }

  private static long bounded(long position, long dim, boolean up) {
    long counted = position < 0 ? position + dim : position;
    return up ? Math.clamp(counted, 0L, dim) : Math.clamp(counted, -1L, dim - 1);
  }

  private static boolean bit(int mask, int i) {
    return (mask >> i & 1) != 0;
  }

  Op.Slice op() {
    return new Op.Slice(from, steps, extents);
  }

  /// Shape of the result: shrunk dimensions left out, new ones added.
  Shape shape() {
    return new Shape(dims);
  }

  boolean addsDimensions() {
    return addsDimensions;
  }
}
