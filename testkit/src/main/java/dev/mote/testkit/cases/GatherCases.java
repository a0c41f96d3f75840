package dev.mote.testkit.cases;

import static dev.mote.ir.ElementType.BOOL;
import static dev.mote.ir.ElementType.FLOAT32;
import static dev.mote.ir.ElementType.INT16;
import static dev.mote.ir.ElementType.INT32;
import static dev.mote.ir.ElementType.INT64;
import static dev.mote.ir.ElementType.INT8;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.GatherNdOptionsT;
import dev.mote.frontends.tflite.schema.GatherOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Cases of operators that pick slices by indices.
final class GatherCases {

  private GatherCases() {}

  static List<CaseFamily> families() {
    return Stream.of(
            ByElement.of("GATHER", GatherCases::gather, INT8, INT16, FLOAT32, INT32, INT64, BOOL),
            ByElement.of("GATHER_ND", GatherCases::gatherNd, INT8, INT16, FLOAT32, INT32, INT64),
            List.of(
                embedding(Column.FLOAT32, FLOAT32, Values.any()),
                embedding(Column.DYNAMIC, INT8, Values.between(-127, 127))))
        .flatMap(List::stream)
        .toList();
  }

  private static ModelSketch gather(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 4, 5));
    Shape x = type.shape();
    int axis = random.between(0, x.rank() - 1);
    int batchDims = random.chance(0.7) ? 0 : random.between(0, axis);
    List<Integer> indexDims = new ArrayList<>(x.dims().subList(0, batchDims));
    List<Integer> dims = new ArrayList<>(x.dims().subList(0, axis));
    int indexRank = random.between(1, 2);
    for (int i = 0; i < indexRank; i++) {
      int extent = random.between(1, 4);
      indexDims.add(extent);
      dims.add(extent);
    }
    dims.addAll(x.dims().subList(axis + 1, x.rank()));
    GatherOptionsT options = new GatherOptionsT();
    options.setAxis(random.chance(0.3) ? axis - x.rank() : axis);
    options.setBatchDims(batchDims);
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.GATHER, random).options(options).input(type);
    indices(random, model, new Shape(indexDims), Values.between(0, x.dim(axis) - 1));
    return model.output(type.withShape(new Shape(dims))).sketch();
  }

  private static ModelSketch gatherNd(CaseRandom random, ElementType element) {
    TensorType type = random.quantized(element, random.shape(1, 5, 4));
    Shape x = type.shape();
    int depth = random.between(1, x.rank());
    int tuples = random.between(1, 5);
    List<Integer> dims = new ArrayList<>(List.of(tuples));
    dims.addAll(x.dims().subList(depth, x.rank()));
    Values legal =
        (source, indexType) ->
            Values.integers(indexType, i -> (long) source.between(0, x.dim(i % depth) - 1));
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.GATHER_ND, random)
            .options(new GatherNdOptionsT())
            .input(type);
    indices(random, model, Shape.of(tuples, depth), legal);
    return model.output(type.withShape(new Shape(dims))).sketch();
  }

  private static void indices(CaseRandom random, SingleOpModel model, Shape shape, Values legal) {
    TensorType type = TensorType.plain(INT32, shape);
    if (random.chance(0.3)) {
      model.constant(type, legal);
    } else {
      model.input(type, legal);
    }
  }

  /// Rows of a float table, or of an int8 table that are dequantized.
  private static CaseFamily embedding(Column column, ElementType element, Values values) {
    return CaseFamily.of(
        "EMBEDDING_LOOKUP",
        column,
        random -> {
          Shape table = random.shape(2, 4, 5);
          int count = random.between(1, 6);
          List<Integer> dims = new ArrayList<>(table.dims());
          dims.set(0, count);
          TensorType type = TensorType.plain(element, table);
          return SingleOpModel.of(BuiltinOperator.EMBEDDING_LOOKUP, random)
              .input(TensorType.plain(INT32, Shape.of(count)), Values.between(0, table.dim(0) - 1))
              .constant(
                  element == INT8
                      ? type.withQuantization(new Quantization.PerTensor(random.scale(), 0))
                      : type,
                  values)
              .output(TensorType.plain(FLOAT32, new Shape(dims)))
              .sketch();
        });
  }
}
