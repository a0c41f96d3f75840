/// Post-training quantization: a float graph and the ranges of its tensors become an integer graph.
/// Pure functions; what runs data through models to find the ranges is elsewhere.
///
/// ```java
/// Graph prepared = Quantizer.prepare(graph);
/// Calibration calibration = ...; // ranges of the prepared graph's tensors, by name
/// Graph integers =
///     Quantizer.quantize(
///         prepared, calibration, QuantizationScheme.INT8, WeightScales.MIN_MAX,
/// WeightRounding.NEAREST);
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline.quantize;
