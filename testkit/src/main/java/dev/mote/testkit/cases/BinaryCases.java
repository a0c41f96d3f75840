package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.AddNOptionsT;
import dev.mote.frontends.tflite.schema.AddOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.DivOptionsT;
import dev.mote.frontends.tflite.schema.FloorDivOptionsT;
import dev.mote.frontends.tflite.schema.FloorModOptionsT;
import dev.mote.frontends.tflite.schema.MaximumMinimumOptionsT;
import dev.mote.frontends.tflite.schema.MulOptionsT;
import dev.mote.frontends.tflite.schema.SquaredDifferenceOptionsT;
import dev.mote.frontends.tflite.schema.SubOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Cases of element-wise arithmetic on two and more operands.
final class BinaryCases {

  private static final Byte[] ACTIVATIONS = {
    ActivationFunctionType.NONE,
    ActivationFunctionType.RELU,
    ActivationFunctionType.RELU6,
    ActivationFunctionType.RELU_N1_TO_1
  };

  private static final String SINGLE_PRECISION =
      "TensorFlow Lite Micro derives the factors of a difference in single precision";

  /// For operators that TensorFlow Lite Micro, or Mote alone, has for int16.
  static final Agreement NO_INT16 = new Agreement.Absent("TFLite does not take int16 here");

  private BinaryCases() {}

  static List<CaseFamily> families() {
    List<CaseFamily> families = new ArrayList<>();
    for (Column column : columns("int8 uint8 int16 int32 int64 float32")) {
      families.add(arithmetic("ADD", BuiltinOperator.ADD, column, BinaryCases::addOptions));
      CaseFamily sub = arithmetic("SUB", BuiltinOperator.SUB, column, BinaryCases::subOptions);
      boolean quantized = quantized(column);
      families.add(quantized ? sub.oracle(new Agreement.Within(1, SINGLE_PRECISION)) : sub);
      families.add(arithmetic("MUL", BuiltinOperator.MUL, column, BinaryCases::mulOptions));
      families.add(extremum("MINIMUM", BuiltinOperator.MINIMUM, column));
      families.add(extremum("MAXIMUM", BuiltinOperator.MAXIMUM, column));
    }
    for (Column column : columns("int8 int32 float32")) {
      families.add(division(column));
    }
    for (Column column : columns("int8 int16 int32 float32")) {
      CaseFamily family =
          arithmetic(
              "SQUARED_DIFFERENCE",
              BuiltinOperator.SQUARED_DIFFERENCE,
              column,
              _ -> new SquaredDifferenceOptionsT());
      families.add(column == Column.INT16 ? family.oracle(NO_INT16) : family);
    }
    for (Column column : columns("int32 float32")) {
      families.add(floor("FLOOR_DIV", BuiltinOperator.FLOOR_DIV, column, new FloorDivOptionsT()));
    }
    for (Column column : columns("int32 int64 float32")) {
      families.add(floor("FLOOR_MOD", BuiltinOperator.FLOOR_MOD, column, new FloorModOptionsT()));
    }
    families.add(
        addN(Column.INT8).oracle(new Agreement.Absent("TFLite's ADD_N takes int32 and float32")));
    families.add(addN(Column.INT32));
    families.add(addN(Column.FLOAT32));
    families.add(manyDimensions());
    families.add(tiedSums());
    return families;
  }

  // ---- what families share ---------------------------------------------------------------------

  /// Columns by their labels.
  static List<Column> columns(String labels) {
    return java.util.Arrays.stream(labels.split(" ", -1))
        .map(label -> Column.valueOf(label.toUpperCase(java.util.Locale.ROOT)))
        .toList();
  }

  /// Element type of a column's activations.
  static ElementType element(Column column) {
    return ElementType.valueOf(column.name());
  }

  static boolean quantized(Column column) {
    return column == Column.INT8 || column == Column.UINT8 || column == Column.INT16;
  }

  private static Object addOptions(byte activation) {
    AddOptionsT options = new AddOptionsT();
    options.setFusedActivationFunction(activation);
    return options;
  }

  private static Object subOptions(byte activation) {
    SubOptionsT options = new SubOptionsT();
    options.setFusedActivationFunction(activation);
    return options;
  }

  private static Object mulOptions(byte activation) {
    MulOptionsT options = new MulOptionsT();
    options.setFusedActivationFunction(activation);
    return options;
  }

  private static Object divOptions(byte activation) {
    DivOptionsT options = new DivOptionsT();
    options.setFusedActivationFunction(activation);
    return options;
  }

  /// Two operands in either order, one of which may broadcast, and may be a constant.
  static SingleOpModel operands(
      SingleOpModel model, CaseRandom random, TensorType x, TensorType y) {
    Shape shape = x.shape();
    TensorType small = y.withShape(random.broadcastable(shape));
    boolean constant = random.chance(0.3);
    if (random.chance(0.5)) {
      return constant ? model.input(x).constant(small, Values.any()) : model.input(x).input(small);
    }
    TensorType first = x.withShape(small.shape());
    TensorType second = y.withShape(shape);
    return constant
        ? model.constant(first, Values.any()).input(second)
        : model.input(first).input(second);
  }

  private static CaseFamily arithmetic(
      String name, int operator, Column column, Function<Byte, Object> options) {
    ElementType element = element(column);
    return CaseFamily.of(
        name,
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          SingleOpModel model =
              SingleOpModel.of(operator, random).options(options.apply(random.pick(ACTIVATIONS)));
          return operands(
                  model, random, random.quantized(element, shape), random.quantized(element, shape))
              .output(output(random, element, shape))
              .sketch();
        });
  }

  /// An output whose range is about that of the operands, so that not everything saturates.
  private static TensorType output(CaseRandom random, ElementType element, Shape shape) {
    TensorType type = random.quantized(element, shape);
    return type.quantization() instanceof Quantization.PerTensor q && random.chance(0.7)
        ? type.withQuantization(
            new Quantization.PerTensor(0.25f + random.nextFloat(), q.zeroPoint()))
        : type;
  }

  private static CaseFamily extremum(String name, int operator, Column column) {
    return CaseFamily.of(
        name,
        column,
        random -> {
          TensorType type = random.quantized(element(column), random.shape(1, 4, 6));
          SingleOpModel model =
              SingleOpModel.of(operator, random).options(new MaximumMinimumOptionsT());
          return operands(model, random, type, type).output(type).sketch();
        });
  }

  // ---- division --------------------------------------------------------------------------------

  /// Divisors are not zero; the quotient of int8 keeps within TFLite's shifts.
  private static CaseFamily division(Column column) {
    ElementType element = element(column);
    return CaseFamily.of(
        "DIV",
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          TensorType x = random.quantized(element, shape);
          TensorType y = random.quantized(element, random.broadcastable(shape));
          TensorType z = random.quantized(element, shape);
          if (z.quantization() instanceof Quantization.PerTensor q) {
            float ratio = x.quantization().scale() / y.quantization().scale();
            float scale = ratio * random.real(0.0002f, 0.02f);
            z = z.withQuantization(new Quantization.PerTensor(scale, q.zeroPoint()));
          }
          return SingleOpModel.of(BuiltinOperator.DIV, random)
              .options(divOptions(random.pick(ACTIVATIONS)))
              .input(x)
              .input(y, BinaryCases::divisors)
              .output(z)
              .sketch();
        });
  }

  /// Elements that stand for anything but zero.
  private static byte[] divisors(CaseRandom random, TensorType type) {
    if (type.element().isFloat()) {
      return Values.floats(type, _ -> (random.chance(0.5) ? 1 : -1) * random.real(0.1f, 8f));
    }
    int zero = type.quantization() instanceof Quantization.PerTensor q ? q.zeroPoint() : 0;
    int low = type.element() == ElementType.INT8 ? -128 : -1000;
    int high = type.element() == ElementType.INT8 ? 127 : 1000;
    return Values.integers(
        type,
        _ -> {
          int value = random.between(low, high);
          // TFLite refuses the integer 0, too, whatever it stands for.
          while (value == zero || value == 0) {
            value = random.between(low, high);
          }
          return (long) value;
        });
  }

  private static CaseFamily floor(String name, int operator, Column column, Object options) {
    ElementType element = element(column);
    return CaseFamily.of(
        name,
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          return SingleOpModel.of(operator, random)
              .options(options)
              .input(TensorType.plain(element, shape))
              .input(TensorType.plain(element, random.broadcastable(shape)), BinaryCases::divisors)
              .output(TensorType.plain(element, shape))
              .sketch();
        });
  }

  // ---- special cases ---------------------------------------------------------------------------

  private static CaseFamily addN(Column column) {
    return CaseFamily.of(
        "ADD_N",
        column,
        random -> {
          Shape shape = random.shape(1, 4, 6);
          TensorType type = random.quantized(element(column), shape);
          SingleOpModel model =
              SingleOpModel.of(BuiltinOperator.ADD_N, random).options(new AddNOptionsT());
          int inputs = random.between(2, 5);
          for (int i = 0; i < inputs; i++) {
            model.input(type);
          }
          return model.output(random.quantized(element(column), shape)).sketch();
        });
  }

  /// Broadcasts that need as many loops as there are.
  private static CaseFamily manyDimensions() {
    return CaseFamily.of(
            "MUL",
            Column.INT32,
            random -> {
              List<Integer> x = new ArrayList<>();
              List<Integer> y = new ArrayList<>();
              List<Integer> z = new ArrayList<>();
              int rank = random.between(5, 6);
              for (int axis = 0; axis < rank; axis++) {
                int dim = random.between(1, 3);
                z.add(dim);
                int side = random.index() == 0 ? axis % 2 : random.between(0, 2);
                x.add(side == 0 ? 1 : dim);
                y.add(side == 1 ? 1 : dim);
              }
              return SingleOpModel.of(BuiltinOperator.MUL, random)
                  .options(mulOptions(ActivationFunctionType.NONE))
                  .input(TensorType.plain(ElementType.INT32, new Shape(x)))
                  .input(TensorType.plain(ElementType.INT32, new Shape(y)))
                  .output(TensorType.plain(ElementType.INT32, new Shape(z)))
                  .sketch();
            })
        .detail("5 and 6 dimensions");
  }

  /// Sums whose exact results often lie in the middle between two steps of the output.
  private static CaseFamily tiedSums() {
    return CaseFamily.of(
            "ADD",
            Column.INT8,
            random -> {
              float scale = random.pick(0.25f, 0.5f, 0.1f, 0.75f);
              TensorType type =
                  new TensorType(
                      ElementType.INT8,
                      random.shape(1, 3, 8),
                      new Quantization.PerTensor(scale, random.between(-128, 127)));
              Quantization.PerTensor output =
                  new Quantization.PerTensor(
                      scale * random.pick(1f, 2f, 4f), random.between(-128, 127));
              return SingleOpModel.of(BuiltinOperator.ADD, random)
                  .options(addOptions(random.pick(ACTIVATIONS)))
                  .input(type)
                  .input(type)
                  .output(type.withQuantization(output))
                  .sketch();
            })
        .detail("ties");
  }
}
