package dev.mote.testkit.cases;

import dev.mote.ir.Blob;
import java.util.ArrayList;
import java.util.List;

/// One model with inputs for a few invocations in a row; state is kept between them.
///
/// @param family where the case comes from
/// @param index its number in the family
/// @param description the operator's tensors, for people
/// @param model bytes of the `.tflite` file
/// @param invocations for each invocation the inputs in the model's order
public record OperatorCase(
    CaseFamily family, int index, String description, Blob model, List<List<Blob>> invocations) {

  private static final int INVOCATIONS = 3;

  public OperatorCase {
    invocations = invocations.stream().map(List::copyOf).toList();
  }

  static OperatorCase of(CaseFamily family, int index, ModelSketch sketch, CaseRandom random) {
    List<List<Blob>> invocations = new ArrayList<>();
    for (int i = 0; i < INVOCATIONS; i++) {
      invocations.add(sketch.drawInputs(random));
    }
    return new OperatorCase(family, index, sketch.describe(), Blob.of(sketch.build()), invocations);
  }

  /// Unique name, for instance `ADD int8 #3`.
  public String name() {
    return family.name() + " #" + index;
  }
}
