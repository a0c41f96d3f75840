/// Calibration: what quantization needs to learn from data. Ranges of activations, scales of
/// weights, and corrections of an integer graph against the float graph that it came from.
///
/// ```java
/// Graph prepared = Quantizer.prepare(graph);
/// Calibration ranges = new Calibrator(RangeMethod.MSE).calibrate(prepared, source, format);
/// Graph integers = Quantizer.quantize(prepared, ranges, scheme, scales, WeightRounding.NEAREST);
/// Graph better = new LayerCorrection(prepared, integers, options).run(samples);
/// ```
///
/// Everything is deterministic: the same data in the same order give the same bytes.
@org.jspecify.annotations.NullMarked
package dev.mote.optimizer.calibrate;
