package dev.mote.pipeline.quantize;

/// The form that one layer takes.
///
/// Integer activations go with integer weights. Float activations go with float weights, or with
/// integer weights of 8 bits or less, where the layer quantizes its input as it runs ("dynamic
/// range").
///
/// @param activations what the layer reads, computes in and writes
/// @param weights how its weights are stored; without effect on operators that have none
public record LayerFormat(ActivationFormat activations, WeightFormat weights) {

  /// A layer that stays as it is.
  public static final LayerFormat FLOAT32 =
      new LayerFormat(ActivationFormat.FLOAT32, WeightFormat.FLOAT32);

  /// A float layer with weights of half the size.
  public static final LayerFormat FLOAT16 =
      new LayerFormat(ActivationFormat.FLOAT32, WeightFormat.FLOAT16);

  /// int8 throughout.
  public static final LayerFormat INT8 = new LayerFormat(ActivationFormat.INT8, WeightFormat.INT8);

  /// int16 activations with int8 weights.
  public static final LayerFormat INT16 =
      new LayerFormat(ActivationFormat.INT16, WeightFormat.INT8);

  public LayerFormat {
    if (activations.isInteger() && !weights.isInteger()) {
      throw new IllegalArgumentException(
          "no kernel has %s activations with %s weights".formatted(activations, weights));
    }
  }

  /// This format with other weights.
  public LayerFormat withWeights(WeightFormat other) {
    return new LayerFormat(activations, other);
  }
}
