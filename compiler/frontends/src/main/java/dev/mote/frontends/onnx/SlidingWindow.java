package dev.mote.frontends.onnx;

import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A window over the spatial dimensions of a node, one entry of each list per dimension.
///
/// @param kernel positions of the window
/// @param strides from one window to the next
/// @param dilations from one position to the next
/// @param before padding at the low end
/// @param after padding at the high end
record SlidingWindow(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> before,
    List<Integer> after) {

  /// The window of `node` over an image with spatial extents `image`.
  static SlidingWindow of(NodeView node, List<Integer> kernel, List<Integer> image) {
    int dims = image.size();
    List<Integer> strides = list(node, "strides", dims, 1);
    List<Integer> dilations = list(node, "dilations", dims, 1);
    List<Integer> pads = list(node, "pads", 2 * dims, 0);
    List<Integer> before = new ArrayList<>(pads.subList(0, dims));
    List<Integer> after = new ArrayList<>(pads.subList(dims, 2 * dims));
    String auto = node.text("auto_pad", "NOTSET");
    for (int i = 0; i < dims; i++) {
      requireSmall(node, kernel.get(i), strides.get(i), dilations.get(i));
      switch (auto) {
        case "NOTSET", "" -> requirePadding(node, before.get(i), after.get(i));
        case "VALID" -> {
          before.set(i, 0);
          after.set(i, 0);
        }
        case "SAME_UPPER", "SAME_LOWER" -> {
          int span = (kernel.get(i) - 1) * dilations.get(i) + 1;
          int outputs = Math.ceilDiv(image.get(i), strides.get(i));
          int total = Math.max(0, (outputs - 1) * strides.get(i) + span - image.get(i));
          before.set(i, auto.equals("SAME_UPPER") ? total / 2 : total - total / 2);
          after.set(i, total - before.get(i));
        }
        default -> throw node.attribute("auto_pad is '%s'".formatted(auto));
      }
    }
    return new SlidingWindow(kernel, strides, dilations, before, after);
  }

  static List<Integer> list(NodeView node, String name, int size, int otherwise) {
    List<Integer> values = node.list(name).orElse(Collections.nCopies(size, otherwise));
    if (values.size() != size) {
      throw node.attribute(
          "its attribute '%s' has %d entries, not %d".formatted(name, values.size(), size));
    }
    return values;
  }

  private static void requireSmall(NodeView node, int kernel, int stride, int dilation) {
    int least = Math.min(kernel, Math.min(stride, dilation));
    int most = Math.max(kernel, Math.max(stride, dilation));
    if (least < 1 || most > OnnxLimits.WINDOW) {
      throw node.attribute(
          "a kernel of %d, stride of %d and dilation of %d are no window"
              .formatted(kernel, stride, dilation));
    }
  }

  private static void requirePadding(NodeView node, int before, int after) {
    if (Math.min(before, after) < 0 || Math.max(before, after) > OnnxLimits.WINDOW) {
      throw node.attribute("a padding of %d and %d is not possible".formatted(before, after));
    }
  }

  /// Positions of the window along dimension `i` of `extent`.
  int outputs(int i, int extent) {
    return (extent + before.get(i) + after.get(i) - span(i)) / strides.get(i) + 1;
  }

  int span(int i) {
    return (kernel.get(i) - 1) * dilations.get(i) + 1;
  }

  /// Requires that the window fits in the padded image at least once.
  void requireFit(NodeView node, List<Integer> image) {
    for (int i = 0; i < kernel.size(); i++) {
      node.require(
          image.get(i) + before.get(i) + after.get(i) >= span(i),
          "a window of %d does not fit in %d pixels".formatted(span(i), image.get(i)));
    }
  }

  /// The last two dimensions as a window; a single dimension is the width.
  Window2d last() {
    int w = kernel.size() - 1;
    int h = w - 1;
    return new Window2d(
        h < 0 ? 1 : kernel.get(h),
        kernel.get(w),
        h < 0 ? 1 : strides.get(h),
        strides.get(w),
        h < 0 ? 1 : dilations.get(h),
        dilations.get(w),
        h < 0 ? 0 : before.get(h),
        h < 0 ? 0 : after.get(h),
        before.get(w),
        after.get(w));
  }
}
