package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.ArgMaxOptionsT;
import dev.mote.frontends.tflite.schema.ArgMinOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.CumsumOptionsT;
import dev.mote.frontends.tflite.schema.ReducerOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// Cases of reductions, arguments of extrema and running sums.
final class ReductionCases {

  private static final Agreement UNSCALED =
      new Agreement.Absent("TFLite adds up int8 and int16 without looking at their quantization");

  private ReductionCases() {}

  static List<CaseFamily> families() {
    List<CaseFamily> families = new ArrayList<>();
    for (Column column : BinaryCases.columns("int8 uint8 int16 float32")) {
      families.add(reduce("MEAN", BuiltinOperator.MEAN, column, false));
      CaseFamily sum = reduce("SUM", BuiltinOperator.SUM, column, false);
      boolean unscaled = column == Column.INT8 || column == Column.INT16;
      families.add(unscaled ? sum.oracle(UNSCALED) : sum);
    }
    families.add(reduce("SUM", BuiltinOperator.SUM, Column.INT32, true));
    for (Column column : BinaryCases.columns("int8 int16 int32 float32")) {
      families.add(reduce("REDUCE_MAX", BuiltinOperator.REDUCE_MAX, column, true));
      families.add(reduce("REDUCE_MIN", BuiltinOperator.REDUCE_MIN, column, true));
      for (boolean largest : new boolean[] {true, false}) {
        CaseFamily family = argReduce(largest, column);
        families.add(column == Column.INT16 ? family.oracle(BinaryCases.NO_INT16) : family);
      }
    }
    families.add(
        cumulativeSum(Column.INT8)
            .oracle(new Agreement.Absent("TFLite's CUMSUM takes int32, int64 and float32")));
    for (Column column : BinaryCases.columns("int32 int64 float32")) {
      families.add(cumulativeSum(column));
    }
    families.add(imageMean(Column.INT8));
    families.add(imageMean(Column.FLOAT32));
    return families;
  }

  /// @param sameType whether the output has the input's quantization
  private static CaseFamily reduce(String name, int operator, Column column, boolean sameType) {
    ElementType element = BinaryCases.element(column);
    return CaseFamily.of(
        name,
        column,
        random -> {
          TensorType x = random.quantized(element, random.shape(1, 5, 6));
          Shape shape = x.shape();
          List<Integer> axes = new ArrayList<>();
          for (int axis = 0; axis < shape.rank(); axis++) {
            if (random.chance(0.5)) {
              axes.add(axis);
            }
          }
          if (axes.isEmpty()) {
            axes.add(random.between(0, shape.rank() - 1));
          }
          boolean keep = random.chance(0.5);
          List<Integer> dims = new ArrayList<>();
          for (int axis = 0; axis < shape.rank(); axis++) {
            if (!axes.contains(axis)) {
              dims.add(shape.dim(axis));
            } else if (keep) {
              dims.add(1);
            }
          }
          ReducerOptionsT options = new ReducerOptionsT();
          options.setKeepDims(keep);
          int[] given =
              axes.stream()
                  .mapToInt(axis -> random.chance(0.3) ? axis - shape.rank() : axis)
                  .toArray();
          TensorType y = sameType ? x : output(random, x);
          return SingleOpModel.of(operator, random)
              .options(options)
              .input(x)
              .vector(given)
              .output(y.withShape(new Shape(dims)))
              .sketch();
        });
  }

  /// An output whose scale is near the input's, so that not everything saturates.
  private static TensorType output(CaseRandom random, TensorType x) {
    if (!(x.quantization() instanceof Quantization.PerTensor q)) {
      return x;
    }
    int zeroPoint = random.quantization(x.element()).zeroPoint();
    return x.withQuantization(
        new Quantization.PerTensor(q.scale() * random.real(0.3f, 4f), zeroPoint));
  }

  /// The usual mean over height and width, with few or many pixels and one quantization or two.
  private static CaseFamily imageMean(Column column) {
    return CaseFamily.of(
            "MEAN",
            column,
            random -> {
              Shape shape =
                  Shape.of(
                      random.between(1, 2),
                      random.between(1, 24),
                      random.between(1, 24),
                      random.between(1, 17));
              TensorType x = random.quantized(BinaryCases.element(column), shape);
              TensorType y = random.chance(0.5) ? x : output(random, x);
              boolean keep = random.chance(0.5);
              ReducerOptionsT options = new ReducerOptionsT();
              options.setKeepDims(keep);
              return SingleOpModel.of(BuiltinOperator.MEAN, random)
                  .options(options)
                  .input(x)
                  .vector(1, 2)
                  .output(
                      y.withShape(
                          keep
                              ? Shape.of(shape.dim(0), 1, 1, shape.dim(3))
                              : Shape.of(shape.dim(0), shape.dim(3))))
                  .sketch();
            })
        .detail("of images");
  }

  private static CaseFamily argReduce(boolean largest, Column column) {
    return CaseFamily.of(
        largest ? "ARG_MAX" : "ARG_MIN",
        column,
        random -> {
          TensorType x = random.quantized(BinaryCases.element(column), random.shape(1, 4, 8));
          int axis = random.between(0, x.shape().rank() - 1);
          List<Integer> dims = new ArrayList<>(x.shape().dims());
          dims.remove(axis);
          boolean wide = random.chance(0.3);
          ElementType index = wide ? ElementType.INT64 : ElementType.INT32;
          byte code =
              wide
                  ? dev.mote.frontends.tflite.schema.TensorType.INT64
                  : dev.mote.frontends.tflite.schema.TensorType.INT32;
          // Few different values make ties.
          Values values =
              random.chance(0.5) && !x.element().isFloat() ? Values.between(-3, 3) : Values.any();
          return SingleOpModel.of(
                  largest ? BuiltinOperator.ARG_MAX : BuiltinOperator.ARG_MIN, random)
              .options(largest ? maxOptions(code) : minOptions(code))
              .input(x, values)
              .scalar(random.chance(0.3) ? axis - x.shape().rank() : axis)
              .output(TensorType.plain(index, new Shape(dims)))
              .sketch();
        });
  }

  private static Object maxOptions(byte code) {
    ArgMaxOptionsT options = new ArgMaxOptionsT();
    options.setOutputType(code);
    return options;
  }

  private static Object minOptions(byte code) {
    ArgMinOptionsT options = new ArgMinOptionsT();
    options.setOutputType(code);
    return options;
  }

  private static CaseFamily cumulativeSum(Column column) {
    return CaseFamily.of(
        "CUMSUM",
        column,
        random -> {
          TensorType x = random.quantized(BinaryCases.element(column), random.shape(1, 4, 6));
          int rank = x.shape().rank();
          CumsumOptionsT options = new CumsumOptionsT();
          options.setExclusive(random.chance(0.5));
          options.setReverse(random.chance(0.5));
          return SingleOpModel.of(BuiltinOperator.CUMSUM, random)
              .options(options)
              .input(x)
              .scalar(random.between(-rank, rank - 1))
              .output(output(random, x))
              .sketch();
        });
  }
}
