package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Reads changes of resolution. Those that Mote has an operator for become it; any other is done
/// dimension by dimension: nearest neighbours by constant indices, interpolation by a constant
/// matrix.
final class ResizeReaders {

  private ResizeReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("Resize", (node, draw) -> List.of(resize(node, draw)));
    readings.put("Upsample", (node, draw) -> List.of(upsample(node, draw)));
  }

  private static Wire upsample(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    float[] scales =
        node.opset() >= 9
            ? node.constant(1, "scales").floats()
            : node.floats("scales").orElseThrow(() -> node.attribute("its scales are missing"));
    List<ResizedAxis> axes = new ArrayList<>();
    node.require(scales.length == x.rank(), "its scales do not fit the input");
    for (int axis = 0; axis < x.rank(); axis++) {
      int extent = extent(node, x.shape().dim(axis) * (double) scales[axis]);
      axes.add(new ResizedAxis(x.shape().dim(axis), extent, scales[axis], 0, 1));
    }
    return resized(node, draw, x, axes, "asymmetric", "floor", node.text("mode", "nearest"));
  }

  private static Wire resize(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    boolean old = node.opset() < 11;
    if (node.flag("antialias", false)
        || !node.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      throw node.unsupported("antialiasing or keeping the aspect ratio");
    }
    List<Integer> named =
        node.has("axes")
            ? java.util.Arrays.stream(node.longs("axes").orElseThrow())
                .mapToObj(a -> node.axis(a, x.rank()))
                .toList()
            : Blocks.range(x.rank());
    String place = node.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
    boolean crops = place.equals("tf_crop_and_resize");
    float[] roi = crops ? node.constant(1, "roi").floats() : new float[0];
    node.require(!crops || roi.length == 2 * named.size(), "its roi does not fit the axes");
    int scalesAt = old ? 1 : 2;
    boolean sized = node.optional(3).isPresent();
    List<ResizedAxis> axes = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      int in = x.shape().dim(axis);
      int at = named.indexOf(axis);
      if (at < 0) {
        axes.add(new ResizedAxis(in, in, 1, 0, 1));
        continue;
      }
      double start = crops ? roi[at] : 0;
      double end = crops ? roi[at + named.size()] : 1;
      if (sized) {
        long[] sizes = node.integers(3, "sizes");
        node.require(sizes.length == named.size(), "its sizes do not fit the input");
        int out = extent(node, sizes[at]);
        axes.add(new ResizedAxis(in, out, out / (double) in, start, end));
      } else {
        float[] scales = node.constant(scalesAt, "scales").floats();
        node.require(scales.length == named.size(), "its scales do not fit the input");
        double size = crops ? in * (end - start) * scales[at] : in * (double) scales[at];
        axes.add(new ResizedAxis(in, extent(node, Math.floor(size)), scales[at], start, end));
      }
    }
    String rounding = node.text("nearest_mode", old ? "floor" : "round_prefer_floor");
    return resized(node, draw, x, axes, place, rounding, node.text("mode", "nearest"));
  }

  private static int extent(NodeView node, double extent) {
    node.require(
        extent >= 1 && extent <= OnnxLimits.WINDOW, "a dimension of %s pixels".formatted(extent));
    return (int) extent;
  }

  private static Wire resized(
      NodeView node,
      Blocks draw,
      Wire x,
      List<ResizedAxis> axes,
      String place,
      String rounding,
      String mode) {
    if (isOperator(x, axes, place, rounding, mode)) {
      return byOperator(draw, x, axes, place, mode);
    }
    Wire result = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      ResizedAxis resized = axes.get(axis);
      if (resized.unchanged(place)) {
        continue;
      }
      result =
          switch (mode) {
            case "nearest" ->
                draw.gather(result, axis, draw.indices(resized.nearest(place, rounding)));
            case "linear", "cubic" -> {
              node.requireFloat(x);
              boolean cubic = mode.equals("cubic");
              double[] matrix =
                  resized.matrix(
                      place,
                      cubic,
                      node.real("cubic_coeff_a", -0.75f),
                      node.flag("exclude_outside", false));
              Wire weights =
                  draw.constant(ElementType.FLOAT32, Shape.of(resized.out(), resized.in()), matrix);
              Wire rows = draw.moveAxis(result, axis, x.rank() - 1);
              yield draw.moveAxis(
                  MatrixReaders.connected(draw, rows, weights, java.util.Optional.empty()),
                  x.rank() - 1,
                  axis);
            }
            default -> throw node.unsupported("mode '%s'".formatted(mode));
          };
    }
    return place.equals("tf_crop_and_resize")
        ? extrapolated(draw, result, axes, node.real("extrapolation_value", 0))
        : result;
  }

  /// Whether Mote's operator, which maps pixels by the ratio of the sizes, does the same.
  private static boolean isOperator(
      Wire x, List<ResizedAxis> axes, String place, String rounding, String mode) {
    boolean images =
        x.rank() == 4
            && x.element() == ElementType.FLOAT32
            && axes.get(0).unchanged(place)
            && axes.get(1).unchanged(place);
    boolean byRatio =
        axes.stream().skip(2).allMatch(a -> a.scale() == a.out() / (double) a.in() && a.out() > 1);
    if (!images || !byRatio) {
      return false;
    }
    return switch (mode) {
      case "nearest" -> place.equals("asymmetric") && rounding.equals("floor");
      case "linear" ->
          switch (place) {
            case "half_pixel", "pytorch_half_pixel", "asymmetric" -> true;
            case "align_corners" -> axes.get(2).out() > 1 && axes.get(3).out() > 1;
            default -> false;
          };
      default -> false;
    };
  }

  private static Wire byOperator(
      Blocks draw, Wire x, List<ResizedAxis> axes, String place, String mode) {
    Wire pixels = draw.channelsLast(x);
    Shape shape =
        Shape.of(
            pixels.shape().dim(0), axes.get(2).out(), axes.get(3).out(), pixels.shape().dim(3));
    Op op =
        new Op.Resize(
            mode.equals("nearest") ? Op.Resize.Kind.NEAREST : Op.Resize.Kind.BILINEAR,
            place.equals("align_corners"),
            place.endsWith("half_pixel"));
    return draw.channelsFirst(
        draw.drawing().add(op, pixels.type().withShape(shape), List.of(pixels)));
  }

  /// `value` where the place in the input lies outside of it.
  private static Wire extrapolated(Blocks draw, Wire result, List<ResizedAxis> axes, float value) {
    Wire masked = result;
    for (int axis = 0; axis < axes.size(); axis++) {
      double[] outside = axes.get(axis).outside("tf_crop_and_resize");
      if (java.util.Arrays.stream(outside).sum() > 0) {
        List<Integer> dims = new ArrayList<>(Collections.nCopies(axes.size(), 1));
        dims.set(axis, outside.length);
        Wire mask = draw.constant(ElementType.BOOL, new Shape(dims), outside);
        masked = draw.select(mask, draw.scalar(result.element(), value), masked);
      }
    }
    return masked;
  }
}
