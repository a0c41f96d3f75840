package dev.mote.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Static extent of a tensor in every dimension, outermost first; a scalar has rank 0.
///
/// Every dimension is ≥ 0 (0 only for empty tensors) and the element count fits in an `int`.
///
/// @param dims extent of each dimension
public record Shape(List<Integer> dims) {

  public static final Shape SCALAR = new Shape(List.of());

  public Shape {
    dims = List.copyOf(dims);
    long count = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException("negative dimension in " + dims);
      }
      count *= dim;
      if (count > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("more than 2^31-1 elements in " + dims);
      }
    }
  }

  public static Shape of(int... dims) {
    return new Shape(java.util.Arrays.stream(dims).boxed().toList());
  }

  public int rank() {
    return dims.size();
  }

  /// Extent of dimension `axis`; a negative axis counts from the innermost, -1 being the last.
  public int dim(int axis) {
    return dims.get(axis < 0 ? axis + rank() : axis);
  }

  /// Number of elements; 1 for a scalar.
  public int count() {
    int count = 1;
    for (int dim : dims) {
      count *= dim;
    }
    return count;
  }

  /// Product of the dimensions from `from` (inclusive) to `to` (exclusive); 1 when empty.
  public int count(int from, int to) {
    int count = 1;
    for (int axis = from; axis < to; axis++) {
      count *= dims.get(axis);
    }
    return count;
  }

  /// The extent of the innermost dimension; 1 for a scalar.
  public int last() {
    return dims.isEmpty() ? 1 : dims.getLast();
  }

  /// Row-major strides in elements.
  public List<Integer> strides() {
    Integer[] strides = new Integer[rank()];
    int stride = 1;
    for (int axis = rank() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dims.get(axis);
    }
    return List.of(strides);
  }

  /// This shape with ones prepended up to `rank`.
  ///
  /// @throws IllegalArgumentException when this rank is already larger
  public Shape extendTo(int rank) {
    if (rank < rank()) {
      throw new IllegalArgumentException(this + " has more than " + rank + " dimensions");
    }
    List<Integer> extended = new ArrayList<>(java.util.Collections.nCopies(rank - rank(), 1));
    extended.addAll(dims);
    return new Shape(extended);
  }

  /// Shape of an element-wise operation on both, by NumPy's broadcasting rules.
  ///
  /// @throws IllegalArgumentException when a dimension differs and neither is 1
  public Shape broadcast(Shape other) {
    int rank = Math.max(rank(), other.rank());
    Shape a = extendTo(rank);
    Shape b = other.extendTo(rank);
    List<Integer> result = new ArrayList<>(rank);
    for (int axis = 0; axis < rank; axis++) {
      int x = a.dim(axis);
      int y = b.dim(axis);
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException(this + " and " + other + " do not broadcast");
      }
      result.add(x == 1 ? y : x);
    }
    return new Shape(result);
  }

  /// Text form, for instance `1x49x10x1`; the empty string for a scalar.
  @Override
  public String toString() {
    return dims.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }
}
