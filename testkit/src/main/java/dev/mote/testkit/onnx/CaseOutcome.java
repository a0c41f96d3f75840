package dev.mote.testkit.onnx;

/// What came of a test case.
///
/// @param bound how many inputs were made constants, since Mote needs them at compile time
/// @param reason why it was refused or how it differs; empty when it passed
record CaseOutcome(NodeCase source, Verdict verdict, int bound, String reason) {

  enum Verdict {
    /// Interpreter and emitted C give the expected outputs.
    PASSED,
    /// Reader or compiler said with a code why they do not take the model.
    REFUSED,
    /// Other outputs, an exception, or a code of class INTERNAL.
    FAILED
  }
}
