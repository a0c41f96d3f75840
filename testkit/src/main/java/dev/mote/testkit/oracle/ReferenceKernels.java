package dev.mote.testkit.oracle;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Which of TFLite's kernels stands for each built-in operator: its reference kernel, or the only
/// one where an operator has but one.
///
/// Operators that are not named here cannot be run by the oracle.
final class ReferenceKernels {

  /// Operators whose reference kernel has a name of its own: builtin code, name.
  private static final Map<Integer, String> WITH_REFERENCE =
      table(
          """
          0 ADD_REF
          1 AVERAGE_POOL_REF
          2 CONCATENATION_REF
          3 CONVOLUTION_REF
          4 DEPTHWISE_CONVOLUTION_REF
          5 DEPTH_TO_SPACE_REF
          6 DEQUANTIZE_REF
          8 FLOOR_REF
          9 FULLY_CONNECTED_REF
          11 L2NORM_REF
          12 L2_POOL_REF
          14 LOGISTIC_REF
          17 MAX_POOL_REF
          18 MUL_REF
          23 RESIZE_BILINEAR_REF
          25 SOFTMAX_REF
          26 SPACE_TO_DEPTH_REF
          28 TANH_REF
          34 PAD_REF
          37 BATCH_TO_SPACE_ND_REF
          38 SPACE_TO_BATCH_ND_REF
          39 TRANSPOSE_REF
          40 MEAN_REF
          41 SUB_REF
          42 DIV_REF
          45 STRIDED_SLICE_REF
          47 EXP_REF
          50 LOG_SOFTMAX_REF
          54 PRELU_REF
          55 MAXIMUM_REF
          57 MINIMUM_REF
          60 PADV2_REF
          65 SLICE_REF
          67 TRANSPOSECONV_REF
          74 SUM_REF
          82 REDUCE_MAX_REF
          89 REDUCE_MIN_REF
          97 RESIZE_NEAREST_NEIGHBOR_REF
          98 LEAKY_RELU_REF
          114 QUANTIZE_REF
          117 HARD_SWISH_REF
          126 BATCH_MATMUL_REF
          """);

  /// Operators with one kernel only, which is written like a reference kernel.
  private static final Map<Integer, String> ONLY_ONE =
      table(
          """
          7 EMBEDDING_LOOKUP
          19 RELU
          20 RELU_N1_TO_1
          21 RELU6
          22 RESHAPE
          27 SVDF
          36 GATHER
          43 SQUEEZE
          44 UNIDIRECTIONAL_SEQUENCE_LSTM
          49 SPLIT
          53 CAST
          56 ARG_MAX
          58 LESS
          59 NEG
          61 GREATER
          62 GREATER_EQUAL
          63 LESS_EQUAL
          66 SIN
          70 EXPAND_DIMS
          71 EQUAL
          72 NOT_EQUAL
          73 LOG
          75 SQRT
          76 RSQRT
          77 SHAPE
          79 ARG_MIN
          83 PACK
          84 LOGICAL_OR
          86 LOGICAL_AND
          87 LOGICAL_NOT
          88 UNPACK
          90 FLOOR_DIV
          92 SQUARE
          93 ZEROS_LIKE
          94 FILL
          95 FLOOR_MOD
          99 SQUARED_DIFFERENCE
          100 MIRROR_PAD
          101 ABS
          102 SPLIT_V
          104 CEIL
          105 REVERSE_V2
          106 ADD_N
          107 GATHER_ND
          108 COS
          111 ELU
          116 ROUND
          123 SELECT_V2
          128 CUMSUM
          130 BROADCAST_TO
          142 VAR_HANDLE
          143 READ_VARIABLE
          144 ASSIGN_VARIABLE
          145 BROADCAST_ARGS
          152 RELU_0_TO_1
          """);

  private ReferenceKernels() {}

  /// Builtin operator code → name of the kernel.
  static Map<Integer, String> byCode() {
    Map<Integer, String> all = new LinkedHashMap<>(WITH_REFERENCE);
    all.putAll(ONLY_ONE);
    return Collections.unmodifiableMap(all);
  }

  private static Map<Integer, String> table(String rows) {
    Map<Integer, String> table = new LinkedHashMap<>();
    Arrays.stream(rows.split("\n"))
        .map(String::strip)
        .forEach(
            row -> {
              String[] columns = row.split(" ", 2);
              table.put(Integer.valueOf(columns[0]), columns[1]);
            });
    return table;
  }
}
