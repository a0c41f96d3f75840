package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.BuiltinOptions;
import dev.mote.frontends.tflite.schema.SVDFOptions;
import dev.mote.frontends.tflite.schema.UnidirectionalSequenceLSTMOptions;
import dev.mote.frontends.tflite.schema.VarHandleOptions;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads operators with state.
final class RecurrenceReaders {

  private static final int GATES = 4;

  /// Positions of the LSTM's operands in the file.
  private static final int INPUT_WEIGHTS = 1;

  private static final int RECURRENT_WEIGHTS = 5;
  private static final int PEEPHOLES = 9;
  private static final int BIASES = 12;
  private static final int PROJECTION = 16;
  private static final int HIDDEN_STATE = 18;
  private static final int CELL_STATE = 19;
  private static final int LAYER_NORMALIZATION = 20;

  private static final int SVDF_BIAS = 3;
  private static final int SVDF_STATE = 4;

  private RecurrenceReaders() {}

  static void lstm(OperatorView view) {
    view.expectCounts(CELL_STATE + 1, LAYER_NORMALIZATION + GATES, 1);
    UnidirectionalSequenceLSTMOptions o =
        view.requiredOptions(
            BuiltinOptions.UnidirectionalSequenceLSTMOptions,
            new UnidirectionalSequenceLSTMOptions());
    requireAbsent(view, PEEPHOLES, 3, "peephole connections");
    requireAbsent(view, PROJECTION, 2, "a projection");
    requireAbsent(view, LAYER_NORMALIZATION, GATES, "layer normalisation");
    if (!view.hasInput(INPUT_WEIGHTS) || !view.hasInput(RECURRENT_WEIGHTS)) {
      throw unsupported(view, "a coupled input and forget gate");
    }
    if (o.diagonalRecurrentTensors()) {
      throw unsupported(view, "diagonal recurrent weights");
    }
    if (o.fusedActivationFunction() != ActivationFunctionType.TANH) {
      throw view.problem(
          ReadProblem.ACTIVATION,
          "its activation is not TANH",
          "use the standard LSTM layer with activation tanh.");
    }
    float clip = o.cellClip();
    ShapeInference.require(clip >= 0 && Float.isFinite(clip), "its cell clip is " + clip);

    Shape x = view.inputShape(0);
    ShapeInference.requireRank("the input", x, 3);
    int depth = x.dim(2);
    int units = view.inputShape(INPUT_WEIGHTS).dim(0);
    int batch = x.dim(o.timeMajor() ? 1 : 0);
    List<String> operands = new ArrayList<>(List.of(view.input(0).name()));
    addGates(view, operands, INPUT_WEIGHTS, Shape.of(units, depth));
    addGates(view, operands, RECURRENT_WEIGHTS, Shape.of(units, units));
    addGates(view, operands, BIASES, Shape.of(units));
    operands.add(view.state(HIDDEN_STATE, Shape.of(batch, units)));
    operands.add(view.state(CELL_STATE, Shape.of(batch, units)));
    requireLstmTypes(view);
    view.emit(new Op.Lstm(o.timeMajor(), clip), operands, Shape.of(x.dim(0), x.dim(1), units));
  }

  private static void addGates(OperatorView view, List<String> operands, int first, Shape shape) {
    for (int gate = 0; gate < GATES; gate++) {
      Tensor tensor = view.input(first + gate);
      ShapeInference.require(
          tensor.shape().equals(shape),
          "'%s' is [%s], not [%s]".formatted(tensor.name(), tensor.shape(), shape));
      operands.add(tensor.name());
    }
  }

  private static void requireLstmTypes(OperatorView view) {
    ElementType x = view.inputType(0).element();
    ElementType bias =
        switch (x) {
          case INT8 -> ElementType.INT32;
          case INT16 -> ElementType.INT64;
          default -> ElementType.FLOAT32;
        };
    boolean real = x == ElementType.FLOAT32;
    boolean fits = x == view.target(0).element();
    for (int gate = 0; gate < GATES; gate++) {
      ElementType weights = view.inputType(INPUT_WEIGHTS + gate).element();
      fits &= weights == (real ? ElementType.FLOAT32 : ElementType.INT8);
      fits &= view.inputType(RECURRENT_WEIGHTS + gate).element() == weights;
      fits &= view.inputType(BIASES + gate).element() == bias;
    }
    fits &= view.source(HIDDEN_STATE).element() == x;
    fits &= view.source(CELL_STATE).element() == (real ? x : ElementType.INT16);
    if (!fits || !(real || x == ElementType.INT8 || x == ElementType.INT16)) {
      throw view.problem(
          ReadProblem.OPERAND_TYPES,
          "it is not supported for these types of operands",
          "quantize the model to int8 or 16x8 with TFLite's converter, or keep all of it float32.");
    }
    if (!real) {
      List<Integer> quantized = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, HIDDEN_STATE, CELL_STATE);
      for (int index : quantized) {
        requireScale(view, view.source(index));
      }
      requireScale(view, view.target(0));
    }
  }

  static void svdf(OperatorView view) {
    view.expectCounts(SVDF_STATE + 1, SVDF_STATE + 1, 1);
    SVDFOptions o = view.requiredOptions(BuiltinOptions.SVDFOptions, new SVDFOptions());
    Shape x = view.inputShape(0);
    Shape features = view.inputShape(1);
    Shape time = view.inputShape(2);
    ShapeInference.requireRank("the input", x, 2);
    ShapeInference.requireRank("the feature weights", features, 2);
    ShapeInference.requireRank("the time weights", time, 2);
    int rank = o.rank();
    ShapeInference.require(
        rank > 0
            && features.dim(0) % rank == 0
            && features.dim(1) == x.dim(1)
            && time.dim(0) == features.dim(0),
        "rank %d, input [%s], feature weights [%s] and time weights [%s] do not fit each other"
            .formatted(rank, x, features, time));
    int units = features.dim(0) / rank;
    List<String> operands =
        new ArrayList<>(List.of(view.input(0).name(), view.input(1).name(), view.input(2).name()));
    operands.add(
        view.state(SVDF_STATE, Shape.of(x.dim(0), Math.multiplyExact(time.dim(0), time.dim(1)))));
    if (view.hasInput(SVDF_BIAS)) {
      ShapeInference.require(
          view.inputShape(SVDF_BIAS).equals(Shape.of(units)),
          "a bias of [%s] does not fit %d units".formatted(view.inputShape(SVDF_BIAS), units));
      operands.add(view.input(SVDF_BIAS).name());
    }
    requireSvdfTypes(view);
    view.emit(
        new Op.Svdf(rank, view.activation(o.fusedActivationFunction())),
        operands,
        Shape.of(x.dim(0), units));
  }

  private static void requireSvdfTypes(OperatorView view) {
    ElementType x = view.inputType(0).element();
    ElementType time = view.inputType(2).element();
    Optional<ElementType> bias =
        view.hasInput(SVDF_BIAS)
            ? Optional.of(view.inputType(SVDF_BIAS).element())
            : Optional.empty();
    boolean real = x == ElementType.FLOAT32;
    boolean fits =
        (real || x == ElementType.INT8)
            && view.inputType(1).element() == x
            && (time == x || !real && time == ElementType.INT16)
            && view.source(SVDF_STATE).element() == time
            && bias.orElse(real ? x : ElementType.INT32) == (real ? x : ElementType.INT32)
            && view.target(0).element() == x;
    if (!fits) {
      throw view.problem(
          ReadProblem.OPERAND_TYPES,
          "it is not supported for these types of operands",
          "quantize the model to int8 with TFLite's converter, or keep all of it float32.");
    }
    if (!real) {
      for (int index : List.of(0, 1, 2, SVDF_STATE)) {
        requireScale(view, view.source(index));
      }
      requireScale(view, view.target(0));
    }
  }

  private static void requireScale(OperatorView view, SourceTensor tensor) {
    if (!(tensor.quantization() instanceof dev.mote.ir.Quantization.PerTensor)) {
      throw view.problem(
          ReadProblem.MISSING_QUANTIZATION,
          "'%s' is not quantized per tensor".formatted(tensor.name()),
          "quantize the model again with TFLite's converter.");
    }
  }

  private static void requireAbsent(OperatorView view, int first, int count, String what) {
    for (int i = first; i < first + count; i++) {
      if (view.hasInput(i)) {
        throw unsupported(view, what);
      }
    }
  }

  private static Refusal unsupported(OperatorView view, String what) {
    return view.problem(
        ReadProblem.ATTRIBUTE,
        "an LSTM with %s is not supported".formatted(what),
        "use the standard LSTM layer without it.");
  }

  // ---- resource variables
  // ------------------------------------------------------------------------

  static void varHandle(OperatorView view) {
    view.expectCounts(0, 0, 1);
    Optional<VarHandleOptions> o =
        view.options(BuiltinOptions.VarHandleOptions, new VarHandleOptions());
    String container = o.map(v -> TensorTable.text(v.containerAsByteBuffer(), "")).orElse("");
    String name = o.map(v -> TensorTable.text(v.sharedNameAsByteBuffer(), "")).orElse("");
    if (!view.target(0).resource()) {
      throw view.damaged(ReadProblem.VARIABLE, "its output is no resource handle");
    }
    String key = container.isEmpty() ? name : container + "/" + name;
    view.graph().bindHandle(view.outputNumber(0), key.isEmpty() ? "variable" : key);
  }

  static void readVariable(OperatorView view) {
    view.expectCounts(1, 1, 1);
    String key = handle(view);
    TensorType claimed =
        view.outputType(
            0,
            view.target(0)
                .shape()
                .or(() -> view.graph().variableType(key).map(TensorType::shape))
                .orElseThrow(
                    () ->
                        view.problem(
                            ReadProblem.OPEN_DIMENSION,
                            "the shape of variable '%s' is not known".formatted(key),
                            "give the variable a fixed shape in the model.")));
    requireVariable(view, key, claimed);
    view.emit(new Op.ReadVariable(view.graph().variable(key, claimed)), List.of(), claimed.shape());
  }

  static void assignVariable(OperatorView view) {
    view.expectCounts(2, 2, 0);
    String key = handle(view);
    TensorType type = view.inputType(1);
    requireVariable(view, key, type);
    view.emitEffect(
        new Op.AssignVariable(view.graph().variable(key, type)), List.of(view.input(1).name()));
  }

  private static String handle(OperatorView view) {
    int number = view.inputNumber(0);
    return view.graph()
        .handle(number)
        .orElseThrow(
            () ->
                view.graph()
                    .failure(number)
                    .orElseGet(
                        () ->
                            view.damaged(
                                ReadProblem.VARIABLE,
                                "its first input is no handle of a variable")));
  }

  private static void requireVariable(OperatorView view, String key, TensorType type) {
    Optional<TensorType> known = view.graph().variableType(key);
    if (known.isPresent() && !known.get().equals(type)) {
      throw view.problem(
          ReadProblem.VARIABLE,
          "variable '%s' is used as %s[%s] and as %s[%s], or with different quantization"
              .formatted(
                  key,
                  known.get().element().label(),
                  known.get().shape(),
                  type.element().label(),
                  type.shape()),
          "give the variable one type in the model; convert with a fixed batch size.");
    }
  }
}
