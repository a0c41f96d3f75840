package dev.mote.frontends.onnx;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.List;
import java.util.Optional;

/// A value while the graph is drawn: an input, a constant or the result of a step. It gets its
/// final name when the model names it.
final class Wire {

  private String hint;
  private boolean named;
  private TensorType type;
  private final Optional<Blob> data;
  private Optional<Wire> source = Optional.empty();
  private boolean narrow;
  private List<String> texts = List.of();
  private List<String> classes = List.of();

  Wire(String hint, TensorType type, Optional<Blob> data) {
    this.hint = hint;
    this.type = type;
    this.data = data;
  }

  /// The name that this wire would like to have.
  String hint() {
    return hint;
  }

  /// Calls this wire `name`, unless the model has named it before.
  void call(String name) {
    if (!named) {
      hint = name;
      named = true;
    }
  }

  /// Calls this wire `name`, whatever it was called before: the model's outputs keep their names.
  void rename(String name) {
    hint = name;
    named = true;
  }

  TensorType type() {
    return type;
  }

  /// Gives the integers of an input a meaning that the file states only where they are used.
  void quantize(TensorType newType) {
    type = newType;
  }

  Shape shape() {
    return type.shape();
  }

  int rank() {
    return type.shape().rank();
  }

  ElementType element() {
    return type.element();
  }

  /// The constant integers that this wire is the dequantization of.
  Optional<Wire> source() {
    return source;
  }

  void setSource(Wire integers) {
    source = Optional.of(integers);
  }

  /// Whether the file has numbers of 4 bits where this has bytes.
  boolean isNarrow() {
    return narrow;
  }

  void setNarrow() {
    narrow = true;
  }

  /// What the integers stand for where the model has strings; empty where it has numbers.
  List<String> texts() {
    return texts;
  }

  void setTexts(List<String> newTexts) {
    texts = List.copyOf(newTexts);
  }

  /// Names of the classes that the columns are about; empty where nothing is known of them.
  List<String> classes() {
    return classes;
  }

  void setClasses(List<String> newClasses) {
    classes = List.copyOf(newClasses);
  }

  /// Whether the values are known, if need be by way of a dequantization.
  boolean isKnown() {
    return isConstant() || source.isPresent();
  }

  boolean isConstant() {
    return data.isPresent();
  }

  Optional<Blob> data() {
    return data;
  }

  /// This constant as a tensor of the graph called `name`.
  Tensor tensor(String name) {
    return new Tensor(name, type, data);
  }

  /// The constant's elements as integers.
  long[] integers() {
    return tensor("constant").constantIntegers();
  }

  /// The constant's elements as floats.
  float[] floats() {
    return tensor("constant").constantFloats();
  }

  /// The constant's elements as doubles, whatever its type.
  double[] numbers() {
    if (element().isFloat()) {
      float[] values = floats();
      double[] result = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        result[i] = values[i];
      }
      return result;
    }
    return java.util.Arrays.stream(integers()).asDoubleStream().toArray();
  }
}
