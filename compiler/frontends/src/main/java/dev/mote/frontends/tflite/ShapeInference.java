package dev.mote.frontends.tflite;

import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Shapes of results from shapes of operands. What does not fit is an [IllegalArgumentException]
/// with the reason; the operator that asked is where it is reported.
final class ShapeInference {

  private ShapeInference() {}

  /// Requires `shape` to have `rank` dimensions.
  static void requireRank(String what, Shape shape, int rank) {
    require(
        shape.rank() == rank,
        "%s must have %d dimensions, but is [%s]".formatted(what, rank, shape));
  }

  static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /// `x` `[N,H,W,C]` under a sliding window with `channels` results for each position.
  static Shape window(Shape x, Window2d window, int channels) {
    requireRank("the input", x, 4);
    int height = window.outputHeight(x.dim(1));
    int width = window.outputWidth(x.dim(2));
    require(
        x.dim(1) + window.padTop() + window.padBottom() >= window.spanHeight()
            && x.dim(2) + window.padLeft() + window.padRight() >= window.spanWidth(),
        "the window of %d x %d does not fit in the input [%s]"
            .formatted(window.spanHeight(), window.spanWidth(), x));
    return Shape.of(x.dim(0), height, width, channels);
  }

  /// Batched product of `[...,M,K]` and `[...,K,N]`.
  static Shape matrixProduct(Shape x, Shape y, boolean adjointX, boolean adjointY) {
    require(x.rank() >= 2 && y.rank() >= 2, "both operands need two dimensions or more");
    int rows = x.dim(adjointX ? -1 : -2);
    int innerX = x.dim(adjointX ? -2 : -1);
    int innerY = y.dim(adjointY ? -1 : -2);
    int columns = y.dim(adjointY ? -2 : -1);
    require(innerX == innerY, "the matrices of [%s] and [%s] cannot be multiplied".formatted(x, y));
    Shape batch =
        new Shape(x.dims().subList(0, x.rank() - 2))
            .broadcast(new Shape(y.dims().subList(0, y.rank() - 2)));
    List<Integer> dims = new ArrayList<>(batch.dims());
    dims.add(rows);
    dims.add(columns);
    return new Shape(dims);
  }

  /// `shape` with `target` dimensions, one of which may be -1 for what is left; 0 copies the
  /// input's.
  static Shape reshape(Shape shape, long[] target) {
    long known = 1;
    int open = -1;
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < target.length; i++) {
      require(target[i] >= -1 && target[i] <= Integer.MAX_VALUE, "dimension " + target[i]);
      require(target[i] != -1 || open < 0, "two dimensions are open");
      if (target[i] == -1) {
        open = i;
      } else {
        known = Math.min(known * target[i], Integer.MAX_VALUE);
      }
      dims.add((int) target[i]);
    }
    if (open >= 0) {
      require(
          known > 0 && shape.count() % known == 0, "[%s] has no shape %s".formatted(shape, dims));
      dims.set(open, (int) (shape.count() / known));
    }
    Shape result = new Shape(dims);
    require(
        result.count() == shape.count(),
        "[%s] has %d elements, but the new shape [%s] has %d"
            .formatted(shape, shape.count(), result, result.count()));
    return result;
  }

  /// `x` with the dimensions `axes` removed or, when kept, 1.
  static Shape reduce(Shape x, List<Integer> axes, boolean keep) {
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!axes.contains(axis)) {
        dims.add(x.dim(axis));
      } else if (keep) {
        dims.add(1);
      }
    }
    return new Shape(dims);
  }

  static Shape pad(Shape x, List<Integer> before, List<Integer> after) {
    List<Integer> dims = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      dims.add(x.dim(axis) + before.get(axis) + after.get(axis));
    }
    return new Shape(dims);
  }

  /// Shapes that agree in all dimensions but `axis`, end to end.
  static Shape concat(List<Shape> shapes, int axis) {
    Shape first = shapes.getFirst();
    long sum = 0;
    for (Shape shape : shapes) {
      require(
          shape.rank() == first.rank() && with(shape, axis, 1).equals(with(first, axis, 1)),
          "[%s] and [%s] cannot be joined along dimension %d".formatted(first, shape, axis));
      sum += shape.dim(axis);
    }
    require(sum <= Integer.MAX_VALUE, "the result is too large");
    return with(first, axis, (int) sum);
  }

  /// `shape` with another extent along `axis`.
  static Shape with(Shape shape, int axis, int extent) {
    List<Integer> dims = new ArrayList<>(shape.dims());
    dims.set(axis, extent);
    return new Shape(dims);
  }

  /// `shape` with a dimension of `extent` inserted before `axis`.
  static Shape insert(Shape shape, int axis, int extent) {
    List<Integer> dims = new ArrayList<>(shape.dims());
    dims.add(axis, extent);
    return new Shape(dims);
  }

  /// `shape` without dimension `axis`.
  static Shape remove(Shape shape, int axis) {
    List<Integer> dims = new ArrayList<>(shape.dims());
    dims.remove(axis);
    return new Shape(dims);
  }

  static Shape transpose(Shape x, List<Integer> permutation) {
    List<Integer> sorted = new ArrayList<>(permutation);
    Collections.sort(sorted);
    boolean complete = sorted.size() == x.rank();
    for (int i = 0; complete && i < sorted.size(); i++) {
      complete = sorted.get(i) == i;
    }
    require(complete, "%s is no permutation of %d dimensions".formatted(permutation, x.rank()));
    return new Shape(permutation.stream().map(x::dim).toList());
  }

  static Shape gather(Shape x, Shape indices, int axis, int batchDims) {
    require(
        batchDims >= 0 && batchDims <= axis && batchDims <= indices.rank(),
        "%d batch dimensions".formatted(batchDims));
    for (int i = 0; i < batchDims; i++) {
      require(
          x.dim(i) == indices.dim(i),
          "batch dimension %d differs in [%s] and [%s]".formatted(i, x, indices));
    }
    List<Integer> dims = new ArrayList<>(x.dims().subList(0, axis));
    dims.addAll(indices.dims().subList(batchDims, indices.rank()));
    dims.addAll(x.dims().subList(axis + 1, x.rank()));
    return new Shape(dims);
  }

  static Shape gatherNd(Shape x, Shape indices) {
    require(
        indices.rank() >= 1 && indices.last() >= 1 && indices.last() <= x.rank(),
        "indices [%s] do not address [%s]".formatted(indices, x));
    List<Integer> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
    dims.addAll(x.dims().subList(indices.last(), x.rank()));
    return new Shape(dims);
  }
}
