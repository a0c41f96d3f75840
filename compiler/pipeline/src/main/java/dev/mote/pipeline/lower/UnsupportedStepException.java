package dev.mote.pipeline.lower;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Tensor;
import java.util.stream.Collectors;

/// No kernel computes a step with these types; the compiler collects these and reports them
/// together.
public final class UnsupportedStepException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Diagnostic diagnostic;

  UnsupportedStepException(Step step) {
    this(step, "no kernel takes " + types(step));
  }

  UnsupportedStepException(Step step, String what) {
    super(what);
    this.diagnostic =
        Diagnostic.user(
            3001,
            step.graph().name() + ", " + step.node().op().label() + " '" + step.node().name() + "'",
            what,
            "quantize the model to int8 with TFLite's converter, or replace the operator.");
  }

  public Diagnostic diagnostic() {
    return diagnostic;
  }

  private static String types(Step step) {
    return step.node().inputs().stream()
        .map(step.graph()::tensor)
        .map(UnsupportedStepException::type)
        .collect(Collectors.joining(", "));
  }

  private static String type(Tensor tensor) {
    return tensor.element().label() + "[" + tensor.shape() + "]";
  }
}
