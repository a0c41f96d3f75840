package dev.mote.testkit.writers;

import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.OperatorCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A family of cases, written in both formats and run by both runtimes.
///
/// @param family the family
/// @param tflite what is wrong with the `.tflite` files, a line each
/// @param onnx what came of the `.onnx` files
record WrittenFamily(CaseFamily family, List<String> tflite, List<OnnxRoundTrip.Outcome> onnx) {

  /// The first cases of `family`, always the same.
  static WrittenFamily of(CaseFamily family, int tfliteCases, int onnxCases) {
    List<String> tflite = new ArrayList<>();
    for (OperatorCase source : draw(family, tfliteCases)) {
      problem(source).ifPresent(p -> tflite.add(source.name() + " " + source.description() + p));
    }
    List<OnnxRoundTrip.Outcome> onnx =
        draw(family, onnxCases).stream().map(source -> OnnxRoundTrip.of(source, 1)).toList();
    return new WrittenFamily(family, tflite, onnx);
  }

  private static Optional<String> problem(OperatorCase source) {
    try {
      return TfliteRoundTrip.problem(source).map(text -> ": " + text);
    } catch (IllegalStateException e) {
      return Optional.of(": " + e);
    }
  }

  private static List<OperatorCase> draw(CaseFamily family, int count) {
    return IntStream.range(0, count).mapToObj(family::draw).toList();
  }

  boolean comparedWithTflite() {
    return !(family.oracle() instanceof Agreement.Absent);
  }

  boolean has(OnnxRoundTrip.Kind kind) {
    return onnx.stream().anyMatch(outcome -> outcome.kind() == kind);
  }
}
