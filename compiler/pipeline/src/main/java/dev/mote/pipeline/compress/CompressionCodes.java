package dev.mote.pipeline.compress;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Codes of what is wrong with the parameters of a compression; a page each in `docs/errors`.
public final class CompressionCodes {

  /// A fraction, energy or number that is out of its range.
  public static final int OUT_OF_RANGE = 2221;

  /// A layer is named that the model does not have, or that the method does not apply to.
  public static final int UNKNOWN_LAYER = 2222;

  /// Statistics do not fit the model.
  public static final int STATISTICS = 2224;

  private CompressionCodes() {}

  /// `value` when it is at least 0 and below 1.
  ///
  /// @throws DiagnosticException otherwise
  static double fraction(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw outOfRange(what, value, "a fraction from 0 to below 1");
    }
    return value;
  }

  static int range(String what, int value, int low, int high) {
    if (value < low || value > high) {
      throw outOfRange(what, value, "a number from " + low + " to " + high);
    }
    return value;
  }

  static DiagnosticException outOfRange(String what, Object value, String wanted) {
    return new DiagnosticException(
        Diagnostic.user(
            OUT_OF_RANGE,
            what,
            value + " is out of range: it is " + wanted,
            "give " + wanted + "."));
  }

  /// Every name of `wanted` is one of `known`.
  ///
  /// @throws DiagnosticException otherwise
  static void requireKnown(Graph graph, Map<String, ?> wanted, Collection<String> known) {
    List<Diagnostic> unknown =
        wanted.keySet().stream()
            .filter(name -> !known.contains(name))
            .sorted()
            .map(
                name ->
                    Diagnostic.user(
                        UNKNOWN_LAYER,
                        graph.name() + ", layer '" + name + "'",
                        "there is no such layer among those that can be changed this way",
                        known.isEmpty()
                            ? "leave the exception out; the model has no such layers."
                            : "name one of: " + String.join(", ", known) + "."))
            .toList();
    if (!unknown.isEmpty()) {
      throw new DiagnosticException(unknown);
    }
  }
}
