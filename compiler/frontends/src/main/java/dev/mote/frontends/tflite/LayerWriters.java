package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BatchMatMulOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Conv2DOptionsT;
import dev.mote.frontends.tflite.schema.DepthwiseConv2DOptionsT;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsT;
import dev.mote.frontends.tflite.schema.FullyConnectedOptionsWeightsFormat;
import dev.mote.frontends.tflite.schema.Padding;
import dev.mote.frontends.tflite.schema.TransposeConvOptionsT;
import dev.mote.ir.Activation;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Window2d;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes layers with weights.
final class LayerWriters {

  private LayerWriters() {}

  static void conv2d(NodeExport node, Op.Conv2d op) {
    requireSymmetric(node);
    Framed x = Framed.of(node, op.window());
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(x.padding());
    options.setStrideH(op.window().strideHeight());
    options.setStrideW(op.window().strideWidth());
    options.setDilationHFactor(op.window().dilationHeight());
    options.setDilationWFactor(op.window().dilationWidth());
    options.setFusedActivationFunction(NodeExport.code(op.activation()));
    options.setQuantizedBiasType(biasType(node, 2));
    layer(
        node,
        BuiltinOperator.CONV_2D,
        options,
        List.of(x.number(), node.real(1)),
        traits(node, op.groups() > 1, false, op.activation()));
  }

  static void depthwise(NodeExport node, Op.DepthwiseConv2d op) {
    requireSymmetric(node);
    Framed x = Framed.of(node, op.window());
    DepthwiseConv2DOptionsT options = new DepthwiseConv2DOptionsT();
    options.setPadding(x.padding());
    options.setStrideH(op.window().strideHeight());
    options.setStrideW(op.window().strideWidth());
    options.setDilationHFactor(op.window().dilationHeight());
    options.setDilationWFactor(op.window().dilationWidth());
    options.setDepthMultiplier(op.multiplier());
    options.setFusedActivationFunction(NodeExport.code(op.activation()));
    boolean dilated = op.window().dilationHeight() > 1 || op.window().dilationWidth() > 1;
    layer(
        node,
        BuiltinOperator.DEPTHWISE_CONV_2D,
        options,
        List.of(x.number(), node.real(1)),
        traits(node, false, dilated, op.activation()));
  }

  private static void layer(
      NodeExport node,
      int builtin,
      Object options,
      List<Integer> operands,
      OperatorVersions.Traits traits) {
    List<Integer> inputs = new ArrayList<>(operands);
    if (node.inputCount() > 2) {
      inputs.add(bias(node, 2));
    } else if (builtin == BuiltinOperator.CONV_2D) {
      inputs.add(zeros(node));
    }
    node.emit(
        builtin,
        OperatorVersions.ofLayer(builtin, node.inputType(0), node.inputType(1), traits),
        Optional.of(options),
        inputs,
        node.y());
  }

  /// Cropping that is neither SAME nor VALID is a VALID layer with a SLICE behind it.
  static void transposeConv(NodeExport node, Op.TransposeConv2d op) {
    requireSymmetric(node);
    Window2d w = op.window();
    if (w.dilationHeight() != 1 || w.dilationWidth() != 1) {
      throw node.unfit(
          "TFLite has no dilated transposed convolution", "train the model without the dilation.");
    }
    Shape y = node.outputType().shape();
    boolean same = w.equals(same(y, w));
    boolean whole = w.padTop() + w.padBottom() + w.padLeft() + w.padRight() == 0;
    Shape shape =
        same || whole
            ? y
            : Shape.of(
                y.dim(0),
                y.dim(1) + w.padTop() + w.padBottom(),
                y.dim(2) + w.padLeft() + w.padRight(),
                y.dim(3));
    TransposeConvOptionsT options = new TransposeConvOptionsT();
    options.setPadding(same ? Padding.SAME : Padding.VALID);
    options.setStrideH(w.strideHeight());
    options.setStrideW(w.strideWidth());
    options.setFusedActivationFunction(NodeExport.code(op.activation()));
    options.setQuantizedBiasType(biasType(node, 2));
    List<Integer> inputs =
        new ArrayList<>(
            List.of(node.vector("output_shape", shape.dims()), node.real(1), node.x(0)));
    if (node.inputCount() > 2) {
      inputs.add(bias(node, 2));
    }
    int result = node.result(shape);
    node.emit(
        BuiltinOperator.TRANSPOSE_CONV,
        OperatorVersions.ofLayer(
            BuiltinOperator.TRANSPOSE_CONV,
            node.inputType(0),
            node.inputType(1),
            traits(node, false, false, op.activation())),
        Optional.of(options),
        inputs,
        result);
    if (!shape.equals(y)) {
      node.emit(
          BuiltinOperator.SLICE,
          node.outputType(),
          Optional.empty(),
          List.of(
              result,
              node.vector("begin", List.of(0, w.padTop(), w.padLeft(), 0)),
              node.vector("size", y.dims())),
          node.y());
    }
  }

  static void fullyConnected(NodeExport node, Op.FullyConnected op) {
    Shape x = node.inputShape(0);
    int depth = node.inputShape(1).dim(1);
    int units = node.inputShape(1).dim(0);
    Shape kept =
        x.rank() > 0 && x.last() == depth
            ? ShapeInference.with(x, x.rank() - 1, units)
            : Shape.of(x.count() / depth, units);
    boolean keep = kept.rank() != 2 && kept.equals(node.outputType().shape());
    FullyConnectedOptionsT options = new FullyConnectedOptionsT();
    options.setFusedActivationFunction(NodeExport.code(op.activation()));
    options.setWeightsFormat(FullyConnectedOptionsWeightsFormat.DEFAULT);
    options.setKeepNumDims(keep);
    options.setQuantizedBiasType(biasType(node, 2));
    List<Integer> inputs = new ArrayList<>(List.of(node.x(0), node.real(1)));
    // Always three operands: without a bias the third is absent, as old runtimes want it.
    inputs.add(node.inputCount() > 2 ? bias(node, 2) : FileDraft.ABSENT);
    int result = node.result(keep ? kept : Shape.of(x.count() / depth, units));
    OperatorVersions.Traits traits = traits(node, false, false, op.activation());
    node.emit(
        BuiltinOperator.FULLY_CONNECTED,
        OperatorVersions.ofLayer(
            BuiltinOperator.FULLY_CONNECTED,
            node.inputType(0),
            node.inputType(1),
            keep
                ? new OperatorVersions.Traits(
                    traits.biased(), traits.narrowBias(), false, false, traits.activated(), true)
                : traits),
        Optional.of(options),
        inputs,
        result);
    node.finish(result);
  }

  static void batchMatMul(NodeExport node, Op.BatchMatMul op) {
    BatchMatMulOptionsT options = new BatchMatMulOptionsT();
    options.setAdjX(op.adjointX());
    options.setAdjY(op.adjointY());
    node.emit(
        BuiltinOperator.BATCH_MATMUL,
        node.inputType(0),
        Optional.of(options),
        node.inputs(),
        node.y());
  }

  /// Convolutions take the zero point of int8 weights for 0 whatever the file says; others are
  /// known from old uint8 models.
  private static void requireSymmetric(NodeExport node) {
    if (node.inputType(1).quantization() instanceof Quantization.PerTensor w
        && w.zeroPoint() != 0) {
      throw node.unfit(
          "its weights have the zero point %d, and TFLite has int8 convolutions only with 0"
              .formatted(w.zeroPoint()),
          "quantize the float model again, with int8 weights.");
    }
  }

  private static OperatorVersions.Traits traits(
      NodeExport node, boolean grouped, boolean dilated, Activation activation) {
    return new OperatorVersions.Traits(
        node.inputCount() > 2,
        biasType(node, 2) != 0,
        grouped,
        dilated,
        activation != Activation.NONE,
        false);
  }

  /// The attribute that tells an int32 bias of an int16 layer from the usual int64 one; 0
  /// elsewhere.
  private static byte biasType(NodeExport node, int index) {
    boolean narrow =
        node.inputType(0).element() == ElementType.INT16
            && node.inputCount() > index
            && node.inputType(index).element() == ElementType.INT32;
    return narrow ? FileDraft.elementCode(ElementType.INT32) : 0;
  }

  /// The bias; one without a scale gets the product of its layer's, which runtimes check.
  private static int bias(NodeExport node, int index) {
    Tensor bias = node.input(index);
    if (!bias.isConstant() || !bias.element().isInteger() || bias.quantization().isQuantized()) {
      return node.real(index);
    }
    Quantization product = product(node, bias.shape().rank() - 1);
    TensorType type = bias.type().withQuantization(product);
    return node.constant("bias", type, bias.data().orElseThrow().toByteArray());
  }

  /// Quantization of what a layer adds up: the product of its input's and its weights'.
  private static Quantization product(NodeExport node, int channelAxis) {
    if (!(node.inputType(0).quantization() instanceof Quantization.PerTensor x)) {
      return Quantization.NONE;
    }
    return switch (node.inputType(1).quantization()) {
      case Quantization.PerTensor w -> new Quantization.PerTensor(x.scale() * w.scale(), 0);
      case Quantization.PerChannel w ->
          new Quantization.PerChannel(
              w.scales().stream().map(s -> s * x.scale()).toList(), channelAxis);
      case Quantization.None _ -> Quantization.NONE;
    };
  }

  /// A bias of zeros, without which CONV_2D refuses to run.
  private static int zeros(NodeExport node) {
    ElementType element =
        switch (node.inputType(0).element()) {
          case INT8 -> ElementType.INT32;
          case INT16 -> ElementType.INT64;
          default -> ElementType.FLOAT32;
        };
    TensorType type =
        new TensorType(
            element,
            Shape.of(node.inputShape(1).dim(0)),
            element.isFloat() ? Quantization.NONE : product(node, 0));
    return node.constant("bias", type, new byte[(int) type.bytes()]);
  }

  /// The window over `x` that TFLite means by SAME.
  static Window2d same(Shape x, Window2d w) {
    return Window2d.same(
        x.dim(1),
        x.dim(2),
        w.kernelHeight(),
        w.kernelWidth(),
        w.strideHeight(),
        w.strideWidth(),
        w.dilationHeight(),
        w.dilationWidth());
  }
}
