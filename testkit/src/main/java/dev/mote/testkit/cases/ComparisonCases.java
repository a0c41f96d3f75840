package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.EqualOptionsT;
import dev.mote.frontends.tflite.schema.GreaterEqualOptionsT;
import dev.mote.frontends.tflite.schema.GreaterOptionsT;
import dev.mote.frontends.tflite.schema.LessEqualOptionsT;
import dev.mote.frontends.tflite.schema.LessOptionsT;
import dev.mote.frontends.tflite.schema.LogicalAndOptionsT;
import dev.mote.frontends.tflite.schema.LogicalOrOptionsT;
import dev.mote.frontends.tflite.schema.NotEqualOptionsT;
import dev.mote.frontends.tflite.schema.SelectV2OptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// Cases of comparisons, logical connectives and selections.
final class ComparisonCases {

  private static final Agreement UNSCALED =
      new Agreement.Absent("TFLite compares int16 without looking at its quantization");

  private ComparisonCases() {}

  static List<CaseFamily> families() {
    List<CaseFamily> families = new ArrayList<>();
    String ordered = "int8 uint8 int16 int32 int64 float32";
    for (Column column : BinaryCases.columns(ordered + " bool")) {
      families.add(compare("EQUAL", BuiltinOperator.EQUAL, column, new EqualOptionsT()));
      families.add(compare("NOT_EQUAL", BuiltinOperator.NOT_EQUAL, column, new NotEqualOptionsT()));
    }
    for (Column column : BinaryCases.columns(ordered)) {
      families.add(compare("LESS", BuiltinOperator.LESS, column, new LessOptionsT()));
      families.add(
          compare("LESS_EQUAL", BuiltinOperator.LESS_EQUAL, column, new LessEqualOptionsT()));
      families.add(compare("GREATER", BuiltinOperator.GREATER, column, new GreaterOptionsT()));
      families.add(
          compare(
              "GREATER_EQUAL", BuiltinOperator.GREATER_EQUAL, column, new GreaterEqualOptionsT()));
      families.add(select(column));
    }
    families.add(select(Column.BOOL));
    families.add(logical("LOGICAL_AND", BuiltinOperator.LOGICAL_AND, new LogicalAndOptionsT()));
    families.add(logical("LOGICAL_OR", BuiltinOperator.LOGICAL_OR, new LogicalOrOptionsT()));
    return families;
  }

  private static CaseFamily compare(String name, int operator, Column column, Object options) {
    CaseFamily family = CaseFamily.of(name, column, comparison(operator, column, options));
    boolean absent = List.of("NOT_EQUAL", "LESS_EQUAL", "GREATER").contains(name);
    return column == Column.INT16
        ? family.oracle(absent ? BinaryCases.NO_INT16 : UNSCALED)
        : family;
  }

  private static CaseFamily.Generator comparison(int operator, Column column, Object options) {
    return random -> {
      Shape shape = random.shape(1, 4, 6);
      TensorType x = comparable(random, column, shape);
      // Different quantizations make equal numbers rare.
      TensorType y = random.chance(0.5) ? x : comparable(random, column, shape);
      return BinaryCases.operands(SingleOpModel.of(operator, random).options(options), random, x, y)
          .output(TensorType.plain(ElementType.BOOL, shape))
          .sketch();
    };
  }

  /// TFLite compares quantized tensors with scales below 1 only.
  private static TensorType comparable(CaseRandom random, Column column, Shape shape) {
    TensorType type = random.quantized(BinaryCases.element(column), shape);
    return type.quantization() instanceof Quantization.PerTensor q
        ? type.withQuantization(
            new Quantization.PerTensor(Math.min(q.scale(), 0.99f), q.zeroPoint()))
        : type;
  }

  private static CaseFamily logical(String name, int operator, Object options) {
    return CaseFamily.of(
        name,
        Column.BOOL,
        random -> {
          TensorType type = TensorType.plain(ElementType.BOOL, random.shape(1, 4, 6));
          return BinaryCases.operands(
                  SingleOpModel.of(operator, random).options(options), random, type, type)
              .output(type)
              .sketch();
        });
  }

  private static CaseFamily select(Column column) {
    return CaseFamily.of(
        "SELECT_V2",
        column,
        random -> {
          TensorType type = random.quantized(BinaryCases.element(column), random.shape(1, 4, 6));
          Shape shape = type.shape();
          // The output is the broadcast of all three; one of them has its shape.
          int whole = random.between(0, 2);
          List<Shape> shapes = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            shapes.add(i == whole ? shape : random.broadcastable(shape));
          }
          return SingleOpModel.of(BuiltinOperator.SELECT_V2, random)
              .options(new SelectV2OptionsT())
              .input(TensorType.plain(ElementType.BOOL, shapes.get(0)))
              .input(type.withShape(shapes.get(1)))
              .input(type.withShape(shapes.get(2)))
              .output(type)
              .sketch();
        });
  }
}
