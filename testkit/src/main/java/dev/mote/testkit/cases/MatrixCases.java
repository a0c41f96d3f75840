package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BatchMatMulOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Cases of matrix products.
final class MatrixCases {

  private static final String FULLY_CONNECTED_REASON =
      "desktop TFLite rounds once in double precision, TFLite Micro twice in fixed point";

  private MatrixCases() {}

  static List<CaseFamily> families() {
    return Stream.concat(
            Stream.of(
                    Precision.INT8_PER_CHANNEL,
                    Precision.INT8_PER_TENSOR,
                    Precision.INT16_WIDE_BIAS_PER_TENSOR,
                    Precision.INT16_NARROW_BIAS_PER_TENSOR,
                    Precision.INT16_WIDE_BIAS,
                    Precision.INT4_PER_TENSOR,
                    Precision.INT4_PER_CHANNEL,
                    Precision.UINT8,
                    Precision.FLOAT32,
                    Precision.FLOAT16,
                    Precision.DYNAMIC_PER_TENSOR)
                .map(precision -> fullyConnected(precision, true)),
            Stream.of(
                fullyConnected(Precision.INT8_PER_TENSOR, false).detail("weights computed"),
                fullyConnected(Precision.FLOAT32, false).detail("weights computed"),
                batchMatMul(Column.INT8, ElementType.INT8, MatrixCases::equal),
                batchMatMul(Column.INT16, ElementType.INT16, MatrixCases::equal),
                batchMatMul(Column.FLOAT32, ElementType.FLOAT32, MatrixCases::equal),
                batchMatMul(Column.INT8, ElementType.INT8, MatrixCases::broadcast)
                    .detail("broadcast"),
                batchMatMul(Column.FLOAT32, ElementType.FLOAT32, MatrixCases::broadcast)
                    .detail("broadcast"),
                batchMatMul(Column.INT8, ElementType.INT8, MatrixCases::constantRight)
                    .detail("constant"),
                batchMatMul(Column.FLOAT32, ElementType.FLOAT32, MatrixCases::constantRight)
                    .detail("constant")))
        .toList();
  }

  private static CaseFamily fullyConnected(Precision precision, boolean constantWeights) {
    CaseFamily family =
        precision.family(
            "FULLY_CONNECTED", random -> fullyConnected(precision, random, constantWeights));
    return precision.isFloat()
        ? family
        : family.oracle(new Agreement.Within(1, FULLY_CONNECTED_REASON));
  }

  private static ModelSketch fullyConnected(
      Precision precision, CaseRandom random, boolean constantWeights) {
    int width = random.chance(0.2) ? random.pick(1, 32, 64, 65) : random.between(1, 24);
    int units = random.between(1, 17);
    boolean keepDims = random.chance(0.3);
    FullyConnectedOptionsT options = new FullyConnectedOptionsT();
    options.setKeepNumDims(keepDims);
    options.setFusedActivationFunction(ConvolutionCases.activation(random));
    options.setQuantizedBiasType(precision.biasCode());
    int batch = random.between(1, 3);
    List<Integer> input = new ArrayList<>(List.of(batch));
    if (keepDims) {
      input.add(random.between(1, 3));
    }
    input.add(width);
    List<Integer> output = new ArrayList<>(input);
    output.set(output.size() - 1, units);
    WeightedLayer layer = new WeightedLayer(precision, random);
    layer.input(new Shape(input));
    if (!constantWeights) {
      layer.computeWeights();
    }
    layer.weights(Shape.of(units, width), 0);
    layer.optionalBias(units);
    return layer.output(BuiltinOperator.FULLY_CONNECTED, options, new Shape(output), width);
  }

  private static CaseFamily batchMatMul(Column column, ElementType element, Operands operands) {
    Agreement agreement = element.isFloat() ? new Agreement.Close(1e-5f, 5e-5f) : Agreement.EXACT;
    return CaseFamily.of("BATCH_MATMUL", column, random -> batchMatMul(element, random, operands))
        .oracle(agreement)
        .emitted(agreement);
  }

  /// What the operands of a batched product are like.
  ///
  /// @param left leading dimensions of the left operand
  /// @param right leading dimensions of the right operand
  /// @param constant whether the right operand is fixed
  private record Batches(List<Integer> left, List<Integer> right, boolean constant) {}

  /// Draws the operands' leading dimensions.
  @FunctionalInterface
  private interface Operands {
    Batches draw(CaseRandom random);
  }

  private static Batches equal(CaseRandom random) {
    List<Integer> batch = batch(random);
    return new Batches(batch, batch, false);
  }

  private static Batches constantRight(CaseRandom random) {
    List<Integer> batch = batch(random);
    return new Batches(batch, batch, true);
  }

  // One of the operands has a single matrix in some dimension, or fewer dimensions. The left one is
  // never transposed then, for TFLite has a fault there; see tflite-differences.md.
  private static Batches broadcast(CaseRandom random) {
    Shape batch = random.shape(1, 3, 3);
    List<Integer> other = new ArrayList<>();
    for (int dim : batch.dims()) {
      other.add(random.chance(0.6) ? 1 : dim);
    }
    List<Integer> shorter = other.subList(random.between(0, other.size()), other.size());
    return random.chance(0.5)
        ? new Batches(batch.dims(), shorter, false)
        : new Batches(shorter, batch.dims(), false);
  }

  private static List<Integer> batch(CaseRandom random) {
    return random.chance(0.3) ? List.of() : random.shape(1, 2, 3).dims();
  }

  private static ModelSketch batchMatMul(
      ElementType element, CaseRandom random, Operands operands) {
    int rows = random.between(1, 7);
    int inner = random.between(1, 12);
    int columns = random.between(1, 7);
    Batches drawn = operands.draw(random);
    boolean adjointX = drawn.left().equals(drawn.right()) && random.chance(0.4);
    boolean adjointY = random.chance(0.4);
    BatchMatMulOptionsT options = new BatchMatMulOptionsT();
    options.setAdjX(adjointX);
    options.setAdjY(adjointY);
    TensorType x =
        type(element, random, drawn.left(), adjointX ? inner : rows, adjointX ? rows : inner);
    TensorType y =
        type(
            element, random, drawn.right(), adjointY ? columns : inner, adjointY ? inner : columns);
    List<Integer> batch = new Shape(drawn.left()).broadcast(new Shape(drawn.right())).dims();
    TensorType output = TensorType.plain(element, matrix(batch, rows, columns));
    if (!element.isFloat()) {
      double product = x.quantization().scale() * y.quantization().scale();
      double sum = product * element.maxValue() * Math.sqrt(inner);
      float scale = (float) (sum * Math.pow(2, -3 + 4 * random.nextFloat()));
      int zeroPoint = random.quantization(element).zeroPoint();
      output = output.withQuantization(new Quantization.PerTensor(scale, zeroPoint));
    }
    SingleOpModel model =
        SingleOpModel.of(BuiltinOperator.BATCH_MATMUL, random).options(options).input(x);
    return (drawn.constant() ? model.constant(y, Values.any()) : model.input(y))
        .output(output)
        .sketch();
  }

  private static TensorType type(
      ElementType element, CaseRandom random, List<Integer> batch, int rows, int columns) {
    return random.quantized(element, matrix(batch, rows, columns));
  }

  private static Shape matrix(List<Integer> batch, int rows, int columns) {
    List<Integer> dims = new ArrayList<>(batch);
    dims.add(rows);
    dims.add(columns);
    return new Shape(dims);
  }
}
