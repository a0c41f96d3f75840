package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.Activation;
import dev.mote.ir.Op.Pool2d;
import dev.mote.ir.Op.Reduce;
import dev.mote.ir.Shape;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Reads pooling over one, two or three dimensions.
final class PoolReaders {

  private PoolReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put(
        "MaxPool",
        (node, draw) -> {
          node.requireOnly(1);
          return List.of(pool(node, draw, Pool2d.Kind.MAX));
        });
    readings.put("AveragePool", (node, draw) -> List.of(pool(node, draw, Pool2d.Kind.AVERAGE)));
    readings.put("GlobalMaxPool", (node, draw) -> List.of(global(node, draw, Reduce.Kind.MAX)));
    readings.put(
        "GlobalAveragePool", (node, draw) -> List.of(global(node, draw, Reduce.Kind.MEAN)));
  }

  private static Wire global(NodeView node, Blocks draw, Reduce.Kind kind) {
    Wire x = ElementReaders.real(node);
    node.require(x.rank() >= 3, "an image needs three dimensions or more");
    return draw.reduce(kind, x, Blocks.range(x.rank()).subList(2, x.rank()), true);
  }

  private static Wire pool(NodeView node, Blocks draw, Pool2d.Kind kind) {
    Wire x = node.input(0);
    boolean narrow = x.element().bits() == 8 && x.element().isInteger();
    if (narrow && kind == Pool2d.Kind.MAX && !x.type().quantization().isQuantized()) {
      // Integers up to 2^24 are exact as floats.
      return draw.cast(
          pooled(node, draw, draw.cast(x, dev.mote.ir.ElementType.FLOAT32), kind), x.element());
    }
    node.requireFloat(x);
    return pooled(node, draw, x, kind);
  }

  private static Wire pooled(NodeView node, Blocks draw, Wire input, Pool2d.Kind kind) {
    Wire x = input;
    int spatial = x.rank() - 2;
    if (spatial < 1 || spatial > 3) {
      throw node.unsupported("an image of %d dimensions".formatted(spatial));
    }
    List<Integer> image = x.shape().dims().subList(2, x.rank());
    List<Integer> kernel =
        node.list("kernel_shape").orElseThrow(() -> node.attribute("kernel_shape is missing"));
    node.require(kernel.size() == spatial, "its kernel has other dimensions than the image");
    SlidingWindow window = SlidingWindow.of(node, kernel, image);
    if (kind == Pool2d.Kind.AVERAGE && node.flag("count_include_pad", false)) {
      x = draw.pad(x, spread(window.before()), spread(window.after()), 0);
      image = x.shape().dims().subList(2, x.rank());
      List<Integer> none = Collections.nCopies(spatial, 0);
      window = new SlidingWindow(kernel, window.strides(), window.dilations(), none, none);
    }
    if (node.flag("ceil_mode", false)) {
      window = roundedUp(window, image);
    }
    window.requireFit(node, image);
    return switch (spatial) {
      case 1 -> {
        Wire y = image(draw, draw.unsqueeze(x, List.of(2)), window.last(), kind);
        List<Integer> dims = new ArrayList<>(y.shape().dims());
        dims.remove(2);
        yield draw.reshape(y, new Shape(dims));
      }
      case 2 -> image(draw, x, window.last(), kind);
      default -> volume(draw, x, window, kind);
    };
  }

  private static List<Integer> spread(List<Integer> padding) {
    List<Integer> all = new ArrayList<>(List.of(0, 0));
    all.addAll(padding);
    return all;
  }

  /// The window with as much padding at the high ends that its positions are rounded up; a window
  /// that would begin in the padding is left out.
  private static SlidingWindow roundedUp(SlidingWindow window, List<Integer> image) {
    List<Integer> after = new ArrayList<>(window.after());
    for (int i = 0; i < after.size(); i++) {
      int stride = window.strides().get(i);
      int slack = image.get(i) + window.before().get(i) + after.get(i) - window.span(i);
      int outputs = Math.ceilDiv(slack, stride) + 1;
      if ((outputs - 1) * stride >= image.get(i) + window.before().get(i)) {
        outputs--;
      }
      after.set(i, Math.max(after.get(i), after.get(i) + (outputs - 1) * stride - slack));
    }
    return new SlidingWindow(
        window.kernel(), window.strides(), window.dilations(), window.before(), after);
  }

  private static Wire image(Blocks draw, Wire x, Window2d window, Pool2d.Kind kind) {
    return draw.channelsFirst(pixels(draw, draw.channelsLast(x), window, kind));
  }

  private static Wire pixels(Blocks draw, Wire x, Window2d window, Pool2d.Kind kind) {
    Shape shape =
        Shape.of(
            x.shape().dim(0),
            window.outputHeight(x.shape().dim(1)),
            window.outputWidth(x.shape().dim(2)),
            x.shape().dim(3));
    return draw.drawing()
        .add(new Pool2d(kind, window, Activation.NONE), x.type().withShape(shape), List.of(x));
  }

  /// First over height and width of every slice, then over the slices.
  private static Wire volume(Blocks draw, Wire x, SlidingWindow window, Pool2d.Kind kind) {
    Shape s = x.shape();
    int depth = s.dim(2);
    Wire last = draw.transpose(x, 0, 2, 3, 4, 1);
    Wire slices = draw.reshape(last, Shape.of(s.dim(0) * depth, s.dim(3), s.dim(4), s.dim(1)));
    Wire planes = pixels(draw, slices, window.last(), kind);
    int height = planes.shape().dim(1);
    int width = planes.shape().dim(2);
    Window2d through =
        new Window2d(
            window.kernel().getFirst(),
            1,
            window.strides().getFirst(),
            1,
            window.dilations().getFirst(),
            1,
            window.before().getFirst(),
            window.after().getFirst(),
            0,
            0);
    Wire rows = draw.reshape(planes, Shape.of(s.dim(0), depth, height * width, s.dim(1)));
    Wire result = pixels(draw, rows, through, kind);
    Wire cube =
        draw.reshape(result, Shape.of(s.dim(0), result.shape().dim(1), height, width, s.dim(1)));
    return draw.transpose(cube, 0, 4, 1, 2, 3);
  }
}
