package dev.mote.testkit.cases;

import static dev.mote.ir.ElementType.BOOL;
import static dev.mote.ir.ElementType.FLOAT32;
import static dev.mote.ir.ElementType.INT16;
import static dev.mote.ir.ElementType.INT32;
import static dev.mote.ir.ElementType.INT64;
import static dev.mote.ir.ElementType.INT8;
import static dev.mote.ir.ElementType.UINT8;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.ExpandDimsOptionsT;
import dev.mote.frontends.tflite.schema.ReshapeOptionsT;
import dev.mote.frontends.tflite.schema.ReverseV2OptionsT;
import dev.mote.frontends.tflite.schema.ShapeOptionsT;
import dev.mote.frontends.tflite.schema.SliceOptionsT;
import dev.mote.frontends.tflite.schema.SqueezeOptionsT;
import dev.mote.frontends.tflite.schema.StridedSliceOptionsT;
import dev.mote.frontends.tflite.schema.TransposeOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Cases of operators that only move data.
final class MovementCases {

  private MovementCases() {}

  static List<CaseFamily> families() {
    return Stream.of(
            ByElement.of(
                "RESHAPE", MovementCases::reshape, INT8, UINT8, INT16, FLOAT32, INT32, INT64, BOOL),
            ByElement.of("SQUEEZE", MovementCases::squeeze, INT8, INT16, FLOAT32, INT32),
            ByElement.of("EXPAND_DIMS", MovementCases::expandDims, INT8, INT16, FLOAT32, INT32),
            ByElement.of("SLICE", MovementCases::slice, INT8, INT16, FLOAT32, INT32, INT64, BOOL),
            ByElement.of(
                "STRIDED_SLICE", MovementCases::stridedSlice, INT8, INT16, FLOAT32, INT32, BOOL),
            ByElement.of("TRANSPOSE", MovementCases::transpose, INT8, INT16, FLOAT32, INT32),
            ByElement.of("REVERSE_V2", MovementCases::reverse, FLOAT32, INT16, INT32, INT64, BOOL),
            ByElement.of(
                "BROADCAST_TO",
                MovementCases::broadcastTo,
                INT8,
                INT16,
                FLOAT32,
                INT32,
                INT64,
                BOOL),
            List.of(shape(Column.INT32, INT32), shape(Column.INT64, INT64)),
            ByElement.of("BROADCAST_ARGS", MovementCases::broadcastArgs, INT32, INT64),
            JoinCases.families(),
            PaddingCases.families(),
            GatherCases.families(),
            SpaceCases.families())
        .flatMap(List::stream)
        .toList();
  }

  private static ModelSketch reshape(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 4, 6));
    int count = type.shape().count();
    int rows = type.shape().dim(0);
    boolean inferred = random.chance(0.5);
    ReshapeOptionsT options = new ReshapeOptionsT();
    options.setNewShape(new int[] {rows, count / rows});
    return SingleOpModel.of(BuiltinOperator.RESHAPE, random)
        .options(options)
        .input(type)
        .vector(rows, inferred ? -1 : count / rows)
        .output(type.withShape(Shape.of(rows, count / rows)))
        .sketch();
  }

  private static ModelSketch squeeze(CaseRandom random, ElementType element) {
    List<Integer> dims = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    List<Integer> squeezed = new ArrayList<>();
    boolean all = random.chance(0.3);
    int rank = random.between(1, 5);
    for (int axis = 0; axis < rank; axis++) {
      int dim = random.chance(0.5) ? 1 : random.between(2, 5);
      dims.add(dim);
      if (dim == 1 && (all || random.chance(0.5))) {
        squeezed.add(axis);
      } else {
        kept.add(dim);
      }
    }
    SqueezeOptionsT options = new SqueezeOptionsT();
    // No list means every dimension of 1.
    boolean listed = !squeezed.isEmpty() && !all;
    options.setSqueezeDims(listed ? ByElement.array(squeezed) : new int[0]);
    if (!listed) {
      kept = dims.stream().filter(dim -> dim != 1).toList();
    }
    TensorType type = random.quantized(element, new Shape(dims));
    return SingleOpModel.of(BuiltinOperator.SQUEEZE, random)
        .options(options)
        .input(type)
        .output(type.withShape(new Shape(kept)))
        .sketch();
  }

  private static ModelSketch expandDims(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 4, 5));
    int rank = type.shape().rank();
    int axis = random.between(-rank - 1, rank);
    List<Integer> dims = new ArrayList<>(type.shape().dims());
    dims.add(axis < 0 ? axis + rank + 1 : axis, 1);
    return SingleOpModel.of(BuiltinOperator.EXPAND_DIMS, random)
        .options(new ExpandDimsOptionsT())
        .input(type)
        .scalar(axis)
        .output(type.withShape(new Shape(dims)))
        .sketch();
  }

  /// The column is that of the result; what has the shape may be anything.
  private static CaseFamily shape(Column column, ElementType result) {
    return CaseFamily.of(
        "SHAPE",
        column,
        random -> {
          TensorType type =
              random.quantized(random.pick(INT8, INT16, FLOAT32, BOOL), random.shape(1, 5, 5));
          ShapeOptionsT options = new ShapeOptionsT();
          options.setOutType(
              result == INT64
                  ? dev.mote.frontends.tflite.schema.TensorType.INT64
                  : dev.mote.frontends.tflite.schema.TensorType.INT32);
          return SingleOpModel.of(BuiltinOperator.SHAPE, random)
              .options(options)
              .input(type)
              .output(TensorType.plain(result, Shape.of(type.shape().rank())))
              .sketch();
        });
  }

  private static ModelSketch slice(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 5, 6));
    List<Integer> begin = new ArrayList<>();
    List<Integer> size = new ArrayList<>();
    List<Integer> extents = new ArrayList<>();
    for (int dim : type.shape().dims()) {
      int from = random.between(0, dim - 1);
      boolean toEnd = random.chance(0.3);
      int extent = toEnd ? dim - from : random.between(1, dim - from);
      begin.add(from);
      size.add(toEnd ? -1 : extent);
      extents.add(extent);
    }
    return SingleOpModel.of(BuiltinOperator.SLICE, random)
        .options(new SliceOptionsT())
        .input(type)
        .vector(ByElement.array(begin))
        .vector(ByElement.array(size))
        .output(type.withShape(new Shape(extents)))
        .sketch();
  }

  private static ModelSketch stridedSlice(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 4, 7));
    int rank = type.shape().rank();
    int[] begin = new int[rank];
    int[] end = new int[rank];
    int[] strides = new int[rank];
    StridedSliceOptionsT options = new StridedSliceOptionsT();
    List<Integer> result = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int dim = type.shape().dim(axis);
      int stride = random.pick(1, 1, 2, 3, -1, -2);
      int first = random.between(0, dim - 1);
      int most = stride > 0 ? (dim - 1 - first) / stride + 1 : first / -stride + 1;
      int extent = random.between(1, most);
      strides[axis] = stride;
      begin[axis] = random.chance(0.3) ? first - dim : first;
      if (first == (stride > 0 ? 0 : dim - 1) && random.chance(0.5)) {
        options.setBeginMask(options.getBeginMask() | 1 << axis);
        begin[axis] = random.between(-9, 9);
      }
      int behind = first + (extent - 1) * stride + Integer.signum(stride);
      boolean open = extent == most && random.chance(0.5);
      end[axis] = behind < 0 ? -dim - 1 : behind;
      if (open) {
        options.setEndMask(options.getEndMask() | 1 << axis);
        end[axis] = random.between(-9, 9);
      }
      if (stride == 1
          && extent == 1
          && !open
          && begin[axis] >= -dim
          && begin[axis] < dim
          && (options.getBeginMask() >> axis & 1) == 0
          && random.chance(0.5)) {
        options.setShrinkAxisMask(options.getShrinkAxisMask() | 1 << axis);
      } else {
        result.add(extent);
      }
    }
    return SingleOpModel.of(BuiltinOperator.STRIDED_SLICE, random)
        .options(options)
        .input(type)
        .vector(begin)
        .vector(end)
        .vector(strides)
        .output(type.withShape(new Shape(result)))
        .sketch();
  }

  private static ModelSketch transpose(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 5, 5));
    List<Integer> permutation =
        new ArrayList<>(IntStream.range(0, type.shape().rank()).boxed().toList());
    for (int i = permutation.size() - 1; i > 0; i--) {
      Collections.swap(permutation, i, random.between(0, i));
    }
    List<Integer> dims = permutation.stream().map(type.shape()::dim).toList();
    return SingleOpModel.of(BuiltinOperator.TRANSPOSE, random)
        .options(new TransposeOptionsT())
        .input(type)
        .vector(ByElement.array(permutation))
        .output(type.withShape(new Shape(dims)))
        .sketch();
  }

  /// TFLite reverses neighbouring axes only.
  private static ModelSketch reverse(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 4, 6));
    int first = random.between(0, type.shape().rank() - 1);
    int last = random.between(first, type.shape().rank() - 1);
    return SingleOpModel.of(BuiltinOperator.REVERSE_V2, random)
        .options(new ReverseV2OptionsT())
        .input(type)
        .vector(IntStream.rangeClosed(first, last).toArray())
        .output(type)
        .sketch();
  }

  private static ModelSketch broadcastTo(CaseRandom random, ElementType element) {
    Shape shape = random.shape(1, 5, 5);
    TensorType type = random.quantized(element, random.broadcastable(shape));
    return SingleOpModel.of(BuiltinOperator.BROADCAST_TO, random)
        .input(type)
        .vector(ByElement.array(shape.dims()))
        .output(type.withShape(shape))
        .sketch();
  }

  private static ModelSketch broadcastArgs(CaseRandom random, ElementType element) {
    Shape shape = random.shape(1, 5, 9);
    Shape first = random.broadcastable(shape);
    boolean both = first.equals(shape) || first.rank() == 0;
    Shape a = both ? shape : first;
    Shape b = both ? nonScalar(random.broadcastable(shape), shape) : shape;
    return SingleOpModel.of(BuiltinOperator.BROADCAST_ARGS, random)
        .input(vectorType(element, a), extents(a))
        .input(vectorType(element, b), extents(b))
        .output(vectorType(element, shape))
        .sketch();
  }

  private static Shape nonScalar(Shape shape, Shape otherwise) {
    return shape.rank() == 0 ? otherwise : shape;
  }

  private static TensorType vectorType(ElementType element, Shape shape) {
    return TensorType.plain(element, Shape.of(shape.rank()));
  }

  private static Values extents(Shape shape) {
    return Values.exactly(shape.dims().stream().mapToLong(Integer::longValue).toArray());
  }
}
