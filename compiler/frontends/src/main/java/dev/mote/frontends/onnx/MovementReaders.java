package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Reads operators that move elements in regular ways.
final class MovementReaders {

  private MovementReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("Transpose", (node, draw) -> List.of(transpose(node, draw)));
    readings.put("Concat", (node, draw) -> List.of(concat(node, draw)));
    readings.put("Split", MovementReaders::split);
    readings.put("Slice", (node, draw) -> List.of(slice(node, draw)));
    readings.put("Pad", (node, draw) -> List.of(pad(node, draw)));
    readings.put("Expand", (node, draw) -> List.of(expand(node, draw)));
    readings.put("Tile", (node, draw) -> List.of(tile(node, draw)));
    readings.put("DepthToSpace", (node, draw) -> List.of(depthToSpace(node, draw)));
    readings.put("SpaceToDepth", (node, draw) -> List.of(spaceToDepth(node, draw)));
    readings.put("Trilu", (node, draw) -> List.of(triangle(node, draw)));
  }

  private static Wire transpose(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    List<Integer> permutation = node.list("perm").orElse(Blocks.range(x.rank()).reversed());
    node.require(
        permutation.stream().sorted().toList().equals(Blocks.range(x.rank())),
        "%s is no permutation of %d dimensions".formatted(permutation, x.rank()));
    return draw.transpose(x, permutation);
  }

  private static Wire concat(NodeView node, Blocks draw) {
    Wire first = node.input(0);
    int axis = node.axis(node.integer("axis", node.opset() < 4 ? 1 : 0), first.rank());
    for (Wire part : node.all()) {
      ElementReaders.sameTypes(node, first, part);
      List<Integer> dims = new ArrayList<>(part.shape().dims());
      node.require(dims.size() == first.rank(), "its inputs differ in rank");
      dims.set(axis, first.shape().dim(axis));
      node.require(dims.equals(first.shape().dims()), "its inputs differ beside the axis");
    }
    List<Wire> parts = node.all().stream().filter(w -> w.shape().count() > 0).toList();
    return parts.isEmpty() ? first : draw.concat(axis, parts);
  }

  private static List<Wire> split(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    int axis = node.axis(node.integer("axis", 0), x.rank());
    int extent = x.shape().dim(axis);
    int count = node.outputCount();
    long[] sizes = node.longs("split").orElse(null);
    if (node.optional(1).isPresent()) {
      sizes = node.integers(1, "split");
    }
    if (sizes == null) {
      int each = Math.ceilDiv(extent, Math.max(1, count));
      sizes = new long[count];
      for (int i = 0; i < count; i++) {
        sizes[i] = Math.min(each, Math.max(0, extent - (long) i * each));
      }
    }
    node.require(sizes.length == count, "%d sizes for %d results".formatted(sizes.length, count));
    List<TensorType> types = new ArrayList<>();
    long sum = 0;
    for (long size : sizes) {
      node.require(size >= 0 && size <= extent, "a part of %d elements".formatted(size));
      List<Integer> dims = new ArrayList<>(x.shape().dims());
      dims.set(axis, (int) size);
      types.add(x.type().withShape(new Shape(dims)));
      sum += size;
    }
    node.require(sum == extent, "the parts do not make up the input");
    if (count == 1) {
      return List.of(x);
    }
    return draw.drawing().addAll(new Op.Split(axis), types, List.of(x));
  }

  private static Wire slice(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    boolean attributes = node.opset() < 10;
    long[] starts =
        attributes ? node.longs("starts").orElse(new long[0]) : node.integers(1, "starts");
    long[] ends = attributes ? node.longs("ends").orElse(new long[0]) : node.integers(2, "ends");
    long[] axes = Blocks.range(starts.length).stream().mapToLong(i -> i).toArray();
    if (attributes && node.has("axes")) {
      axes = node.longs("axes").orElseThrow();
    } else if (!attributes && node.optional(3).isPresent()) {
      axes = node.integers(3, "axes");
    }
    long[] steps = new long[starts.length];
    java.util.Arrays.fill(steps, 1);
    if (!attributes && node.optional(4).isPresent()) {
      steps = node.integers(4, "steps");
    }
    node.require(
        ends.length == starts.length
            && axes.length == starts.length
            && steps.length == starts.length,
        "its lists differ in length");
    List<Integer> begin = new ArrayList<>(Collections.nCopies(x.rank(), 0));
    List<Integer> strides = new ArrayList<>(Collections.nCopies(x.rank(), 1));
    List<Integer> extents = new ArrayList<>(x.shape().dims());
    for (int i = 0; i < starts.length; i++) {
      int axis = node.axis(axes[i], x.rank());
      int extent = x.shape().dim(axis);
      long step = steps[i];
      node.require(step != 0 && Math.abs(step) <= Integer.MAX_VALUE, "a step of " + step);
      long start = starts[i] < 0 ? starts[i] + extent : starts[i];
      long end = ends[i] < 0 ? ends[i] + extent : ends[i];
      start = Math.clamp(start, 0, step > 0 ? extent : extent - 1L);
      end = step > 0 ? Math.clamp(end, 0, extent) : Math.clamp(end, -1, extent);
      long count =
          step > 0
              ? Math.ceilDiv(Math.max(0, end - start), step)
              : Math.ceilDiv(Math.max(0, start - end), -step);
      begin.set(axis, (int) start);
      strides.set(axis, (int) step);
      extents.set(axis, (int) count);
    }
    if (new Shape(extents).count() == 0) {
      return draw.drawing().constant(x.type().withShape(new Shape(extents)), new byte[0]);
    }
    return draw.slice(x, begin, strides, extents);
  }

  private static Wire pad(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    String mode = node.text("mode", "constant");
    long[] pads =
        node.opset() < 11
            ? node.longs("pads").or(() -> node.longs("paddings")).orElse(new long[0])
            : node.integers(1, "pads");
    List<Integer> axes =
        node.optional(3).isPresent()
            ? java.util.Arrays.stream(node.integers(3, "axes"))
                .mapToObj(a -> node.axis(a, x.rank()))
                .toList()
            : Blocks.range(x.rank());
    node.require(
        pads.length == 2 * axes.size(),
        "%d paddings for %d dimensions".formatted(pads.length, axes.size()));
    List<Integer> before = new ArrayList<>(Collections.nCopies(x.rank(), 0));
    List<Integer> after = new ArrayList<>(before);
    for (int i = 0; i < axes.size(); i++) {
      for (long padding : new long[] {pads[i], pads[i + axes.size()]}) {
        node.require(Math.abs(padding) <= OnnxLimits.WINDOW, "a padding of " + padding);
      }
      before.set(axes.get(i), (int) pads[i]);
      after.set(axes.get(i), (int) pads[i + axes.size()]);
    }
    Wire cut = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      int low = Math.max(0, -before.get(axis));
      int high = x.shape().dim(axis) - Math.max(0, -after.get(axis));
      node.require(low < high, "nothing is left of dimension %d".formatted(axis));
      cut = draw.part(cut, axis, low, high);
      before.set(axis, Math.max(0, before.get(axis)));
      after.set(axis, Math.max(0, after.get(axis)));
    }
    return switch (mode) {
      case "constant" -> draw.pad(cut, before, after, padding(node));
      case "reflect", "edge", "wrap" -> repeated(node, draw, cut, before, after, mode);
      default -> throw node.unsupported("mode '%s'".formatted(mode));
    };
  }

  private static double padding(NodeView node) {
    if (node.opset() < 11) {
      return node.real("value", 0);
    }
    return node.optional(2).isPresent() ? node.constant(2, "value").numbers()[0] : 0;
  }

  /// Elements around x are elements of x, at places that are known.
  private static Wire repeated(
      NodeView node, Blocks draw, Wire x, List<Integer> before, List<Integer> after, String mode) {
    Wire result = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      int extent = x.shape().dim(axis);
      int low = before.get(axis);
      int high = after.get(axis);
      if (low == 0 && high == 0) {
        continue;
      }
      node.require(
          mode.equals("edge") || extent > 1 || mode.equals("wrap"),
          "dimension %d has nothing to reflect".formatted(axis));
      int[] places = new int[low + extent + high];
      for (int i = 0; i < places.length; i++) {
        int at = i - low;
        places[i] =
            switch (mode) {
              case "edge" -> Math.clamp(at, 0, extent - 1);
              case "wrap" -> Math.floorMod(at, extent);
              default -> {
                int period = 2 * (extent - 1);
                int place = Math.floorMod(at, period);
                yield Math.min(place, period - place);
              }
            };
      }
      result = draw.gather(result, axis, draw.indices(places));
    }
    return result;
  }

  private static Wire expand(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    Shape target = ShapeReaders.target(node, node.integers(1, "shape"), x.element());
    return draw.broadcastTo(x, x.shape().broadcast(target));
  }

  private static Wire tile(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    long[] repeats = node.integers(1, "repeats");
    if (node.opset() < 6) {
      throw node.unsupported("Tile before operator set 6");
    }
    node.require(repeats.length == x.rank(), "%d repeats".formatted(repeats.length));
    Wire result = x;
    for (int axis = x.rank() - 1; axis >= 0; axis--) {
      node.require(repeats[axis] >= 0 && repeats[axis] <= OnnxLimits.WINDOW, "a negative repeat");
      int times = (int) repeats[axis];
      if (times == 1) {
        continue;
      }
      Shape shape = result.shape();
      int outer = shape.count(0, axis);
      int rest = shape.count(axis, x.rank());
      Wire rows = draw.reshape(result, Shape.of(outer, 1, rest));
      List<Integer> dims = new ArrayList<>(shape.dims());
      dims.set(axis, Math.multiplyExact(dims.get(axis), times));
      result = draw.reshape(draw.broadcastTo(rows, Shape.of(outer, times, rest)), new Shape(dims));
    }
    return result;
  }

  private static Wire depthToSpace(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    int block = node.small("blocksize", 1);
    Shape s = x.shape();
    node.require(
        s.rank() == 4 && block >= 1 && s.dim(1) % (block * block) == 0,
        "[%s] has no blocks of %d".formatted(s, block));
    int channels = s.dim(1) / block / block;
    boolean byColumn = node.text("mode", "DCR").equals("CRD");
    Wire parts =
        byColumn
            ? draw.reshape(x, Shape.of(s.dim(0), channels, block, block, s.dim(2), s.dim(3)))
            : draw.reshape(x, Shape.of(s.dim(0), block, block, channels, s.dim(2), s.dim(3)));
    Wire moved =
        byColumn
            ? draw.transpose(parts, 0, 1, 4, 2, 5, 3)
            : draw.transpose(parts, 0, 3, 4, 1, 5, 2);
    return draw.reshape(moved, Shape.of(s.dim(0), channels, s.dim(2) * block, s.dim(3) * block));
  }

  private static Wire spaceToDepth(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    int block = node.small("blocksize", 1);
    Shape s = x.shape();
    node.require(
        s.rank() == 4 && block >= 1 && s.dim(2) % block == 0 && s.dim(3) % block == 0,
        "[%s] has no blocks of %d".formatted(s, block));
    Wire parts =
        draw.reshape(
            x, Shape.of(s.dim(0), s.dim(1), s.dim(2) / block, block, s.dim(3) / block, block));
    Wire moved = draw.transpose(parts, 0, 3, 5, 1, 2, 4);
    return draw.reshape(
        moved, Shape.of(s.dim(0), s.dim(1) * block * block, s.dim(2) / block, s.dim(3) / block));
  }

  /// One triangle of each matrix, the rest 0.
  private static Wire triangle(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    boolean upper = node.flag("upper", true);
    long k = node.optional(1).isPresent() ? node.integers(1, "k")[0] : 0;
    node.require(x.rank() >= 2, "it needs matrices");
    int rows = x.shape().dim(-2);
    int columns = x.shape().dim(-1);
    if (x.shape().count() == 0) {
      return x;
    }
    double[] keep = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        boolean inside = upper ? column - row >= k : column - row <= k;
        keep[row * columns + column] = inside ? 1 : 0;
      }
    }
    Wire mask = draw.constant(ElementType.BOOL, Shape.of(rows, columns), keep);
    return draw.select(mask, x, draw.scalar(x.element(), 0));
  }
}
