package dev.mote.frontends.onnx;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The forms in which the file has each tensor of the graph: dimensions in some order, and of
/// quantized tensors the integers ("stored") and the real numbers that they stand for.
///
/// A form that is asked for is made of one that is there; a transposition in the graph only gives a
/// form another name. So transpositions arise where an operator needs an order that no earlier one
/// left, and nowhere else. An order is a permutation: dimension `i` of the file's value is
/// dimension `permutation[i]` of the graph's tensor.
final class ValueForms {

  /// The order of images in ONNX, of the graph's batch, height, width, channels.
  static final List<Integer> CHANNELS_FIRST = List.of(0, 3, 1, 2);

  private final Graph graph;
  private final OnnxExport file;
  private final Map<String, Map<List<Integer>, String>> stored = new HashMap<>();
  private final Map<String, Map<List<Integer>, String>> reals = new HashMap<>();

  ValueForms(Graph graph, OnnxExport file) {
    this.graph = graph;
    this.file = file;
  }

  static List<Integer> identity(int rank) {
    return IntStream.range(0, rank).boxed().toList();
  }

  /// Says that `value` is tensor `name` in this order.
  void put(String name, String value, List<Integer> permutation) {
    stored.computeIfAbsent(name, _ -> new LinkedHashMap<>()).putIfAbsent(permutation, value);
  }

  /// Says that tensor `to` is tensor `from` with dimension `permutation[i]` as its dimension `i`.
  void transposed(String from, String to, List<Integer> permutation) {
    stored(from, first(from));
    stored
        .getOrDefault(from, Map.of())
        .forEach(
            (order, value) -> put(to, value, order.stream().map(permutation::indexOf).toList()));
  }

  /// The order in which tensor `name` was computed.
  List<Integer> first(String name) {
    Map<List<Integer>, String> known = stored.getOrDefault(name, Map.of());
    return known.isEmpty()
        ? identity(graph.tensor(name).shape().rank())
        : known.keySet().iterator().next();
  }

  /// The value that holds the elements of `name` in this order; of a quantized tensor the integers.
  String stored(String name, List<Integer> permutation) {
    Map<List<Integer>, String> known = stored.computeIfAbsent(name, _ -> new LinkedHashMap<>());
    String value = known.get(permutation);
    if (value == null) {
      value = make(name, permutation, known);
      known.put(permutation, value);
    }
    return value;
  }

  private String make(String name, List<Integer> permutation, Map<List<Integer>, String> known) {
    Tensor tensor = graph.tensor(name);
    if (tensor.isConstant()) {
      Tensor permuted = OnnxConstants.permuted(tensor, permutation);
      return file.constant(name, permuted.type(), permuted.data().orElseThrow());
    }
    if (known.isEmpty()) {
      throw new IllegalStateException("'" + name + "' has not been computed");
    }
    Map.Entry<List<Integer>, String> source = known.entrySet().iterator().next();
    List<Integer> order = permutation.stream().map(source.getKey()::indexOf).toList();
    Shape from = reordered(tensor.shape(), source.getKey());
    if (keepsElements(from, order)) {
      Shape to = reordered(tensor.shape(), permutation);
      return file.add(name + "/reshaped", "Reshape", List.of(source.getValue(), shape(to)));
    }
    return file.add(
        name + "/transposed",
        "Transpose",
        List.of(source.getValue()),
        Attributes.integers("perm", order));
  }

  String shape(Shape shape) {
    return file.constant(
        "shape",
        TensorType.plain(ElementType.INT64, Shape.of(shape.rank())),
        OnnxConstants.int64(shape.dims()));
  }

  static Shape reordered(Shape shape, List<Integer> permutation) {
    return new Shape(permutation.stream().map(shape::dim).toList());
  }

  /// Whether transposing a tensor of this shape leaves its elements where they are.
  static boolean keepsElements(Shape shape, List<Integer> order) {
    List<Integer> moved = order.stream().filter(axis -> shape.dim(axis) != 1).toList();
    return moved.equals(moved.stream().sorted().toList());
  }

  /// The value that holds the real numbers of `name` in this order.
  String real(String name, List<Integer> permutation) {
    Tensor tensor = graph.tensor(name);
    boolean half = tensor.element() == ElementType.FLOAT16;
    if (!tensor.quantization().isQuantized() && !half) {
      return stored(name, permutation);
    }
    Map<List<Integer>, String> known = reals.computeIfAbsent(name, _ -> new LinkedHashMap<>());
    String value = known.get(permutation);
    if (value == null) {
      String integers = stored(name, permutation);
      value =
          half
              ? file.add(
                  name + "/float32",
                  "Cast",
                  List.of(integers),
                  Attributes.integer("to", OnnxConstants.code(ElementType.FLOAT32)))
              : dequantize(name, integers, OnnxConstants.permuted(tensor.type(), permutation));
      known.put(permutation, value);
    }
    return value;
  }

  /// A dequantization of the value `integers`, which is of `type`.
  String dequantize(String hint, String integers, TensorType type) {
    return file.add(
        hint + "/real", "DequantizeLinear", operands(integers, type), axis(type.quantization()));
  }

  /// A quantization of the value `real`, whose result is of `type`.
  String quantize(String hint, String real, TensorType type) {
    return file.add(hint, "QuantizeLinear", operands(real, type), axis(type.quantization()));
  }

  private static dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto[] axis(
      Quantization quantization) {
    return quantization instanceof Quantization.PerChannel p
        ? new dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto[] {
          Attributes.integer("axis", p.axis())
        }
        : new dev.mote.frontends.onnx.schema.OnnxMl.AttributeProto[0];
  }

  private List<String> operands(String value, TensorType type) {
    boolean perChannel = type.quantization() instanceof Quantization.PerChannel;
    List<Float> scales =
        switch (type.quantization()) {
          case Quantization.PerTensor p -> List.of(p.scale());
          // A channel that holds only zeros may have the scale 0, which ONNX does not take.
          case Quantization.PerChannel p ->
              p.scales().stream().map(s -> s == 0 ? Float.MIN_NORMAL : s).toList();
          case Quantization.None _ -> throw new IllegalArgumentException("not quantized");
        };
    Shape shape = perChannel ? Shape.of(scales.size()) : Shape.SCALAR;
    List<String> operands = new ArrayList<>();
    operands.add(value);
    operands.add(
        file.constant(
            "scale", TensorType.plain(ElementType.FLOAT32, shape), OnnxConstants.floats(scales)));
    Blob zeros =
        OnnxConstants.integers(type.element(), scales.size(), type.quantization().zeroPoint());
    TensorType zero = TensorType.plain(type.element(), shape);
    // ONNX Runtime turns int8 weights into uint8 where processors compute only those without
    // saturation, and fails where two of them share a zero point.
    boolean weights = type.element() == ElementType.INT8 && !file.isComputed(value);
    operands.add(
        weights ? file.ownConstant("zero", zero, zeros) : file.constant("zero", zero, zeros));
    return operands;
  }
}
