/// Which layers bear few bits: each by itself in an integer format, all others float.
///
/// ```java
/// Sensitivity report = Sensitivity.measure(prepared, calibration, samples, formats, _ -> {});
/// report.rows().forEach(row -> … row.fidelity().divergence().signalToNoise());
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.optimizer.sensitivity;
