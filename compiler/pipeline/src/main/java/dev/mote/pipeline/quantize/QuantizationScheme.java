package dev.mote.pipeline.quantize;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a graph is to become.
///
/// @param standard the form of every layer that is no exception
/// @param layers exceptions, by the name of the layer's first output in the prepared graph
/// @param perChannel a weight scale for each output channel, or one for the whole tensor
/// @param symmetricActivations int8 activations without a zero point; int16 ones never have any
/// @param integerBorder whether the graph's inputs and outputs become integers, or stay float with
///     a conversion behind and before them
public record QuantizationScheme(
    LayerFormat standard,
    Map<String, LayerFormat> layers,
    boolean perChannel,
    boolean symmetricActivations,
    boolean integerBorder) {

  /// TFLite's full integer quantization: int8, weights per channel, integer border.
  public static final QuantizationScheme INT8 = of(LayerFormat.INT8);

  /// int16 activations with int8 weights per channel, integer border.
  public static final QuantizationScheme INT16 = of(LayerFormat.INT16);

  /// Float with weights of half the size.
  public static final QuantizationScheme FLOAT16 = of(LayerFormat.FLOAT16);

  public QuantizationScheme {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
  }

  /// Every layer in `standard`; weights per channel, asymmetric activations, integer border.
  public static QuantizationScheme of(LayerFormat standard) {
    return new QuantizationScheme(standard, Map.of(), true, false, true);
  }

  /// The form of the layer whose first output is `output`.
  public LayerFormat format(String output) {
    return layers.getOrDefault(output, standard);
  }

  /// This scheme with one exception more, or another one for `output`.
  public QuantizationScheme with(String output, LayerFormat format) {
    Map<String, LayerFormat> changed = new LinkedHashMap<>(layers);
    changed.put(output, format);
    return withLayers(changed);
  }

  public QuantizationScheme withLayers(Map<String, LayerFormat> exceptions) {
    return new QuantizationScheme(
        standard, exceptions, perChannel, symmetricActivations, integerBorder);
  }

  public QuantizationScheme withPerChannel(boolean channels) {
    return new QuantizationScheme(standard, layers, channels, symmetricActivations, integerBorder);
  }

  public QuantizationScheme withSymmetricActivations(boolean symmetric) {
    return new QuantizationScheme(standard, layers, perChannel, symmetric, integerBorder);
  }

  public QuantizationScheme withIntegerBorder(boolean integers) {
    return new QuantizationScheme(standard, layers, perChannel, symmetricActivations, integers);
  }
}
