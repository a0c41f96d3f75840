package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/// Reads operators that pick elements by their index.
final class IndexReaders {

  private IndexReaders() {}

  static void register(Map<String, Reading> readings) {
    readings.put("Gather", (node, draw) -> List.of(gather(node, draw)));
    readings.put("GatherElements", (node, draw) -> List.of(gatherElements(node, draw)));
    readings.put("GatherND", (node, draw) -> List.of(gatherNd(node, draw)));
    readings.put("OneHot", (node, draw) -> List.of(oneHot(node, draw)));
    readings.put("Compress", (node, draw) -> List.of(compress(node, draw)));
  }

  /// Indices as the graph wants them: int32, from the front. Constant ones are checked.
  static Wire fromFront(NodeView node, Blocks draw, Wire indices, int extent) {
    if (!indices.element().isInteger()) {
      throw node.types("its indices are not integers");
    }
    if (indices.isConstant()) {
      long[] values = indices.integers();
      double[] places = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        long place = values[i] < 0 ? values[i] + extent : values[i];
        node.require(
            place >= 0 && place < extent,
            "index %d does not exist among %d".formatted(values[i], extent));
        places[i] = place;
      }
      return draw.constant(ElementType.INT32, indices.shape(), places);
    }
    Wire whole = draw.cast(indices, ElementType.INT32);
    return draw.binary(
        Op.Binary.Kind.FLOOR_MOD, whole, draw.scalar(ElementType.INT32, Math.max(1, extent)));
  }

  private static Wire gather(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    int axis = node.axis(node.integer("axis", 0), x.rank());
    Wire indices = fromFront(node, draw, node.input(1), x.shape().dim(axis));
    return draw.gather(x, axis, indices);
  }

  private static Wire gatherNd(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    Wire indices = node.input(1);
    int batches = node.small("batch_dims", 0);
    node.require(indices.rank() > 0 && x.rank() > 0, "it needs dimensions");
    int depth = indices.shape().last();
    node.require(batches >= 0 && depth + batches <= x.rank(), "indices of %d".formatted(depth));
    if (batches == 0) {
      return tuples(node, draw, x, indices);
    }
    // The batch's place goes in front of each tuple.
    Shape shape = indices.shape();
    List<Integer> dims = new ArrayList<>(shape.dims());
    dims.set(shape.rank() - 1, batches);
    double[] places = new double[new Shape(dims).count()];
    int inner = shape.count(batches, shape.rank() - 1);
    for (int i = 0; i < places.length / batches; i++) {
      int rest = i / Math.max(1, inner);
      for (int axis = batches - 1; axis >= 0; axis--) {
        places[i * batches + axis] = rest % shape.dim(axis);
        rest /= shape.dim(axis);
      }
    }
    Wire front = draw.constant(ElementType.INT32, new Shape(dims), places);
    Wire whole = draw.cast(indices, ElementType.INT32);
    return tuples(node, draw, x, draw.concat(shape.rank() - 1, List.of(front, whole)));
  }

  private static Wire tuples(NodeView node, Blocks draw, Wire x, Wire indices) {
    int depth = indices.shape().last();
    double[] extents = new double[depth];
    for (int axis = 0; axis < depth; axis++) {
      extents[axis] = Math.max(1, x.shape().dim(axis));
    }
    Wire whole = draw.cast(indices, ElementType.INT32);
    Wire places =
        draw.binary(
            Op.Binary.Kind.FLOOR_MOD,
            whole,
            draw.constant(ElementType.INT32, Shape.of(depth), extents));
    List<Integer> dims = new ArrayList<>(indices.shape().dims());
    dims.removeLast();
    dims.addAll(x.shape().dims().subList(depth, x.rank()));
    return draw.drawing()
        .add(new Op.GatherNd(), x.type().withShape(new Shape(dims)), List.of(x, places));
  }

  /// Every result has an index along one axis and its own place along the others: tuples of
  /// indices.
  private static Wire gatherElements(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    Wire indices = node.input(1);
    int axis = node.axis(node.integer("axis", 0), x.rank());
    node.require(indices.rank() == x.rank(), "its operands differ in rank");
    Wire along = fromFront(node, draw, indices, x.shape().dim(axis));
    List<Wire> coordinates = new ArrayList<>();
    List<Integer> dims = new ArrayList<>(indices.shape().dims());
    dims.add(1);
    for (int i = 0; i < x.rank(); i++) {
      if (i == axis) {
        coordinates.add(draw.reshape(along, new Shape(dims)));
        continue;
      }
      node.require(indices.shape().dim(i) <= x.shape().dim(i), "more indices than elements");
      List<Integer> line = new ArrayList<>(Collections.nCopies(x.rank() + 1, 1));
      line.set(i, indices.shape().dim(i));
      int[] places = Blocks.range(indices.shape().dim(i)).stream().mapToInt(p -> p).toArray();
      coordinates.add(
          draw.broadcastTo(draw.reshape(draw.indices(places), new Shape(line)), new Shape(dims)));
    }
    Wire tuples = draw.concat(x.rank(), coordinates);
    return draw.drawing()
        .add(new Op.GatherNd(), x.type().withShape(indices.shape()), List.of(x, tuples));
  }

  private static Wire oneHot(NodeView node, Blocks draw) {
    Wire indices = node.input(0);
    int depth = Math.clamp((long) node.constant(1, "depth").numbers()[0], 0, 1 << 20);
    Wire values = node.input(2);
    int axis = node.axis(node.integer("axis", -1), indices.rank() + 1);
    Wire whole = draw.cast(indices, ElementType.INT32);
    Wire places =
        draw.binary(
            Op.Binary.Kind.FLOOR_MOD, whole, draw.scalar(ElementType.INT32, Math.max(1, depth)));
    // An index beyond the range marks nothing.
    Wire inside =
        draw.logical(
            Op.Logical.Kind.AND,
            draw.compare(
                Op.Compare.Kind.GREATER_EQUAL, whole, draw.scalar(ElementType.INT32, -depth)),
            draw.compare(Op.Compare.Kind.LESS, whole, draw.scalar(ElementType.INT32, depth)));
    Wire marked = draw.select(inside, places, draw.scalar(ElementType.INT32, -1));
    List<Integer> line = new ArrayList<>(Collections.nCopies(indices.rank() + 1, 1));
    line.set(axis, depth);
    int[] range = Blocks.range(depth).stream().mapToInt(i -> i).toArray();
    Wire equal =
        draw.compare(
            Op.Compare.Kind.EQUAL,
            draw.unsqueeze(marked, List.of(axis)),
            draw.reshape(draw.indices(range), new Shape(line)));
    Wire off = draw.reshape(draw.part(values, 0, 0, 1), Shape.SCALAR);
    Wire on = draw.reshape(draw.part(values, 0, 1, 2), Shape.SCALAR);
    return draw.select(equal, on, off);
  }

  private static Wire compress(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    long[] condition = node.integers(1, "condition");
    Wire source = node.has("axis") ? x : draw.reshape(x, Shape.of(x.shape().count()));
    int axis = node.has("axis") ? node.axis(node.integer("axis", 0), x.rank()) : 0;
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < condition.length && i < source.shape().dim(axis); i++) {
      if (condition[i] != 0) {
        kept.add(i);
      }
    }
    return draw.gather(
        source, axis, draw.indices(kept.stream().mapToInt(Integer::intValue).toArray()));
  }
}
