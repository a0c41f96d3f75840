package dev.mote.pipeline.quantize;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The ranges of the float activations and inputs of a prepared graph, by tensor name. Constants
/// need none.
///
/// @param ranges tensor name → range
public record Calibration(Map<String, ValueRange> ranges) {

  public Calibration {
    ranges = Collections.unmodifiableMap(new LinkedHashMap<>(ranges));
  }

  /// The range of `tensor`, if it is known.
  public Optional<ValueRange> range(String tensor) {
    return Optional.ofNullable(ranges.get(tensor));
  }
}
