package dev.mote.frontends.tflite;

import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which element types each operator takes: what TensorFlow Lite Micro has, and floats with
/// quantized or half weights.
///
/// A line is `OPERATOR: input, input … -> output`. Alternatives are separated by `|`; `?` marks an
/// input that may be absent,
/// `*` the last input when it may be repeated, `same` the element type of the first input. `q8` and
/// `q16` are int8 and
/// int16 activations, which need a scale (int16 with zero point 0); `w8` and `w4` are weights,
/// quantized per tensor or channel. Types of indices, shapes and axes are part of a line.
final class OperatorTypes {

  private static final String TABLE =
      """
      CONV_2D: q8, w8|w4, ?int32 -> q8
      CONV_2D: q16, w8, ?int32|int64 -> q16
      CONV_2D: float32, float32|w8|w4|float16, ?float32 -> float32
      DEPTHWISE_CONV_2D: q8, w8|w4, ?int32 -> q8
      DEPTHWISE_CONV_2D: q16, w8, ?int32|int64 -> q16
      DEPTHWISE_CONV_2D: float32, float32|w8|w4|float16, ?float32 -> float32
      TRANSPOSE_CONV: int32, w8, q8, ?int32 -> q8
      TRANSPOSE_CONV: int32, w8, q16, ?int32|int64 -> q16
      TRANSPOSE_CONV: int32, float32|w8|float16, float32, ?float32 -> float32
      FULLY_CONNECTED: q8, w8|w4, ?int32 -> q8
      FULLY_CONNECTED: q16, w8, ?int32|int64 -> q16
      FULLY_CONNECTED: float32, float32|w8|w4|float16, ?float32 -> float32
      BATCH_MATMUL: q8, q8 -> q8
      BATCH_MATMUL: q16, q16 -> q16
      BATCH_MATMUL: float32, float32 -> float32
      AVERAGE_POOL_2D: q8|q16|float32 -> same
      MAX_POOL_2D: q8|q16|float32 -> same
      L2_POOL_2D: float32 -> same

      ADD: q8, q8 -> q8
      ADD: q16, q16 -> q16
      ADD: int32, int32 -> int32
      ADD: int64, int64 -> int64
      ADD: float32, float32 -> float32
      SUB: q8, q8 -> q8
      SUB: q16, q16 -> q16
      SUB: int32, int32 -> int32
      SUB: int64, int64 -> int64
      SUB: float32, float32 -> float32
      MUL: q8, q8 -> q8
      MUL: q16, q16 -> q16
      MUL: int32, int32 -> int32
      MUL: int64, int64 -> int64
      MUL: float32, float32 -> float32
      DIV: q8, q8 -> q8
      DIV: int32, int32 -> int32
      DIV: float32, float32 -> float32
      FLOOR_DIV: int32, int32 -> int32
      FLOOR_DIV: float32, float32 -> float32
      FLOOR_MOD: int32, int32 -> int32
      FLOOR_MOD: int64, int64 -> int64
      FLOOR_MOD: float32, float32 -> float32
      SQUARED_DIFFERENCE: q8, q8 -> q8
      SQUARED_DIFFERENCE: q16, q16 -> q16
      SQUARED_DIFFERENCE: int32, int32 -> int32
      SQUARED_DIFFERENCE: float32, float32 -> float32
      MINIMUM: int8, int8 -> int8
      MINIMUM: int16, int16 -> int16
      MINIMUM: int32, int32 -> int32
      MINIMUM: int64, int64 -> int64
      MINIMUM: float32, float32 -> float32
      MAXIMUM: int8, int8 -> int8
      MAXIMUM: int16, int16 -> int16
      MAXIMUM: int32, int32 -> int32
      MAXIMUM: int64, int64 -> int64
      MAXIMUM: float32, float32 -> float32
      ADD_N: q8* -> q8
      ADD_N: int32* -> int32
      ADD_N: float32* -> float32
      EQUAL: bool, bool -> bool
      EQUAL: q8, q8 -> bool
      EQUAL: q16, q16 -> bool
      EQUAL: int32, int32 -> bool
      EQUAL: int64, int64 -> bool
      EQUAL: float32, float32 -> bool
      NOT_EQUAL: bool, bool -> bool
      NOT_EQUAL: q8, q8 -> bool
      NOT_EQUAL: q16, q16 -> bool
      NOT_EQUAL: int32, int32 -> bool
      NOT_EQUAL: int64, int64 -> bool
      NOT_EQUAL: float32, float32 -> bool
      LESS: q8, q8 -> bool
      LESS: q16, q16 -> bool
      LESS: int32, int32 -> bool
      LESS: int64, int64 -> bool
      LESS: float32, float32 -> bool
      LESS_EQUAL: q8, q8 -> bool
      LESS_EQUAL: q16, q16 -> bool
      LESS_EQUAL: int32, int32 -> bool
      LESS_EQUAL: int64, int64 -> bool
      LESS_EQUAL: float32, float32 -> bool
      GREATER: q8, q8 -> bool
      GREATER: q16, q16 -> bool
      GREATER: int32, int32 -> bool
      GREATER: int64, int64 -> bool
      GREATER: float32, float32 -> bool
      GREATER_EQUAL: q8, q8 -> bool
      GREATER_EQUAL: q16, q16 -> bool
      GREATER_EQUAL: int32, int32 -> bool
      GREATER_EQUAL: int64, int64 -> bool
      GREATER_EQUAL: float32, float32 -> bool
      LOGICAL_AND: bool, bool -> bool
      LOGICAL_OR: bool, bool -> bool
      SELECT: bool, bool, bool -> bool
      SELECT: bool, int8, int8 -> int8
      SELECT: bool, int16, int16 -> int16
      SELECT: bool, int32, int32 -> int32
      SELECT: bool, int64, int64 -> int64
      SELECT: bool, float32, float32 -> float32
      SELECT_V2: bool, bool, bool -> bool
      SELECT_V2: bool, int8, int8 -> int8
      SELECT_V2: bool, int16, int16 -> int16
      SELECT_V2: bool, int32, int32 -> int32
      SELECT_V2: bool, int64, int64 -> int64
      SELECT_V2: bool, float32, float32 -> float32
      MEAN: q8|q16|float32, int32 -> same
      SUM: q8|q16|int32|float32, int32 -> same
      REDUCE_MAX: int8|int16|int32|float32, int32 -> same
      REDUCE_MIN: int8|int16|int32|float32, int32 -> same
      ARG_MAX: int8|int16|int32|float32, int32|int64 -> int32|int64
      ARG_MIN: int8|int16|int32|float32, int32|int64 -> int32|int64
      CUMSUM: q8|int32|int64|float32, int32 -> same

      RELU: q8|q16|float32 -> same
      RELU6: q8|q16|float32 -> same
      RELU_N1_TO_1: q8|float32 -> same
      RELU_0_TO_1: q8|float32 -> same
      ELU: q8|float32 -> same
      HARD_SWISH: q8|float32 -> same
      LOGISTIC: q8|q16|float32 -> same
      TANH: q8|q16|float32 -> same
      ABS: q8|int16|int32|float32 -> same
      RSQRT: q8|q16|float32 -> same
      NEG: int32|int64|float32 -> same
      SQUARE: float32 -> same
      SQRT: float32 -> same
      EXP: q8|float32 -> same
      LOG: q8|float32 -> same
      SIN: float32 -> same
      COS: float32 -> same
      FLOOR: float32 -> same
      CEIL: float32 -> same
      ROUND: float32 -> same
      LOGICAL_NOT: bool -> bool
      LEAKY_RELU: q8|q16|float32 -> same
      PRELU: q8, q8 -> q8
      PRELU: q16, q8 -> q16
      PRELU: float32, float32 -> float32
      SOFTMAX: q8 -> q8|int16
      SOFTMAX: q16|float32 -> same
      LOG_SOFTMAX: q8|float32 -> same
      L2_NORMALIZATION: q8|float32 -> same
      QUANTIZE: float32 -> q8|q16|q32
      QUANTIZE: q8|q16|q32 -> q8|q16|q32
      DEQUANTIZE: q8|q16|q32|w8|w4|float16 -> float32
      CAST: bool|int8|int16|int32|int64|uint8|float32 -> bool|int8|int16|int32|int64|uint8|float32

      RESHAPE: any, ?int32|int64 -> same
      SQUEEZE: any -> same
      EXPAND_DIMS: any, int32|int64 -> same
      PAD: bool|int8|int16|int32|int64|uint8|float32, int32|int64 -> same
      PADV2: bool, int32|int64, bool -> same
      PADV2: int8, int32|int64, int8 -> same
      PADV2: int16, int32|int64, int16 -> same
      PADV2: int32, int32|int64, int32 -> same
      PADV2: int64, int32|int64, int64 -> same
      PADV2: uint8, int32|int64, uint8 -> same
      PADV2: float32, int32|int64, float32 -> same
      MIRROR_PAD: any, int32|int64 -> same
      CONCATENATION: bool* -> same
      CONCATENATION: int8* -> same
      CONCATENATION: int16* -> same
      CONCATENATION: int32* -> same
      CONCATENATION: int64* -> same
      CONCATENATION: uint8* -> same
      CONCATENATION: float32* -> same
      SPLIT: int32, bool -> bool
      SPLIT: int32, int8 -> int8
      SPLIT: int32, int16 -> int16
      SPLIT: int32, int32 -> int32
      SPLIT: int32, int64 -> int64
      SPLIT: int32, uint8 -> uint8
      SPLIT: int32, float32 -> float32
      SPLIT_V: any, int32|int64, int32 -> same
      SLICE: any, int32|int64, int32|int64 -> same
      STRIDED_SLICE: any, int32, int32, int32 -> same
      PACK: bool* -> same
      PACK: int8* -> same
      PACK: int16* -> same
      PACK: int32* -> same
      PACK: int64* -> same
      PACK: uint8* -> same
      PACK: float32* -> same
      UNPACK: any -> same
      TRANSPOSE: any, int32|int64 -> same
      GATHER: any, int32|int64 -> same
      GATHER_ND: any, int32|int64 -> same
      EMBEDDING_LOOKUP: int32, w8 -> float32|q8
      EMBEDDING_LOOKUP: int32, float32 -> float32
      BROADCAST_TO: any, int32|int64 -> same
      BROADCAST_ARGS: int32, int32 -> int32
      BROADCAST_ARGS: int64, int64 -> int64
      FILL: int32|int64, bool -> bool
      FILL: int32|int64, int8 -> int8
      FILL: int32|int64, int16 -> int16
      FILL: int32|int64, int32 -> int32
      FILL: int32|int64, int64 -> int64
      FILL: int32|int64, uint8 -> uint8
      FILL: int32|int64, float32 -> float32
      ZEROS_LIKE: any -> same
      REVERSE_V2: any, int32 -> same
      RESIZE_NEAREST_NEIGHBOR: int8|int16|int32|uint8|float32, int32 -> same
      RESIZE_BILINEAR: q8|float32, int32 -> same
      SPACE_TO_DEPTH: any -> same
      DEPTH_TO_SPACE: any -> same
      SPACE_TO_BATCH_ND: any, int32|int64, int32|int64 -> same
      BATCH_TO_SPACE_ND: any, int32|int64, int32|int64 -> same
      SHAPE: any -> int32|int64
      """;

  /// Operators whose operands are too many for a line; their readers check the types.
  private static final List<String> CHECKED_BY_READER =
      List.of(
          "UNIDIRECTIONAL_SEQUENCE_LSTM", "SVDF", "VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE");

  private static final String ANY = "bool|int8|int16|int32|int64|uint8|float32";

  private static final Map<String, List<Line>> LINES = parse();

  /// One combination of types.
  ///
  /// @param inputs alternatives of each input
  /// @param optional index of the first input that may be absent
  /// @param repeated whether the last input may be given any number of times
  /// @param outputs alternatives of every output
  record Line(List<List<String>> inputs, int optional, boolean repeated, List<String> outputs) {

    /// What the operator computes on: the alternatives of the output or, where that says little, of
    /// the inputs.
    @Override
    public String toString() {
      return inputs.stream().map(Line::plain).collect(Collectors.joining(" × "))
          + " → "
          + plain(outputs);
    }

    private static String plain(List<String> alternatives) {
      return alternatives.stream()
          .map(
              a ->
                  switch (a.charAt(0)) {
                    case 'q' -> "int" + a.substring(1);
                    case 'w' -> "int" + a.substring(1) + " weights";
                    default -> a;
                  })
          .collect(Collectors.joining("|"));
    }

    boolean accepts(List<TensorType> given, List<TensorType> results, boolean quantization) {
      if (given.size() < optional || !repeated && given.size() > inputs.size()) {
        return false;
      }
      for (int i = 0; i < given.size(); i++) {
        List<String> alternatives = inputs.get(Math.min(i, inputs.size() - 1));
        if (match(alternatives, given.get(i), quantization).isEmpty()) {
          return false;
        }
      }
      // The output takes the very alternative that the first input took.
      String first = match(inputs.getFirst(), given.getFirst(), quantization).orElseThrow();
      List<String> wanted = outputs.equals(List.of("same")) ? List.of(first) : outputs;
      return results.stream().allMatch(r -> match(wanted, r, quantization).isPresent());
    }

    private static Optional<String> match(
        List<String> alternatives, TensorType type, boolean quantization) {
      return alternatives.stream().filter(a -> matches(a, type, quantization)).findFirst();
    }

    private static boolean matches(String token, TensorType type, boolean quantization) {
      Quantization q = type.quantization();
      return switch (token) {
        case "q8" ->
            type.element() == ElementType.INT8
                && (!quantization || q instanceof Quantization.PerTensor);
        case "q16" ->
            type.element() == ElementType.INT16
                && (!quantization || q instanceof Quantization.PerTensor(_, int z) && z == 0);
        case "q32" ->
            type.element() == ElementType.INT32
                && (!quantization || q instanceof Quantization.PerTensor);
        case "w8" -> type.element() == ElementType.INT8 && (!quantization || q.isQuantized());
        case "w4" -> type.element() == ElementType.INT4 && (!quantization || q.isQuantized());
        default -> type.element() == ElementType.valueOf(token.toUpperCase(Locale.ROOT));
      };
    }
  }

  private OperatorTypes() {}

  /// Operator → its combinations of types, in the order of the families.
  static Map<String, List<Line>> table() {
    return LINES;
  }

  /// Refuses `view` unless TensorFlow Lite Micro, or Mote beyond it, has the operator for its
  /// types.
  static void check(String operator, OperatorView view) {
    if (CHECKED_BY_READER.contains(operator)) {
      return;
    }
    List<TensorType> given = new ArrayList<>();
    for (int i = 0; i < view.inputCount() && (i == 0 || view.hasInput(i)); i++) {
      given.add(view.inputType(i));
    }
    List<TensorType> results = new ArrayList<>();
    for (int i = 0; i < view.outputCount(); i++) {
      results.add(TensorType.plain(view.target(i).element(), dev.mote.ir.Shape.SCALAR));
      if (view.target(i).quantization() instanceof Quantization.PerTensor q) {
        results.set(i, results.get(i).withQuantization(q));
      }
    }
    if (given.isEmpty() || results.isEmpty()) {
      throw view.damaged(
          ReadProblem.OPERAND_COUNT,
          "it has %d inputs and %d outputs".formatted(given.size(), results.size()));
    }
    List<Line> lines = LINES.getOrDefault(operator, List.of());
    if (lines.stream().anyMatch(line -> line.accepts(given, results, true))) {
      return;
    }
    String types = describe(given) + " → " + describe(results);
    if (lines.stream().anyMatch(line -> line.accepts(given, results, false))) {
      throw view.problem(
          ReadProblem.MISSING_QUANTIZATION,
          "an operand lacks its scale, or has a zero point where there must be none, in " + types,
          "quantize the model again with TFLite's converter.");
    }
    throw view.problem(
        ReadProblem.OPERAND_TYPES,
        "it is not supported for " + types,
        "use one of: %s."
            .formatted(lines.stream().map(Line::toString).collect(Collectors.joining("; "))));
  }

  private static String describe(List<TensorType> types) {
    return types.stream().map(t -> t.element().label()).collect(Collectors.joining(" × "));
  }

  private static Map<String, List<Line>> parse() {
    Map<String, List<Line>> lines = new LinkedHashMap<>();
    for (String text : TABLE.lines().filter(l -> !l.isBlank()).toList()) {
      String[] sides = text.split(": | -> ", -1);
      List<List<String>> inputs = new ArrayList<>();
      int optional = Integer.MAX_VALUE;
      boolean repeated = false;
      for (String input : sides[1].split(", ", -1)) {
        if (input.startsWith("?")) {
          optional = Math.min(optional, inputs.size());
        }
        repeated |= input.endsWith("*");
        inputs.add(alternatives(input.replace("?", "").replace("*", "")));
      }
      Line line =
          new Line(
              List.copyOf(inputs),
              Math.min(optional, inputs.size()),
              repeated,
              alternatives(sides[2]));
      lines.computeIfAbsent(sides[0], _ -> new ArrayList<>()).add(line);
    }
    return lines;
  }

  private static List<String> alternatives(String text) {
    return List.of((text.equals("any") ? ANY : text).split("\\|", -1));
  }
}
