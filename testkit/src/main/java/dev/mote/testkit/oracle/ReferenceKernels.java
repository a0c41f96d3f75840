package dev.mote.testkit.oracle;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which of TFLite's kernels stands for each built-in operator: its reference kernel, or the only
/// one where an operator has but one.
///
/// Operators that are not named here cannot be run by the oracle.
final class ReferenceKernels {

  /// Operators whose reference kernel is called as they are, with `_REF` added.
  private static final List<String> WITH_REFERENCE =
      words(
          """
          ADD CONCATENATION DEPTH_TO_SPACE DEQUANTIZE FLOOR FULLY_CONNECTED LOGISTIC MUL
          RESIZE_BILINEAR SOFTMAX SPACE_TO_DEPTH TANH PAD BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND
          TRANSPOSE MEAN SUB DIV STRIDED_SLICE EXP LOG_SOFTMAX PRELU MAXIMUM MINIMUM PADV2 SLICE
          SUM REDUCE_MAX REDUCE_MIN RESIZE_NEAREST_NEIGHBOR LEAKY_RELU QUANTIZE HARD_SWISH
          BATCH_MATMUL REDUCE_PROD
          """);

  /// Operators with one kernel only, which is written like a reference kernel.
  private static final List<String> ONLY_ONE =
      words(
          """
          EMBEDDING_LOOKUP RELU RELU_N1_TO_1 RELU6 RELU_0_TO_1 RESHAPE SVDF GATHER SQUEEZE
          UNIDIRECTIONAL_SEQUENCE_LSTM SPLIT CAST ARG_MAX ARG_MIN LESS LESS_EQUAL GREATER
          GREATER_EQUAL EQUAL NOT_EQUAL NEG SIN EXPAND_DIMS LOG SQRT RSQRT SHAPE PACK LOGICAL_OR
          LOGICAL_AND LOGICAL_NOT UNPACK FLOOR_DIV SQUARE ZEROS_LIKE FILL FLOOR_MOD
          SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V CEIL REVERSE_V2 ADD_N GATHER_ND COS ELU ROUND
          SELECT_V2 CUMSUM BROADCAST_TO POW VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS
          """);

  /// Operators whose reference kernel has another name.
  private static final Map<String, String> RENAMED =
      Map.of(
          "AVERAGE_POOL_2D", "AVERAGE_POOL_REF",
          "MAX_POOL_2D", "MAX_POOL_REF",
          "L2_POOL_2D", "L2_POOL_REF",
          "L2_NORMALIZATION", "L2NORM_REF",
          "CONV_2D", "CONVOLUTION_REF",
          "DEPTHWISE_CONV_2D", "DEPTHWISE_CONVOLUTION_REF",
          "TRANSPOSE_CONV", "TRANSPOSECONV_REF");

  private ReferenceKernels() {}

  /// Builtin operator code → name of the kernel.
  static Map<Integer, String> byCode() {
    Map<Integer, String> kernels = new TreeMap<>();
    WITH_REFERENCE.forEach(operator -> kernels.put(code(operator), operator + "_REF"));
    ONLY_ONE.forEach(operator -> kernels.put(code(operator), operator));
    RENAMED.forEach((operator, kernel) -> kernels.put(code(operator), kernel));
    return Collections.unmodifiableMap(kernels);
  }

  private static int code(String operator) {
    int code = Arrays.asList(BuiltinOperator.names).indexOf(operator);
    if (code < 0) {
      throw new IllegalStateException("TFLite has no operator " + operator);
    }
    return code;
  }

  private static List<String> words(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
