package dev.mote.testkit.cases;

import static dev.mote.ir.ElementType.FLOAT32;
import static dev.mote.ir.ElementType.INT16;
import static dev.mote.ir.ElementType.INT32;
import static dev.mote.ir.ElementType.INT64;
import static dev.mote.ir.ElementType.INT8;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.AssignVariableOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.ReadVariableOptionsT;
import dev.mote.frontends.tflite.schema.SVDFOptionsT;
import dev.mote.frontends.tflite.schema.UnidirectionalSequenceLSTMOptionsT;
import dev.mote.frontends.tflite.schema.VarHandleOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Cases of operators with state.
final class RecurrenceCases {

  private static final int GATES = 4;

  private static final Agreement GATE_TABLES =
      new Agreement.Within(
          1, "TensorFlow Lite Micro tabulates the gates' functions; see tflite-differences.md");

  private RecurrenceCases() {}

  static List<CaseFamily> families() {
    Agreement absent = new Agreement.Absent("TFLite for larger machines has no such kernel");
    return List.of(
        CaseFamily.of("UNIDIRECTIONAL_SEQUENCE_LSTM", Column.FLOAT32, RecurrenceCases::floatLstm),
        CaseFamily.of(
                "UNIDIRECTIONAL_SEQUENCE_LSTM", Column.INT8, random -> integerLstm(random, INT8))
            .oracle(GATE_TABLES),
        CaseFamily.of(
                "UNIDIRECTIONAL_SEQUENCE_LSTM", Column.INT16, random -> integerLstm(random, INT16))
            .oracle(absent),
        CaseFamily.of("SVDF", Column.FLOAT32, RecurrenceCases::floatSvdf),
        CaseFamily.of("SVDF", Column.INT8, random -> integerSvdf(random, INT16)),
        CaseFamily.of("SVDF", Column.INT8, random -> integerSvdf(random, INT8))
            .detail("8-bit state")
            .oracle(absent),
        variable(FLOAT32, Column.FLOAT32, false),
        variable(INT8, Column.INT8, false),
        variable(FLOAT32, Column.FLOAT32, true),
        variable(INT8, Column.INT8, true));
  }

  // ---- variables -------------------------------------------------------------------------------

  /// A variable that is written and then read or, as state from call to call, read and then
  /// written: TFLite cannot read what no call has written yet.
  private static CaseFamily variable(ElementType element, Column column, boolean readFirst) {
    CaseFamily family =
        CaseFamily.of("READ_VARIABLE", column, random -> variable(random, element, readFirst))
            .detail(readFirst ? "before ASSIGN_VARIABLE" : "after ASSIGN_VARIABLE");
    return readFirst
        ? family.oracle(new Agreement.Absent("TFLite refuses to read an unwritten variable"))
        : family.oracle(Agreement.EXACT);
  }

  private static ModelSketch variable(CaseRandom random, ElementType element, boolean readFirst) {
    TensorType type = random.quantized(element, random.shape(1, 4, 5));
    ModelSketch sketch = new ModelSketch();
    int x = sketch.input(type, Values.any());
    int y = sketch.activation(type);
    int handle = sketch.resource();
    VarHandleOptionsT options = new VarHandleOptionsT();
    options.setContainer("");
    options.setSharedName("state");
    sketch.operator(BuiltinOperator.VAR_HANDLE, Optional.of(options), List.of(), List.of(handle));
    if (readFirst) {
      read(sketch, handle, y);
    }
    sketch.operator(
        BuiltinOperator.ASSIGN_VARIABLE,
        Optional.of(new AssignVariableOptionsT()),
        List.of(handle, x),
        List.of());
    if (!readFirst) {
      read(sketch, handle, y);
    }
    sketch.output(y);
    return sketch;
  }

  private static void read(ModelSketch sketch, int handle, int result) {
    sketch.operator(
        BuiltinOperator.READ_VARIABLE,
        Optional.of(new ReadVariableOptionsT()),
        List.of(handle),
        List.of(result));
  }

  // ---- LSTM ------------------------------------------------------------------------------------

  /// @param input type of x
  /// @param units numbers in the hidden state
  /// @param output type of the result
  private record Sequence(TensorType input, int units, TensorType output, boolean timeMajor) {

    static Sequence draw(CaseRandom random, ElementType element) {
      boolean timeMajor = random.chance(0.4);
      int batches = random.between(1, 3);
      int steps = random.between(1, 4);
      int units = random.between(1, 6);
      int first = timeMajor ? steps : batches;
      int second = timeMajor ? batches : steps;
      return new Sequence(
          random.quantized(element, Shape.of(first, second, random.between(1, 7))),
          units,
          random.quantized(element, Shape.of(first, second, units)),
          timeMajor);
    }

    int batches() {
      return input.shape().dim(timeMajor ? 1 : 0);
    }

    Shape state() {
      return Shape.of(batches(), units);
    }

    Shape inputWeights() {
      return Shape.of(units, input.shape().last());
    }

    UnidirectionalSequenceLSTMOptionsT options(CaseRandom random, float clip) {
      UnidirectionalSequenceLSTMOptionsT options = new UnidirectionalSequenceLSTMOptionsT();
      options.setFusedActivationFunction(ActivationFunctionType.TANH);
      options.setTimeMajor(timeMajor);
      options.setCellClip(random.chance(0.3) ? clip : 0);
      return options;
    }
  }

  private static ModelSketch floatLstm(CaseRandom random) {
    Sequence sequence = Sequence.draw(random, FLOAT32);
    Values weights = Values.reals(-1, 1);
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, random)
            .options(sequence.options(random, 0.5f))
            .input(sequence.input());
    for (int gate = 0; gate < GATES; gate++) {
      model.constant(TensorType.plain(FLOAT32, sequence.inputWeights()), weights);
    }
    for (int gate = 0; gate < GATES; gate++) {
      model.constant(
          TensorType.plain(FLOAT32, Shape.of(sequence.units(), sequence.units())), weights);
    }
    absent(model, 3);
    for (int gate = 0; gate < GATES; gate++) {
      model.constant(TensorType.plain(FLOAT32, Shape.of(sequence.units())), weights);
    }
    absent(model, 2);
    model.variable(TensorType.plain(FLOAT32, sequence.state()));
    model.variable(TensorType.plain(FLOAT32, sequence.state()));
    absent(model, 4);
    return model.output(sequence.output()).sketch();
  }

  private static ModelSketch integerLstm(CaseRandom random, ElementType element) {
    Sequence drawn = Sequence.draw(random, element);
    // Activations within ±4, hidden states within ±1, as in trained models.
    float range = element == INT8 ? 128 : 32768;
    int zeroPoint = element == INT8 ? random.between(-100, 100) : 0;
    float inputScale = random.real(0.5f, 4) / range;
    TensorType x = drawn.input().withQuantization(perTensor(inputScale, zeroPoint));
    int hiddenZeroPoint = element == INT8 ? random.between(-8, 8) : 0;
    Quantization hidden = perTensor(random.real(0.9f, 1.1f) / range, hiddenZeroPoint);
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, random)
            .options(drawn.options(random, 0.7f))
            .input(x);
    List<Float> biasScales = new ArrayList<>();
    for (int gate = 0; gate < GATES; gate++) {
      Quantization.PerTensor weights = perTensor(random.real(0.2f, 2) / 127, 0);
      model.constant(
          new TensorType(INT8, drawn.inputWeights(), weights), Values.between(-127, 127));
      biasScales.add(inputScale * weights.scale());
    }
    for (int gate = 0; gate < GATES; gate++) {
      model.constant(
          new TensorType(
              INT8,
              Shape.of(drawn.units(), drawn.units()),
              perTensor(random.real(0.2f, 2) / 127, 0)),
          Values.between(-127, 127));
    }
    absent(model, 3);
    for (float scale : biasScales) {
      ElementType wide = element == INT8 ? INT32 : INT64;
      long bound = (long) (1 / scale);
      model.constant(
          new TensorType(wide, Shape.of(drawn.units()), perTensor(scale, 0)),
          Values.between(-bound, bound));
    }
    absent(model, 2);
    model.variable(new TensorType(element, drawn.state(), hidden));
    float cellScale = (float) Math.pow(2, -random.between(10, 14));
    model.variable(new TensorType(INT16, drawn.state(), perTensor(cellScale, 0)));
    absent(model, 4);
    ModelSketch sketch = model.output(drawn.output().withQuantization(hidden)).sketch();
    // TFLite wants to know the scales between the parts; without normalisation only the last
    // matters.
    int[] intermediates = new int[5];
    for (int i = 0; i < intermediates.length; i++) {
      intermediates[i] = sketch.activation(new TensorType(INT8, Shape.of(1), hidden));
    }
    sketch.lastOperator().setIntermediates(intermediates);
    return sketch;
  }

  private static Quantization.PerTensor perTensor(float scale, int zeroPoint) {
    return new Quantization.PerTensor(scale, zeroPoint);
  }

  private static void absent(SingleOpModel model, int count) {
    for (int i = 0; i < count; i++) {
      model.absent();
    }
  }

  // ---- SVDF ------------------------------------------------------------------------------------

  private record Filter(int batches, int inputs, int rank, int units, int memory) {

    static Filter draw(CaseRandom random) {
      return new Filter(
          random.between(1, 3),
          random.between(1, 8),
          random.between(1, 3),
          random.between(1, 5),
          random.between(1, 6));
    }

    int filters() {
      return units * rank;
    }

    Shape input() {
      return Shape.of(batches, inputs);
    }

    Shape features() {
      return Shape.of(filters(), inputs);
    }

    Shape times() {
      return Shape.of(filters(), memory);
    }

    Shape state() {
      return Shape.of(batches, filters() * memory);
    }

    Shape output() {
      return Shape.of(batches, units);
    }

    SVDFOptionsT options(byte activation) {
      SVDFOptionsT options = new SVDFOptionsT();
      options.setRank(rank);
      options.setFusedActivationFunction(activation);
      return options;
    }
  }

  private static ModelSketch floatSvdf(CaseRandom random) {
    Filter filter = Filter.draw(random);
    byte activation = random.pick(ActivationFunctionType.NONE, ActivationFunctionType.RELU);
    Values weights = Values.reals(-1, 1);
    return SingleOpModel.of(BuiltinOperator.SVDF, random)
        .options(filter.options(activation))
        .input(TensorType.plain(FLOAT32, filter.input()))
        .constant(TensorType.plain(FLOAT32, filter.features()), weights)
        .constant(TensorType.plain(FLOAT32, filter.times()), weights)
        .constant(TensorType.plain(FLOAT32, Shape.of(filter.units())), weights)
        .variable(TensorType.plain(FLOAT32, filter.state()))
        .output(TensorType.plain(FLOAT32, filter.output()))
        .sketch();
  }

  private static ModelSketch integerSvdf(CaseRandom random, ElementType memory) {
    Filter filter = Filter.draw(random);
    TensorType x = random.quantized(INT8, filter.input());
    TensorType y = random.quantized(INT8, filter.output());
    Quantization.PerTensor features = perTensor(random.real(0.5f, 2) / 127, 0);
    Quantization.PerTensor times =
        perTensor(random.real(0.5f, 2) / (memory == INT8 ? 127 : 32767), 0);
    float stateScale = x.quantization().scale() * random.real(0.5f, 2);
    Quantization.PerTensor state =
        memory == INT8
            ? perTensor(stateScale, random.between(-20, 20))
            : perTensor(stateScale / 256, 0);
    Quantization.PerTensor bias = perTensor(state.scale() * times.scale(), 0);
    return SingleOpModel.of(BuiltinOperator.SVDF, random)
        .options(filter.options(ActivationFunctionType.RELU))
        .input(x)
        .constant(new TensorType(INT8, filter.features(), features), Values.between(-127, 127))
        .constant(new TensorType(memory, filter.times(), times), Values.any())
        .constant(
            new TensorType(INT32, Shape.of(filter.units()), bias), Values.between(-9999, 9999))
        .variable(new TensorType(memory, filter.state(), state))
        .output(y)
        .sketch();
  }
}
