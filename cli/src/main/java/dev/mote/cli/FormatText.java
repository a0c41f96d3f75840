package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.pipeline.quantize.ActivationFormat;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Forms of layers as text: `int8`, `16x8`, `dynamic`, `float16`, `float32`, the first three with
/// the bits of the weights behind a slash where they are not 8: `int8/4`.
final class FormatText {

  private static final Map<String, LayerFormat> FORMATS = new LinkedHashMap<>();

  static {
    FORMATS.put("int8", LayerFormat.INT8);
    FORMATS.put("16x8", LayerFormat.INT16);
    FORMATS.put("dynamic", new LayerFormat(ActivationFormat.FLOAT32, WeightFormat.INT8));
    FORMATS.put("float16", LayerFormat.FLOAT16);
    FORMATS.put("float32", LayerFormat.FLOAT32);
  }

  private FormatText() {}

  /// @param option where the text was given, for the error
  static LayerFormat parse(String option, String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split("/", 2);
    LayerFormat format = FORMATS.get(parts[0]);
    if (format == null) {
      throw bad(option, "'" + text + "' is no format");
    }
    return parts.length == 1 ? format : withBits(option, format, parts[1]);
  }

  static LayerFormat withBits(String option, LayerFormat format, String bits) {
    WeightFormat weights =
        switch (bits) {
          case "8" -> WeightFormat.INT8;
          case "4" -> WeightFormat.INT4;
          case "2" -> WeightFormat.INT2;
          default -> throw bad(option, "no weights have " + bits + " bits");
        };
    if (!format.weights().isInteger()) {
      throw bad(option, text(format) + " has no weights of " + bits + " bits");
    }
    return format.withWeights(weights);
  }

  static String text(LayerFormat format) {
    String base =
        FORMATS.entrySet().stream()
            .filter(entry -> entry.getValue().activations() == format.activations())
            .filter(entry -> entry.getValue().weights().isInteger() == format.weights().isInteger())
            .filter(
                entry ->
                    format.weights().isInteger() || entry.getValue().weights() == format.weights())
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    return switch (format.weights()) {
      case INT4 -> base + "/4";
      case INT2 -> base + "/2";
      case INT8, FLOAT16, FLOAT32 -> base;
    };
  }

  /// The one layer that is called `text`, or whose name contains it.
  static String layer(String text, List<String> layers) {
    if (layers.contains(text)) {
      return text;
    }
    List<String> found = new ArrayList<>(layers);
    found.removeIf(layer -> !layer.contains(text));
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw new DiagnosticException(
        Diagnostic.user(
            CliCodes.UNKNOWN_LAYER,
            "--layer " + text,
            found.isEmpty()
                ? "no layer is called so"
                : "%d layers are: %s".formatted(found.size(), String.join(", ", found)),
            "give a part of a name that one layer alone has; 'mote inspect' lists them. Here: "
                + String.join(", ", found.isEmpty() ? layers : found)
                + "."));
  }

  private static DiagnosticException bad(String option, String what) {
    return new DiagnosticException(
        Diagnostic.user(
            CliCodes.UNKNOWN_FORMAT,
            option,
            what,
            "give one of "
                + String.join(", ", FORMATS.keySet())
                + "; int8, 16x8 and dynamic with /4 or /2 for weights of fewer bits."));
  }
}
