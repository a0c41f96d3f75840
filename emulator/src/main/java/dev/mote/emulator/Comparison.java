package dev.mote.emulator;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Port;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Compares what a runner computed with what was expected, and names the first place that differs.
///
/// Integers and booleans must be equal. Floats may differ by a fraction of the largest magnitude in
/// the expected tensor; two NaNs are equal, so are equal infinities.
///
/// @param floatTolerance that fraction; 0 for equality
public record Comparison(double floatTolerance) {

  /// Floats within 1e-5 of the largest magnitude of their tensor.
  public static Comparison standard() {
    return new Comparison(1e-5);
  }

  /// Where two results first differ.
  ///
  /// @param layer the layer whose output it is; empty for an output of the model
  /// @param tensor the tensor's name
  /// @param index row-major index of the first element that differs
  /// @param expected its expected value
  /// @param actual its actual value
  /// @param differing how many elements of the tensor differ
  /// @param elements how many elements the tensor has
  public record Mismatch(
      Optional<CompiledModel.Layer> layer,
      String tensor,
      int index,
      String expected,
      String actual,
      int differing,
      int elements) {

    /// One line for people.
    @Override
    public String toString() {
      return "%s, tensor '%s', element %d: expected %s, got %s (%d of %d elements differ)"
          .formatted(
              layer
                  .map(
                      l ->
                          "layer %d %s '%s' (%s)"
                              .formatted(l.index(), l.op(), l.name(), l.kernel()))
                  .orElse("output"),
              tensor,
              index,
              expected,
              actual,
              differing,
              elements);
    }
  }

  /// The first layer output, in order of execution, that differs from the expected tensor of its
  /// name; tensors that nothing is expected of are passed over. Then the model's outputs.
  ///
  /// @param expected tensor name → raw bytes
  public Optional<Mismatch> first(
      CompiledModel model, Inference actual, Map<String, Blob> expected) {
    for (Inference.LayerOutput output : actual.layerOutputs()) {
      CompiledModel.Layer layer = model.layers().get(output.layer());
      Blob wanted = expected.get(output.tensor());
      if (wanted != null) {
        TensorType type =
            layer.outputs().stream()
                .filter(port -> port.tensor().equals(output.tensor()))
                .findFirst()
                .orElseThrow()
                .type();
        Optional<Mismatch> mismatch =
            tensors(Optional.of(layer), output.tensor(), type, wanted, output.data());
        if (mismatch.isPresent()) {
          return mismatch;
        }
      }
    }
    for (int i = 0; i < model.outputs().size(); i++) {
      Port port = model.outputs().get(i);
      Blob wanted = expected.get(port.tensor());
      if (wanted != null) {
        Optional<Mismatch> mismatch =
            tensors(Optional.empty(), port.tensor(), port.type(), wanted, actual.outputs().get(i));
        if (mismatch.isPresent()) {
          return mismatch;
        }
      }
    }
    return Optional.empty();
  }

  /// The first of the model's outputs that differs from the expected one in its place.
  public Optional<Mismatch> outputs(CompiledModel model, List<Blob> actual, List<Blob> expected) {
    for (int i = 0; i < model.outputs().size(); i++) {
      Port port = model.outputs().get(i);
      Optional<Mismatch> mismatch =
          tensors(Optional.empty(), port.tensor(), port.type(), expected.get(i), actual.get(i));
      if (mismatch.isPresent()) {
        return mismatch;
      }
    }
    return Optional.empty();
  }

  /// The first element in which two tensors of one type differ.
  ///
  /// @throws IllegalArgumentException when a blob has another size than the type
  public Optional<Mismatch> tensors(
      Optional<CompiledModel.Layer> layer,
      String tensor,
      TensorType type,
      Blob expected,
      Blob actual) {
    if (expected.equals(actual) && expected.size() == type.bytes()) {
      return Optional.empty();
    }
    double[] wanted = elements(tensor, type, expected);
    double[] got = elements(tensor, type, actual);
    double allowed = type.element().isFloat() ? floatTolerance * largest(wanted) : 0;
    int first = -1;
    int differing = 0;
    for (int i = 0; i < wanted.length; i++) {
      if (differ(wanted[i], got[i], allowed)) {
        first = first < 0 ? i : first;
        differing++;
      }
    }
    return first < 0
        ? Optional.empty()
        : Optional.of(
            new Mismatch(
                layer,
                tensor,
                first,
                print(type.element(), wanted[first]),
                print(type.element(), got[first]),
                differing,
                wanted.length));
  }

  private static boolean differ(double expected, double actual, double allowed) {
    return Double.compare(expected, actual) != 0
        && expected != actual
        && !(Math.abs(expected - actual) <= allowed);
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      if (Double.isFinite(value)) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }

  /// The elements as doubles, which hold every type but large int64 values exactly.
  private static double[] elements(String name, TensorType type, Blob data) {
    Tensor tensor = Tensor.constant(name.isEmpty() ? "tensor" : name, type, data);
    double[] values = new double[type.shape().count()];
    if (type.element().isFloat()) {
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

  private static String print(ElementType element, double value) {
    return element.isFloat() ? Float.toString((float) value) : Long.toString((long) value);
  }
}
