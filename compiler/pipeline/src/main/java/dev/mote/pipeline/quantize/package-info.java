/// Post-training quantization: a float graph and the ranges of its tensors become an integer graph.
/// Pure functions; what runs data through models to find the ranges is elsewhere.
///
/// ```java
/// Graph prepared = new CrossLayerEqualization().apply(Quantizer.prepare(graph));
/// Calibration calibration = ...; // ranges of the prepared graph's tensors, by name
/// QuantizationScheme scheme = QuantizationScheme.INT8.with("conv1", LayerFormat.INT16);
/// Graph integers =
///     Quantizer.quantize(
///         prepared, calibration, scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
/// ```
///
/// `Formats` says in what each node computes, `ScaleGroups` which scale each tensor has,
/// `LayerConversion` makes the nodes, `GraphDraft` the conversions between them; `OperatorRule` is
/// the table of operators. Seams: how weights get scales ([WeightScales]) and integers
/// ([WeightRounding]), and biases that data has corrected ([LayerBiases]).
@org.jspecify.annotations.NullMarked
package dev.mote.pipeline.quantize;
