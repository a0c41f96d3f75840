package dev.mote.pipeline.quantize;

import dev.mote.ir.Op;
import dev.mote.ir.Quantization.PerTensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/// What becomes of an operator when its tensors are integers: TFLite's quantization specification
/// as one table.
///
/// @param formats in what it can compute
/// @param scales how its output's scale comes about
/// @param fixed the output's quantization by format, for [Scales#FIXED]
record OperatorRule(
    Set<ActivationFormat> formats, Scales scales, Map<ActivationFormat, PerTensor> fixed) {

  /// How an output's scale comes about.
  enum Scales {
    /// From the output's own range: the operator rescales.
    OWN,
    /// It is that of the input, whose elements are handed on: their extremes can be limited to the
    /// output's range beforehand.
    SAME,
    /// It is that of the input, of which the output is an average: that has another range.
    SAME_AVERAGE,
    /// It is that of all inputs.
    SHARED,
    /// The arithmetic fixes it.
    FIXED,
    /// The output has none: indices or truth values.
    NONE,
    /// The operator moves a state tensor.
    STATE,
    /// The operator has no integer form, or none that follows from a table.
    SPECIAL
  }

  private static final Set<ActivationFormat> BOTH =
      Set.of(ActivationFormat.INT8, ActivationFormat.INT16);
  private static final Set<ActivationFormat> ONLY_INT8 = Set.of(ActivationFormat.INT8);
  private static final Set<ActivationFormat> NEITHER = Set.of();

  /// Outputs from 0 to 1.
  private static final PerTensor PROBABILITY8 = new PerTensor(1f / 256, -128);

  /// Outputs from -1 to 1.
  private static final PerTensor SIGNED8 = new PerTensor(1f / 128, 0);

  private static final PerTensor UNIT16 = new PerTensor(1f / 32768, 0);

  private static final PerTensor LOGARITHM8 = new PerTensor(16f / 256, 127);

  /// Whether the operator only hands on elements, so that it takes the form of its input.
  boolean follows() {
    return switch (scales) {
      case SAME, SAME_AVERAGE, SHARED, NONE -> true;
      case OWN, FIXED, STATE, SPECIAL -> false;
    };
  }

  static OperatorRule of(Op op) {
    return switch (op) {
      case Op.Conv2d _,
          Op.DepthwiseConv2d _,
          Op.TransposeConv2d _,
          Op.FullyConnected _,
          Op.BatchMatMul _,
          Op.LeakyRelu _,
          Op.Prelu _ ->
          own(BOTH);
      case Op.Lstm _ -> new OperatorRule(BOTH, Scales.OWN, Map.of());
      case Op.Svdf _ -> own(ONLY_INT8);
      case Op.Pool2d pool ->
          switch (pool.kind()) {
            case MAX -> new OperatorRule(BOTH, Scales.SAME, Map.of());
            case AVERAGE -> new OperatorRule(BOTH, Scales.SAME_AVERAGE, Map.of());
            case L2 -> float32();
          };
      case Op.L2Normalization _ -> fixed(Map.of(ActivationFormat.INT8, SIGNED8));
      case Op.Softmax _ -> fixed(PROBABILITY8, UNIT16);
      case Op.LogSoftmax _ -> fixed(Map.of(ActivationFormat.INT8, LOGARITHM8));
      case Op.Unary unary -> unary(unary.kind());
      case Op.Binary binary -> binary(binary.kind());
      case Op.AddN _ -> float32();
      case Op.Compare _, Op.ArgReduce _ -> new OperatorRule(BOTH, Scales.NONE, Map.of());
      case Op.Select _, Op.Concat _ -> new OperatorRule(BOTH, Scales.SHARED, Map.of());
      case Op.Reduce reduce ->
          switch (reduce.kind()) {
            case MEAN, SUM -> own(BOTH);
            case MAX, MIN -> new OperatorRule(BOTH, Scales.SAME, Map.of());
            case PRODUCT -> float32();
          };
      case Op.CumulativeSum _ -> own(ONLY_INT8);
      case Op.Resize resize ->
          switch (resize.kind()) {
            case NEAREST -> new OperatorRule(BOTH, Scales.SAME, Map.of());
            case BILINEAR -> new OperatorRule(ONLY_INT8, Scales.SAME_AVERAGE, Map.of());
          };
      case Op.Reshape _,
          Op.Pad _,
          Op.Split _,
          Op.Slice _,
          Op.Transpose _,
          Op.Gather _,
          Op.GatherNd _,
          Op.BroadcastTo _,
          Op.Reverse _,
          Op.SpaceToDepth _,
          Op.DepthToSpace _,
          Op.SpaceToBatch _,
          Op.BatchToSpace _ ->
          new OperatorRule(BOTH, Scales.SAME, Map.of());
      case Op.ReadVariable _, Op.AssignVariable _ -> new OperatorRule(BOTH, Scales.STATE, Map.of());
      case Op.Logical _,
          Op.Quantize _,
          Op.Dequantize _,
          Op.Cast _,
          Op.BroadcastArgs _,
          Op.TreeEnsemble _,
          Op.KernelMatrix _,
          Op.NearestVote _,
          Op.CustomOp _ ->
          float32();
    };
  }

  private static OperatorRule unary(Op.Unary.Kind kind) {
    return switch (kind) {
      case RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1, ABS, RSQRT -> own(BOTH);
      case ELU, HARD_SWISH, EXP, LOG -> own(ONLY_INT8);
      case LOGISTIC -> fixed(PROBABILITY8, UNIT16);
      case TANH -> fixed(SIGNED8, UNIT16);
      case NEG,
          SQUARE,
          SQRT,
          SIN,
          COS,
          FLOOR,
          CEIL,
          ROUND,
          LOGICAL_NOT,
          TAN,
          ASIN,
          ACOS,
          ATAN,
          SINH,
          COSH,
          ASINH,
          ACOSH,
          ATANH,
          ERF,
          SIGN,
          SOFTPLUS ->
          float32();
    };
  }

  private static OperatorRule binary(Op.Binary.Kind kind) {
    return switch (kind) {
      case ADD, SUB, MUL, SQUARED_DIFFERENCE -> own(BOTH);
      case DIV -> own(ONLY_INT8);
      case MINIMUM, MAXIMUM -> new OperatorRule(BOTH, Scales.SHARED, Map.of());
      case FLOOR_DIV, FLOOR_MOD, POWER -> float32();
    };
  }

  private static OperatorRule own(Set<ActivationFormat> formats) {
    return new OperatorRule(formats, Scales.OWN, Map.of());
  }

  private static OperatorRule float32() {
    return new OperatorRule(NEITHER, Scales.SPECIAL, Map.of());
  }

  private static OperatorRule fixed(PerTensor int8, PerTensor int16) {
    return fixed(Map.of(ActivationFormat.INT8, int8, ActivationFormat.INT16, int16));
  }

  private static OperatorRule fixed(Map<ActivationFormat, PerTensor> outputs) {
    return new OperatorRule(outputs.keySet(), Scales.FIXED, new EnumMap<>(outputs));
  }
}
