package dev.mote.plugin;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a user sets of a compiler's own: name → a string, a boolean, a [Long] or a [Double], as the
/// compiler's schema says.
///
/// @param values in the order of their names
public record Parameters(Map<String, Object> values) {

  /// Nothing is set.
  public static final Parameters NONE = new Parameters(Map.of());

  public Parameters {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
    values.forEach(
        (name, value) -> {
          if (!(value instanceof String
              || value instanceof Boolean
              || value instanceof Long
              || value instanceof Double)) {
            throw new IllegalArgumentException(
                "parameter '" + name + "' is of no type that a parameter has");
          }
        });
  }

  /// A string; empty when it is not set.
  public Optional<String> text(String name) {
    return Optional.ofNullable((String) values.get(name));
  }

  /// A boolean; empty when it is not set.
  public Optional<Boolean> flag(String name) {
    return Optional.ofNullable((Boolean) values.get(name));
  }

  /// A whole number; empty when it is not set.
  public Optional<Long> whole(String name) {
    return Optional.ofNullable((Long) values.get(name));
  }
}
