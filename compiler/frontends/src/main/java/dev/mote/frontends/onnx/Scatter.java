package dev.mote.frontends.onnx;

import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.List;

/// Where a transposed convolution puts its results.
///
/// @param window the kernel, its strides, and what is cropped as padding
/// @param extents of the result, one for each spatial dimension
record Scatter(SlidingWindow shape, List<Integer> extents) {

  static Scatter of(NodeView node, Shape x, Shape weights) {
    List<Integer> kernel = weights.dims().subList(2, weights.rank());
    List<Integer> image = x.dims().subList(2, x.rank());
    int dims = image.size();
    List<Integer> strides = SlidingWindow.list(node, "strides", dims, 1);
    List<Integer> dilations = SlidingWindow.list(node, "dilations", dims, 1);
    List<Integer> extra = SlidingWindow.list(node, "output_padding", dims, 0);
    List<Integer> pads = SlidingWindow.list(node, "pads", 2 * dims, 0);
    List<Integer> before = new ArrayList<>(pads.subList(0, dims));
    List<Integer> after = new ArrayList<>(pads.subList(dims, 2 * dims));
    String auto = node.text("auto_pad", "NOTSET");
    List<Integer> extents = new ArrayList<>();
    List<Integer> wanted = node.list("output_shape").orElse(List.of());
    for (int i = 0; i < dims; i++) {
      if (dilations.get(i) != 1) {
        throw node.unsupported("a dilation of a transposed convolution");
      }
      node.require(
          strides.get(i) >= 1
              && strides.get(i) <= OnnxLimits.WINDOW
              && extra.get(i) >= 0
              && kernel.get(i) >= 1,
          "the strides or output_padding are illegal");
      long whole = (long) strides.get(i) * (image.get(i) - 1) + extra.get(i) + kernel.get(i);
      long extent = whole - before.get(i) - after.get(i);
      boolean same = auto.startsWith("SAME");
      if (!wanted.isEmpty() || same) {
        extent =
            wanted.isEmpty()
                ? (long) image.get(i) * strides.get(i)
                : wanted.get(wanted.size() - dims + i);
        int total = (int) Math.max(0, whole - extent);
        // What cannot be halved is cropped at the begin, also where only the shape is given.
        before.set(i, auto.equals("SAME_UPPER") ? total / 2 : total - total / 2);
        after.set(i, total - before.get(i));
      } else if (auto.equals("VALID")) {
        before.set(i, 0);
        after.set(i, 0);
        extent = whole;
      }
      node.require(
          extent >= 1
              && extent <= OnnxLimits.WINDOW
              && before.get(i) >= 0
              && after.get(i) >= 0
              && (extent + before.get(i) + after.get(i) - kernel.get(i)) / strides.get(i) + 1
                  == image.get(i),
          "a result of %d pixels does not fit the window".formatted(extent));
      extents.add((int) extent);
    }
    return new Scatter(new SlidingWindow(kernel, strides, dilations, before, after), extents);
  }

  /// The same for an image of one row.
  Scatter withUnitHeight() {
    return new Scatter(shape, List.of(1, extents.getFirst()));
  }

  Window2d window() {
    return shape.last();
  }
}
