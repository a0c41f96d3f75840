package dev.mote.testkit.writers;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The documentation's table of what can be written, from the families that pass.
final class WritersTable {

  /// The table's file, relative to the repository.
  static final String FILE = "docs/reference/writers.md";

  private static final String STEPS = "TFLite rounds in several steps, ONNX once";
  private static final String OVERFLOW = "sums beyond 32 or 64 bits: Mote wraps around";
  private static final String FLOATS = "activations stay floats, TFLite quantizes them";

  /// Families whose results differ by more than a step or 1e-5, and why: `OPERATOR column`.
  private static final Map<String, String> WEAKER =
      Map.ofEntries(
          Map.entry("CONV_2D dynamic range", FLOATS),
          Map.entry("DEPTHWISE_CONV_2D dynamic range", FLOATS),
          Map.entry("TRANSPOSE_CONV dynamic range", FLOATS),
          Map.entry("FULLY_CONNECTED dynamic range", FLOATS),
          Map.entry("SQUARED_DIFFERENCE int8", STEPS),
          Map.entry("SQUARED_DIFFERENCE int16", STEPS),
          Map.entry("ADD_N int8", STEPS),
          Map.entry("CUMSUM int8", STEPS),
          Map.entry("TANH int16", STEPS),
          Map.entry("LOGISTIC int16", STEPS),
          Map.entry("SOFTMAX int16", STEPS),
          Map.entry("RESIZE_BILINEAR int8", STEPS),
          Map.entry("SUM int32", OVERFLOW),
          Map.entry("SUB int64", OVERFLOW),
          Map.entry("ADD int64", OVERFLOW),
          Map.entry("MUL int64", OVERFLOW));

  private WritersTable() {}

  /// Why `family` may differ in ONNX; empty where it must not.
  static Optional<String> reason(WrittenFamily family) {
    return Optional.ofNullable(WEAKER.get(key(family)));
  }

  private static String key(WrittenFamily written) {
    return written.family().operator() + " " + written.family().column().label();
  }

  static String text(List<WrittenFamily> families) {
    Map<String, List<WrittenFamily>> operators = new TreeMap<>();
    for (WrittenFamily written : families) {
      operators.computeIfAbsent(written.family().operator(), _ -> new ArrayList<>()).add(written);
    }
    String rows =
        operators.entrySet().stream()
            .map(row -> row(row.getKey(), row.getValue()))
            .collect(joining("\n"));
    return """
        # What can be written

        Written by `make writers` from the tests that pass; do not edit. [How to](../howto/write-a-model.md).

        *.tflite*: what was read is written so that the same graph is read again, and TFLite's reference kernels compute the same,
        bit by bit; before and after the compiler's passes. In brackets: types that TFLite itself does not compute, so that only
        the graph is compared.

        *.onnx*: ONNX Runtime without optimisations gives what Mote's reference interpreter gives, floats within 1e-5, integers
        within one step. Quantized operators are written as floats between dequantizations and a quantization; ONNX rounds their
        result once, Mote as TensorFlow Lite Micro does.

        | operator | .tflite | .onnx | .onnx, with reservations |
        |---|---|---|---|
        %s
        """
        .formatted(rows);
  }

  private static String row(String operator, List<WrittenFamily> families) {
    Map<String, String> tflite = new TreeMap<>();
    Map<String, String> onnx = new TreeMap<>();
    Map<String, String> reserved = new TreeMap<>();
    for (WrittenFamily written : families) {
      String label = written.family().column().label();
      if (written.comparedWithTflite()) {
        tflite.put(label, label);
      } else {
        tflite.putIfAbsent(label, "(" + label + ")");
      }
      boolean refused = written.has(OnnxRoundTrip.Kind.REFUSED);
      Optional<String> reason = reason(written);
      if (reason.isPresent()) {
        reserved.put(label, label + ": " + reason.get());
      } else if (refused) {
        boolean some = written.has(OnnxRoundTrip.Kind.EQUAL);
        reserved.put(label, label + ": " + (some ? "refused in part" : "refused"));
      } else {
        onnx.put(label, label);
      }
    }
    onnx.keySet().removeAll(reserved.keySet());
    return "| %s | %s | %s | %s |"
        .formatted(
            operator,
            String.join(", ", tflite.values()),
            String.join(", ", onnx.values()),
            String.join("; ", reserved.values()));
  }
}
