package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.ir.Op;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Which function reads which operator.
final class OperatorReaders {

  private static final Set<Integer> CONTROL_FLOW =
      Set.of(
          BuiltinOperator.IF,
          BuiltinOperator.WHILE,
          BuiltinOperator.CALL,
          BuiltinOperator.CALL_ONCE,
          BuiltinOperator.STABLEHLO_WHILE,
          BuiltinOperator.STABLEHLO_CASE,
          BuiltinOperator.STABLEHLO_COMPOSITE);

  private static final Map<Integer, Consumer<OperatorView>> READERS = readers();

  private OperatorReaders() {}

  /// The operators that can be read, as the file format calls them.
  static List<String> supported() {
    return READERS.keySet().stream().map(OperatorReaders::label).toList();
  }

  /// How the file format calls operator `code`.
  static String label(int code) {
    return code >= 0 && code < BuiltinOperator.names.length
        ? BuiltinOperator.name(code)
        : "operator code " + code;
  }

  /// Reads one operator.
  ///
  /// @throws Refusal when it, or a use of it, is not supported
  static void read(int code, OperatorView view) {
    Consumer<OperatorView> reader = READERS.get(code);
    if (reader == null) {
      throw CONTROL_FLOW.contains(code)
          ? view.problem(
              ReadProblem.CONTROL_FLOW,
              "control flow is not supported",
              "unroll or leave out the loop or branch in the model, or split it into several"
                  + " models that the application calls.")
          : view.problem(
              ReadProblem.UNSUPPORTED_OPERATOR,
              "the operator is not supported",
              "replace it in the model, or leave it out and compute it in the application.");
    }
    OperatorTypes.check(label(code), view);
    reader.accept(view);
  }

  private static Map<Integer, Consumer<OperatorView>> readers() {
    Map<Integer, Consumer<OperatorView>> readers = new LinkedHashMap<>();
    addConvolutions(readers);
    addBinaries(readers);
    addUnaries(readers);
    addMovements(readers);
    addRecurrences(readers);
    return readers;
  }

  private static void addConvolutions(Map<Integer, Consumer<OperatorView>> readers) {
    readers.put(BuiltinOperator.CONV_2D, ConvolutionReaders::conv2d);
    readers.put(BuiltinOperator.DEPTHWISE_CONV_2D, ConvolutionReaders::depthwiseConv2d);
    readers.put(BuiltinOperator.TRANSPOSE_CONV, ConvolutionReaders::transposeConv);
    readers.put(BuiltinOperator.FULLY_CONNECTED, ConvolutionReaders::fullyConnected);
    readers.put(BuiltinOperator.BATCH_MATMUL, ConvolutionReaders::batchMatMul);
    readers.put(
        BuiltinOperator.AVERAGE_POOL_2D,
        view -> ConvolutionReaders.pool(view, Op.Pool2d.Kind.AVERAGE));
    readers.put(
        BuiltinOperator.MAX_POOL_2D, view -> ConvolutionReaders.pool(view, Op.Pool2d.Kind.MAX));
    readers.put(
        BuiltinOperator.L2_POOL_2D, view -> ConvolutionReaders.pool(view, Op.Pool2d.Kind.L2));
  }

  private static void addBinaries(Map<Integer, Consumer<OperatorView>> readers) {
    readers.put(BuiltinOperator.ADD, BinaryReaders::add);
    readers.put(BuiltinOperator.SUB, BinaryReaders::sub);
    readers.put(BuiltinOperator.MUL, BinaryReaders::mul);
    readers.put(BuiltinOperator.DIV, BinaryReaders::div);
    readers.put(
        BuiltinOperator.FLOOR_DIV, view -> BinaryReaders.plain(view, Op.Binary.Kind.FLOOR_DIV));
    readers.put(
        BuiltinOperator.FLOOR_MOD, view -> BinaryReaders.plain(view, Op.Binary.Kind.FLOOR_MOD));
    readers.put(
        BuiltinOperator.SQUARED_DIFFERENCE,
        view -> BinaryReaders.plain(view, Op.Binary.Kind.SQUARED_DIFFERENCE));
    readers.put(BuiltinOperator.MINIMUM, view -> BinaryReaders.plain(view, Op.Binary.Kind.MINIMUM));
    readers.put(BuiltinOperator.MAXIMUM, view -> BinaryReaders.plain(view, Op.Binary.Kind.MAXIMUM));
    readers.put(BuiltinOperator.ADD_N, BinaryReaders::addN);
    readers.put(BuiltinOperator.EQUAL, view -> BinaryReaders.compare(view, Op.Compare.Kind.EQUAL));
    readers.put(
        BuiltinOperator.NOT_EQUAL, view -> BinaryReaders.compare(view, Op.Compare.Kind.NOT_EQUAL));
    readers.put(BuiltinOperator.LESS, view -> BinaryReaders.compare(view, Op.Compare.Kind.LESS));
    readers.put(
        BuiltinOperator.LESS_EQUAL,
        view -> BinaryReaders.compare(view, Op.Compare.Kind.LESS_EQUAL));
    readers.put(
        BuiltinOperator.GREATER, view -> BinaryReaders.compare(view, Op.Compare.Kind.GREATER));
    readers.put(
        BuiltinOperator.GREATER_EQUAL,
        view -> BinaryReaders.compare(view, Op.Compare.Kind.GREATER_EQUAL));
    readers.put(
        BuiltinOperator.LOGICAL_AND, view -> BinaryReaders.logical(view, Op.Logical.Kind.AND));
    readers.put(
        BuiltinOperator.LOGICAL_OR, view -> BinaryReaders.logical(view, Op.Logical.Kind.OR));
    readers.put(BuiltinOperator.SELECT, BinaryReaders::selectRows);
    readers.put(BuiltinOperator.SELECT_V2, BinaryReaders::select);
    readers.put(BuiltinOperator.MEAN, view -> BinaryReaders.reduce(view, Op.Reduce.Kind.MEAN));
    readers.put(BuiltinOperator.SUM, view -> BinaryReaders.reduce(view, Op.Reduce.Kind.SUM));
    readers.put(BuiltinOperator.REDUCE_MAX, view -> BinaryReaders.reduce(view, Op.Reduce.Kind.MAX));
    readers.put(BuiltinOperator.REDUCE_MIN, view -> BinaryReaders.reduce(view, Op.Reduce.Kind.MIN));
    readers.put(BuiltinOperator.ARG_MAX, BinaryReaders::argMax);
    readers.put(BuiltinOperator.ARG_MIN, BinaryReaders::argMin);
    readers.put(BuiltinOperator.CUMSUM, BinaryReaders::cumsum);
  }

  private static void addUnaries(Map<Integer, Consumer<OperatorView>> readers) {
    Map<Integer, Op.Unary.Kind> kinds = new LinkedHashMap<>();
    kinds.put(BuiltinOperator.RELU, Op.Unary.Kind.RELU);
    kinds.put(BuiltinOperator.RELU6, Op.Unary.Kind.RELU6);
    kinds.put(BuiltinOperator.RELU_N1_TO_1, Op.Unary.Kind.RELU_N1_TO_1);
    kinds.put(BuiltinOperator.RELU_0_TO_1, Op.Unary.Kind.RELU_0_TO_1);
    kinds.put(BuiltinOperator.ELU, Op.Unary.Kind.ELU);
    kinds.put(BuiltinOperator.HARD_SWISH, Op.Unary.Kind.HARD_SWISH);
    kinds.put(BuiltinOperator.LOGISTIC, Op.Unary.Kind.LOGISTIC);
    kinds.put(BuiltinOperator.TANH, Op.Unary.Kind.TANH);
    kinds.put(BuiltinOperator.ABS, Op.Unary.Kind.ABS);
    kinds.put(BuiltinOperator.NEG, Op.Unary.Kind.NEG);
    kinds.put(BuiltinOperator.SQUARE, Op.Unary.Kind.SQUARE);
    kinds.put(BuiltinOperator.SQRT, Op.Unary.Kind.SQRT);
    kinds.put(BuiltinOperator.RSQRT, Op.Unary.Kind.RSQRT);
    kinds.put(BuiltinOperator.EXP, Op.Unary.Kind.EXP);
    kinds.put(BuiltinOperator.LOG, Op.Unary.Kind.LOG);
    kinds.put(BuiltinOperator.SIN, Op.Unary.Kind.SIN);
    kinds.put(BuiltinOperator.COS, Op.Unary.Kind.COS);
    kinds.put(BuiltinOperator.FLOOR, Op.Unary.Kind.FLOOR);
    kinds.put(BuiltinOperator.CEIL, Op.Unary.Kind.CEIL);
    kinds.put(BuiltinOperator.ROUND, Op.Unary.Kind.ROUND);
    kinds.put(BuiltinOperator.LOGICAL_NOT, Op.Unary.Kind.LOGICAL_NOT);
    kinds.forEach((code, kind) -> readers.put(code, view -> UnaryReaders.unary(view, kind)));
    readers.put(BuiltinOperator.LEAKY_RELU, UnaryReaders::leakyRelu);
    readers.put(BuiltinOperator.PRELU, UnaryReaders::prelu);
    readers.put(BuiltinOperator.SOFTMAX, UnaryReaders::softmax);
    readers.put(BuiltinOperator.LOG_SOFTMAX, UnaryReaders::logSoftmax);
    readers.put(BuiltinOperator.L2_NORMALIZATION, UnaryReaders::l2Normalization);
    readers.put(BuiltinOperator.QUANTIZE, UnaryReaders::quantize);
    readers.put(BuiltinOperator.DEQUANTIZE, UnaryReaders::dequantize);
    readers.put(BuiltinOperator.CAST, UnaryReaders::cast);
  }

  private static void addMovements(Map<Integer, Consumer<OperatorView>> readers) {
    readers.put(BuiltinOperator.RESHAPE, ShapeReaders::reshape);
    readers.put(BuiltinOperator.SQUEEZE, ShapeReaders::squeeze);
    readers.put(BuiltinOperator.EXPAND_DIMS, ShapeReaders::expandDims);
    readers.put(BuiltinOperator.PAD, MovementReaders::pad);
    readers.put(BuiltinOperator.PADV2, MovementReaders::padV2);
    readers.put(BuiltinOperator.MIRROR_PAD, MovementReaders::mirrorPad);
    readers.put(BuiltinOperator.CONCATENATION, MovementReaders::concatenation);
    readers.put(BuiltinOperator.SPLIT, MovementReaders::split);
    readers.put(BuiltinOperator.SPLIT_V, MovementReaders::splitV);
    readers.put(BuiltinOperator.SLICE, SliceReaders::slice);
    readers.put(BuiltinOperator.STRIDED_SLICE, SliceReaders::stridedSlice);
    readers.put(BuiltinOperator.PACK, MovementReaders::pack);
    readers.put(BuiltinOperator.UNPACK, MovementReaders::unpack);
    readers.put(BuiltinOperator.TRANSPOSE, MovementReaders::transpose);
    readers.put(BuiltinOperator.GATHER, MovementReaders::gather);
    readers.put(BuiltinOperator.GATHER_ND, MovementReaders::gatherNd);
    readers.put(BuiltinOperator.EMBEDDING_LOOKUP, MovementReaders::embeddingLookup);
    readers.put(BuiltinOperator.BROADCAST_TO, ShapeReaders::broadcastTo);
    readers.put(BuiltinOperator.BROADCAST_ARGS, ShapeReaders::broadcastArgs);
    readers.put(BuiltinOperator.FILL, ShapeReaders::fill);
    readers.put(BuiltinOperator.ZEROS_LIKE, ShapeReaders::zerosLike);
    readers.put(BuiltinOperator.REVERSE_V2, MovementReaders::reverse);
    readers.put(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, ShapeReaders::resizeNearest);
    readers.put(BuiltinOperator.RESIZE_BILINEAR, ShapeReaders::resizeBilinear);
    readers.put(BuiltinOperator.SPACE_TO_DEPTH, MovementReaders::spaceToDepth);
    readers.put(BuiltinOperator.DEPTH_TO_SPACE, MovementReaders::depthToSpace);
    readers.put(BuiltinOperator.SPACE_TO_BATCH_ND, ShapeReaders::spaceToBatch);
    readers.put(BuiltinOperator.BATCH_TO_SPACE_ND, ShapeReaders::batchToSpace);
    readers.put(BuiltinOperator.SHAPE, ShapeReaders::shape);
  }

  private static void addRecurrences(Map<Integer, Consumer<OperatorView>> readers) {
    readers.put(BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM, RecurrenceReaders::lstm);
    readers.put(BuiltinOperator.SVDF, RecurrenceReaders::svdf);
    readers.put(BuiltinOperator.VAR_HANDLE, RecurrenceReaders::varHandle);
    readers.put(BuiltinOperator.READ_VARIABLE, RecurrenceReaders::readVariable);
    readers.put(BuiltinOperator.ASSIGN_VARIABLE, RecurrenceReaders::assignVariable);
  }
}
