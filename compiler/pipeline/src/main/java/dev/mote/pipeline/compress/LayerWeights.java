package dev.mote.pipeline.compress;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A constant of a model that holds weights, and the first node that reads it as such.
///
/// @param node which multiplies by them
/// @param tensor the weights
/// @param depthwise whether they are of a depthwise convolution: last dimension channels, few of
///     them and each much to lose
record LayerWeights(Node node, Tensor tensor, boolean depthwise) {

  /// The weights of `graph`, each tensor once, in the order of execution.
  static List<LayerWeights> of(Graph graph) {
    Map<String, LayerWeights> found = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      for (int index : operands(node)) {
        Tensor tensor = graph.input(node, index);
        if (tensor.isConstant() && isNumeric(tensor)) {
          boolean depthwise = node.op() instanceof Op.DepthwiseConv2d;
          found.putIfAbsent(tensor.name(), new LayerWeights(node, tensor, depthwise));
        }
      }
    }
    return List.copyOf(found.values());
  }

  /// Which inputs of `node` are weights.
  static List<Integer> operands(Node node) {
    return switch (node.op()) {
      case Op.Conv2d _, Op.DepthwiseConv2d _, Op.TransposeConv2d _, Op.FullyConnected _ ->
          List.of(1);
      case Op.BatchMatMul _ -> List.of(0, 1);
      case Op.Lstm _ -> List.of(1, 2, 3, 4, 5, 6, 7, 8);
      case Op.Svdf _ -> List.of(1, 2);
      default -> List.of();
    };
  }

  private static boolean isNumeric(Tensor tensor) {
    return tensor.shape().rank() > 0
        && switch (tensor.element()) {
          case FLOAT32, FLOAT16 -> true;
          case INT8, INT4 -> tensor.quantization().isQuantized();
          case UINT8, INT16, INT32, INT64, BOOL -> false;
        };
  }

  /// What the layer is called: its output tensor.
  String layer() {
    return node.output();
  }

  /// The names of all layers, for exceptions by name.
  static List<String> names(List<LayerWeights> all) {
    return all.stream().map(LayerWeights::layer).distinct().toList();
  }

  /// Weights that lie side by side and are multiplied with inputs that do so too: a row of a
  /// kernel, or the inputs of a matrix product.
  int row() {
    int rank = tensor.shape().rank();
    return tensor.shape().count(rank == 4 ? 2 : rank - 1, rank);
  }

  /// Real number per step of the integers of element `index`; 1 for floats.
  double scale(int index) {
    return switch (tensor.quantization()) {
      case Quantization.None _ -> 1;
      case Quantization.PerTensor p -> p.scale();
      case Quantization.PerChannel p -> {
        int inner = tensor.shape().count(p.axis() + 1, tensor.shape().rank());
        yield p.scales().get(index / inner % p.scales().size());
      }
    };
  }

  /// The weights as real numbers.
  double[] reals() {
    double[] reals = values();
    int zero = zero();
    for (int i = 0; i < reals.length; i++) {
      reals[i] = (reals[i] - zero) * scale(i);
    }
    return reals;
  }

  /// The stored value that stands for zero.
  int zero() {
    return tensor.quantization().isQuantized() ? tensor.quantization().zeroPoint() : 0;
  }

  /// The stored values: floats, or integers that are not scaled.
  double[] values() {
    double[] values = new double[tensor.shape().count()];
    if (tensor.element().isFloat()) {
      float[] floats = tensor.constantFloats();
      for (int i = 0; i < values.length; i++) {
        values[i] = floats[i];
      }
    } else {
      long[] integers = tensor.constantIntegers();
      for (int i = 0; i < values.length; i++) {
        values[i] = integers[i];
      }
    }
    return values;
  }

  /// The tensor with other stored values; those of integers are whole and in range.
  Tensor with(double[] values) {
    return Tensor.constant(tensor.name(), tensor.type(), Blob.of(encode(tensor.element(), values)));
  }

  /// Dense little-endian bytes of `values`.
  static byte[] encode(ElementType element, double[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) element.bytes(values.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      switch (element) {
        case FLOAT32 -> bytes.putFloat((float) values[i]);
        case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) values[i]));
        case INT8, UINT8, BOOL -> bytes.put((byte) values[i]);
        case INT4 -> {
          int old = bytes.get(i / 2);
          bytes.put(i / 2, (byte) (old | ((int) values[i] & 15) << (i % 2 == 0 ? 0 : 4)));
        }
        case INT16 -> bytes.putShort((short) values[i]);
        case INT32 -> bytes.putInt((int) values[i]);
        case INT64 -> bytes.putLong((long) values[i]);
      }
    }
    return bytes.array();
  }

  /// `graph` with each of its weights replaced by what `change` makes of them.
  static Graph map(Graph graph, List<LayerWeights> weights, UnaryOperator<LayerWeights> change) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
    List<LayerWeights> changed = new ArrayList<>(weights);
    changed.replaceAll(change);
    changed.forEach(layer -> tensors.put(layer.tensor().name(), layer.tensor()));
    return graph.withTensors(tensors);
  }

  LayerWeights replaced(double[] values) {
    return new LayerWeights(node, with(values), depthwise);
  }
}
