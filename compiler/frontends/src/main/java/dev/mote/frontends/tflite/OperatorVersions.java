package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.ir.ElementType;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which version of an operator a use of it needs, and since which runtime that version exists.
///
/// Source: TensorFlow Lite's published operator versions (`tools/versioning`). Runtimes that lack a
/// version refuse the model when they load it.
final class OperatorVersions {

  /// A version of an operator.
  record Version(int builtin, int version) {}

  /// Version of an operator by the element type of the operand that decides; the first that fits
  /// counts. `>4` is a rank, `else` everything.
  private static final String BY_TYPE =
      """
      AVERAGE_POOL_2D int16:3 int8:2
      MAX_POOL_2D int16:3 int8:2
      BATCH_MATMUL int16:3 int8:2
      ADD int64:4 int16:3 int8:2
      SUB int64:4 int16:5 >4:3 int8:2
      DIV >4:2
      MINIMUM int16:4 >4:3 int8:2
      MAXIMUM int16:4 >4:3 int8:2
      FLOOR_DIV float32:2
      SQUARED_DIFFERENCE int8:2
      EQUAL int16:4 int8:2
      NOT_EQUAL int8:2
      LESS int16:3 int8:2
      GREATER_EQUAL int16:3 int8:2
      LESS_EQUAL int8:2
      GREATER int8:2
      SOFTMAX int16:3 int8:2
      LOG_SOFTMAX int8:2
      L2_NORMALIZATION int8:2
      MEAN int16:3 int8:2
      SUM int8:2
      REDUCE_MAX int16:3 int8:2
      REDUCE_MIN int16:3 int8:2
      REDUCE_PROD int8:2 int16:2
      ARG_MAX int8:2
      ARG_MIN int8:2
      RELU int16:3 int8:2
      RELU6 int16:3 int8:2
      RSQRT int16:3 int8:2
      TANH int16:3 int8:2
      LOGISTIC int16:3 int8:2
      LEAKY_RELU int16:2
      ABS int32:5 int16:3 int8:2
      EXP int8:2 int16:2
      LOG int8:2 int16:2
      PAD >4:4 int16:3 int8:2
      PADV2 >4:4 int16:3 int8:2
      MIRROR_PAD int16:3 int8:2
      CONCATENATION int16:3 int8:2
      SPLIT int16:4 int32:3 int8:2
      SPLIT_V int8:2
      SLICE >4:5 int16:4 int8:2
      STRIDED_SLICE >4:4 bool:3 int8:2
      TRANSPOSE >5:6 int16:5 >4:4 bool:3 int8:2
      GATHER int16:4 bool:3 int8:2
      GATHER_ND bool:5 int16:3
      BROADCAST_TO int8:3 int16:3 else:2
      REVERSE_V2 int8:3 bool:2
      RESIZE_BILINEAR int16:4 int8:2
      RESIZE_NEAREST_NEIGHBOR int16:4 int8:2
      SPACE_TO_DEPTH int8:2
      DEPTH_TO_SPACE int8:2
      SPACE_TO_BATCH_ND int16:4 <4:3 int8:2
      BATCH_TO_SPACE_ND int16:4 <4:3 int8:2
      DEQUANTIZE int4:6 int16:3 float16:3 int8:2
      SVDF int8:3
      UNIDIRECTIONAL_SEQUENCE_LSTM int16:5
      """;

  /// The runtime that first had each version, from version 1 on; `-` for versions that are not
  /// recorded.
  private static final String SINCE =
      """
      CONV_2D 1.5.0 1.14.0 1.14.0 2.3.0 2.4.0 2.9.0
      DEPTHWISE_CONV_2D 1.5.0 1.12.0 1.14.0 2.2.0 2.3.0 2.3.0
      TRANSPOSE_CONV 1.9.0 2.2.0 2.3.0 2.13.0
      FULLY_CONNECTED 1.5.0 1.10.0 1.14.0 1.14.0 2.0.0 2.1.0 2.3.0 2.3.0 2.3.0
      BATCH_MATMUL 2.3.0 2.3.0 2.4.0
      AVERAGE_POOL_2D 1.5.0 1.14.0 2.3.0
      MAX_POOL_2D 1.5.0 1.14.0 2.3.0
      L2_POOL_2D 1.5.0
      ADD 1.5.0 1.14.0 2.4.0 2.6.0
      SUB 1.6.0 1.14.0 2.3.0 2.4.0 2.4.0
      MUL 1.5.0 1.14.0 1.15.0 2.3.0 2.6.0
      DIV 1.6.0 2.3.0
      FLOOR_DIV 1.14.0 1.14.0
      FLOOR_MOD 1.13.0
      SQUARED_DIFFERENCE 1.13.1 2.5.0
      MINIMUM 1.14.0 1.14.0 2.3.0 2.3.0
      MAXIMUM 1.14.0 1.14.0 2.3.0 2.3.0
      POW 1.10.0
      ADD_N 1.14.0
      EQUAL 1.14.0 1.14.0 2.3.0
      NOT_EQUAL 1.14.0 1.14.0 2.3.0
      LESS 1.14.0 1.14.0
      LESS_EQUAL 1.14.0 1.14.0
      GREATER 1.14.0 1.14.0
      GREATER_EQUAL 1.14.0 1.14.0
      LOGICAL_AND 1.11.0
      LOGICAL_OR 1.11.0
      LOGICAL_NOT 1.11.0
      SELECT_V2 2.2.0
      MEAN 1.6.0 1.14.0 2.4.0
      SUM 1.10.0 1.15.0
      REDUCE_MAX 1.11.0 1.14.0 2.5.0
      REDUCE_MIN 1.11.0 1.14.0 2.5.0
      REDUCE_PROD 1.11.0 2.6.0
      ARG_MAX 1.9.0 1.14.0
      ARG_MIN 1.9.0 1.14.0
      CUMSUM 2.4.0
      RELU 1.5.0 2.1.0 2.5.0
      RELU6 1.5.0 1.14.0 2.5.0
      RELU_N1_TO_1 1.5.0
      RELU_0_TO_1 2.10.0
      ELU 1.14.0
      HARD_SWISH 1.15.0
      LOGISTIC 1.14.0 1.14.0 2.3.0
      TANH 1.14.0 1.14.0 2.3.0
      ABS 1.13.0 2.4.0 2.5.0 2.6.0
      NEG 1.9.0
      SQUARE 1.12.0
      SQRT 1.10.0
      RSQRT 1.10.0 2.5.0
      EXP 1.7.0
      LOG 1.14.0
      SIN 1.9.0
      COS 1.14.0
      FLOOR 1.9.0
      CEIL 1.14.0
      ROUND 1.14.0
      LEAKY_RELU 1.13.1 2.3.0
      PRELU 1.8.0
      SOFTMAX 1.5.0 1.14.0 2.3.0
      LOG_SOFTMAX 1.14.0 1.14.0
      L2_NORMALIZATION 1.5.0 1.14.0
      QUANTIZE 1.14.0 1.15.0 2.7.0
      DEQUANTIZE 1.13.1 1.14.0 1.15.0 2.2.0 2.7.0
      CAST 1.5.0 2.7.0 2.8.0
      RESHAPE 1.5.0
      PAD 1.5.0 1.14.0 2.4.0 2.6.0
      PADV2 1.9.0 1.14.0 2.4.0 2.6.0
      MIRROR_PAD 1.13.1 2.3.0
      CONCATENATION 1.5.0 1.14.0 2.3.0
      SPLIT 1.5.0 1.14.0 1.14.0 2.3.0
      SPLIT_V 1.13.1 2.3.0
      SLICE 1.14.0 1.14.0 1.14.0 2.4.0 2.5.0
      STRIDED_SLICE 1.6.0 1.14.0 2.1.0 2.2.0
      TRANSPOSE 1.6.0 1.14.0 1.15.0 2.3.0 2.4.0
      GATHER 1.6.0 1.14.0 1.15.0 2.4.0 2.5.0
      GATHER_ND 1.14.0 2.3.0 2.5.0
      BROADCAST_TO - 2.5.0 2.5.0
      BROADCAST_ARGS 2.6.0
      REVERSE_V2 1.14.0 2.2.0 2.5.0
      RESIZE_BILINEAR 1.7.0 1.14.0 2.2.0 2.5.0
      RESIZE_NEAREST_NEIGHBOR 1.13.1 1.14.0 2.3.0 2.4.0
      SPACE_TO_DEPTH 1.5.0 1.14.0
      DEPTH_TO_SPACE 2.1.0 2.5.0
      SPACE_TO_BATCH_ND 1.6.0 1.14.0 2.3.0
      BATCH_TO_SPACE_ND 1.6.0 1.14.0 2.3.0
      SVDF 1.5.0 1.14.0 2.2.0
      UNIDIRECTIONAL_SEQUENCE_LSTM 1.13.1 1.14.0 2.3.0
      VAR_HANDLE 2.6.0
      READ_VARIABLE 2.6.0
      ASSIGN_VARIABLE 2.6.0
      """;

  private static final Map<Integer, List<String>> RULES = lines(BY_TYPE);
  private static final Map<Version, List<Integer>> RUNTIMES = runtimes();

  private OperatorVersions() {}

  /// The version of `builtin` that computes on `type`, where no attribute asks for more.
  static int of(int builtin, TensorType type) {
    for (String rule : RULES.getOrDefault(builtin, List.of())) {
      String[] sides = rule.split(":", -1);
      if (fits(sides[0], type)) {
        return Integer.parseInt(sides[1]);
      }
    }
    return 1;
  }

  private static boolean fits(String condition, TensorType type) {
    return switch (condition.charAt(0)) {
      case '>' -> type.shape().rank() > Integer.parseInt(condition.substring(1));
      case '<' -> type.shape().rank() < Integer.parseInt(condition.substring(1));
      default -> condition.equals("else") || type.element().label().equals(condition);
    };
  }

  /// Version of a layer with weights.
  static int ofLayer(int builtin, TensorType x, TensorType weights, Traits traits) {
    boolean wide = x.element() == ElementType.INT16;
    boolean narrow = weights.element() == ElementType.INT4;
    boolean real = x.element() == ElementType.FLOAT32;
    boolean hybrid = real && weights.element().isInteger();
    boolean perChannel = weights.quantization() instanceof dev.mote.ir.Quantization.PerChannel;
    return switch (builtin) {
      case BuiltinOperator.CONV_2D -> {
        int version = wide ? traits.narrowBias() ? 8 : 4 : narrow ? 7 : real ? 1 : 3;
        version = Math.max(version, hybrid ? perChannel ? 5 : 2 : 1);
        yield traits.grouped() ? Math.max(version, 6) : version;
      }
      case BuiltinOperator.DEPTHWISE_CONV_2D -> {
        int version = wide ? 5 : narrow ? 7 : real ? traits.dilated() ? 2 : 1 : 3;
        yield Math.max(version, hybrid ? perChannel ? 6 : 4 : 1);
      }
      case BuiltinOperator.TRANSPOSE_CONV ->
          wide && traits.narrowBias()
              ? 5
              : traits.activated() ? 4 : traits.biased() ? 3 : real ? 1 : 2;
      case BuiltinOperator.FULLY_CONNECTED -> {
        int version = wide ? traits.narrowBias() ? 11 : 7 : narrow ? 10 : real ? 1 : 4;
        version = Math.max(version, hybrid ? perChannel ? 12 : 3 : 1);
        version = perChannel && !real ? Math.max(version, 12) : version;
        version = traits.keepsDimensions() ? Math.max(version, 5) : version;
        yield traits.biased() ? version : Math.max(version, 6);
      }
      default -> throw new IllegalArgumentException(BuiltinOperator.name(builtin));
    };
  }

  /// What else decides a layer's version.
  ///
  /// @param narrowBias whether an int16 layer has an int32 bias
  record Traits(
      boolean biased,
      boolean narrowBias,
      boolean grouped,
      boolean dilated,
      boolean activated,
      boolean keepsDimensions) {}

  /// The oldest runtime, for instance `2.3.0`, that has all of `used`.
  static String oldestRuntime(List<Version> used) {
    List<Integer> oldest = List.of(1, 5, 0);
    for (Version version : used) {
      List<Integer> since = RUNTIMES.getOrDefault(version, oldest);
      if (Arrays.compare(array(since), array(oldest)) > 0) {
        oldest = since;
      }
    }
    return String.join(".", oldest.stream().map(String::valueOf).toList());
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Map<Version, List<Integer>> runtimes() {
    Map<Version, List<Integer>> runtimes = new HashMap<>();
    lines(SINCE)
        .forEach(
            (builtin, versions) -> {
              for (int i = 0; i < versions.size(); i++) {
                if (!versions.get(i).equals("-")) {
                  List<Integer> numbers =
                      Arrays.stream(versions.get(i).split("\\.", -1))
                          .map(Integer::valueOf)
                          .toList();
                  runtimes.put(new Version(builtin, i + 1), numbers);
                }
              }
            });
    return runtimes;
  }

  private static Map<Integer, List<String>> lines(String table) {
    List<String> names = Arrays.asList(BuiltinOperator.names);
    Map<Integer, List<String>> lines = new LinkedHashMap<>();
    for (String line : table.lines().toList()) {
      List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
      int builtin = names.indexOf(words.removeFirst());
      if (builtin < 0) {
        throw new IllegalStateException("TFLite has no operator of the line " + line);
      }
      lines.put(builtin, words);
    }
    return lines;
  }
}
