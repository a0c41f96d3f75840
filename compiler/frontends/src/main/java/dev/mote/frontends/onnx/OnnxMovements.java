package dev.mote.frontends.onnx;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.List;

/// Writes operators that join, cut, pad and reorder data.
final class OnnxMovements {

  private OnnxMovements() {}

  /// A reshape of integers stays one: runtimes have it for every type.
  static void reshape(OnnxNode node) {
    Shape y = node.outputType().shape();
    Shape x = node.inputShape(0);
    boolean rescaled = !node.input(0).quantization().equals(node.outputType().quantization());
    List<Integer> order = node.order();
    // Dimensions of extent 1 may stand anywhere: then no transposition is needed.
    List<Integer> used = ValueForms.keepsElements(x, order) ? order : ValueForms.identity(x.rank());
    if (rescaled) {
      node.result(node.reshape(node.real(0, used), y));
    } else {
      node.resultStored(0, node.reshape(node.stored(0, used), y), ValueForms.identity(y.rank()));
    }
  }

  static void pad(OnnxNode node, Op.Pad op) {
    List<Integer> order = node.order();
    List<Integer> sides = new ArrayList<>(OnnxNode.ordered(op.before(), order));
    sides.addAll(OnnxNode.ordered(op.after(), order));
    List<String> inputs = new ArrayList<>();
    inputs.add(node.real(0, order));
    inputs.add(node.vector(sides));
    if (node.inputCount() > 1) {
      String value = node.real(1);
      inputs.add(node.inputShape(1).rank() == 0 ? value : node.reshape(value, Shape.SCALAR));
    }
    String mode =
        switch (op.mode()) {
          case CONSTANT -> "constant";
          case REFLECT -> "reflect";
          case SYMMETRIC ->
              throw node.unfit(
                  "ONNX mirrors only without the border", "use reflecting padding in the model.");
        };
    node.result(node.add("Pad", inputs, Attributes.text("mode", mode)), order);
  }

  static void concat(OnnxNode node, Op.Concat op) {
    List<Integer> order = node.commonOrder(node.outputType().shape().rank());
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < node.inputCount(); i++) {
      inputs.add(node.real(i, order));
    }
    node.result(
        node.add("Concat", inputs, Attributes.integer("axis", order.indexOf(op.axis()))), order);
  }

  static void split(OnnxNode node, Op.Split op) {
    List<Integer> order = node.order();
    List<Integer> sizes = node.outputShapes().stream().map(s -> s.dim(op.axis())).toList();
    List<String> outputs =
        node.file()
            .add(
                node.node().name(),
                "Split",
                List.of(node.real(0, order), node.vector(sizes)),
                sizes.size(),
                Attributes.integer("axis", order.indexOf(op.axis())));
    for (int i = 0; i < outputs.size(); i++) {
      node.result(i, outputs.get(i), order);
    }
  }

  static void slice(OnnxNode node, Op.Slice op) {
    List<Integer> order = node.order();
    Shape extents = new Shape(op.extents());
    String part =
        slice(
            node,
            node.real(0, order),
            OnnxNode.ordered(op.begin(), order),
            OnnxNode.ordered(op.strides(), order),
            OnnxNode.ordered(op.extents(), order));
    if (extents.equals(node.outputType().shape())) {
      node.result(part, order);
      return;
    }
    List<Integer> back = ValueForms.identity(order.size()).stream().map(order::indexOf).toList();
    String sorted =
        ValueForms.keepsElements(ValueForms.reordered(extents, order), back)
            ? part
            : node.add("Transpose", List.of(part), Attributes.integers("perm", back));
    node.result(node.reshape(sorted, node.outputType().shape()));
  }

  private static String slice(
      OnnxNode node, String x, List<Integer> begin, List<Integer> strides, List<Integer> extents) {
    List<Integer> ends = new ArrayList<>();
    for (int i = 0; i < begin.size(); i++) {
      int end = begin.get(i) + extents.get(i) * strides.get(i);
      // Before the first element: a negative end counts from the last one.
      ends.add(end < 0 ? Integer.MIN_VALUE + 1 : end);
    }
    return node.add(
        "Slice",
        List.of(
            x,
            node.vector(begin),
            node.vector(ends),
            node.vector(ValueForms.identity(begin.size())),
            node.vector(strides)));
  }

  static void reverse(OnnxNode node, Op.Reverse op) {
    List<Integer> order = node.order();
    Shape x = node.inputShape(0);
    List<Integer> begin = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      boolean reversed = op.axes().contains(axis);
      begin.add(reversed ? x.dim(axis) - 1 : 0);
      strides.add(reversed ? -1 : 1);
    }
    node.result(
        slice(
            node,
            node.real(0, order),
            OnnxNode.ordered(begin, order),
            OnnxNode.ordered(strides, order),
            OnnxNode.ordered(x.dims(), order)),
        order);
  }

  static void gather(OnnxNode node, Op.Gather op) {
    if (op.batchDims() != 0) {
      throw node.unfit(
          "ONNX has no gathering in step with batch dimensions", "write the model as .tflite.");
    }
    node.result(
        node.add(
            "Gather",
            List.of(node.real(0), node.stored(1)),
            Attributes.integer("axis", op.axis())));
  }

  static void gatherNd(OnnxNode node) {
    String indices =
        node.add(
            "Cast",
            List.of(node.stored(1)),
            Attributes.integer("to", OnnxConstants.code(ElementType.INT64)));
    node.result(node.add("GatherND", List.of(node.real(0), indices)));
  }

  static void broadcastTo(OnnxNode node) {
    Shape y = node.outputType().shape();
    node.result(node.add("Expand", List.of(node.real(0), node.file().forms().shape(y))));
  }

  static void resize(OnnxNode node, Op.Resize op) {
    Shape y = node.outputType().shape();
    boolean nearest = op.kind() == Op.Resize.Kind.NEAREST;
    String coordinates =
        op.alignCorners() ? "align_corners" : op.halfPixelCenters() ? "half_pixel" : "asymmetric";
    boolean floor = !op.alignCorners() && !op.halfPixelCenters();
    String sizes = node.vector(List.of(y.dim(0), y.dim(3), y.dim(1), y.dim(2)));
    String result =
        node.add(
            "Resize",
            List.of(node.real(0, ValueForms.CHANNELS_FIRST), "", "", sizes),
            Attributes.text("mode", nearest ? "nearest" : "linear"),
            Attributes.text("coordinate_transformation_mode", coordinates),
            Attributes.text("nearest_mode", floor ? "floor" : "round_prefer_ceil"));
    node.result(result, ValueForms.CHANNELS_FIRST);
  }

  /// Runtimes have these two for floats only.
  private static boolean isPlainInteger(OnnxNode node) {
    return !node.outputType().element().isFloat()
        && !node.outputType().quantization().isQuantized();
  }

  static void spaceToDepth(OnnxNode node, Op.SpaceToDepth op) {
    if (isPlainInteger(node)) {
      OnnxBlocks.spaceToDepth(node, op.block());
      return;
    }
    node.result(
        node.add(
            "SpaceToDepth",
            List.of(node.real(0, ValueForms.CHANNELS_FIRST)),
            Attributes.integer("blocksize", op.block())),
        ValueForms.CHANNELS_FIRST);
  }

  static void depthToSpace(OnnxNode node, Op.DepthToSpace op) {
    if (isPlainInteger(node)) {
      OnnxBlocks.depthToSpace(node, op.block());
      return;
    }
    node.result(
        node.add(
            "DepthToSpace",
            List.of(node.real(0, ValueForms.CHANNELS_FIRST)),
            Attributes.integer("blocksize", op.block()),
            Attributes.text("mode", "DCR")),
        ValueForms.CHANNELS_FIRST);
  }
}
