package dev.mote.module;

import dev.mote.module.cbor.Cbor;
import java.util.ArrayList;
import java.util.List;

/// A standard step with its parameters.
///
/// @param step which
/// @param signal index of the input that it prepares, or of the output that it takes
/// @param values one for each of [StandardStep#parameters], in their order: [Cbor.Real] for a
///     number, [Cbor.Int] for a whole number, [Cbor.Text] for a name
public record PipelineStep(StandardStep step, int signal, List<Cbor> values) {

  public PipelineStep {
    values = List.copyOf(values);
    Rules.range(signal, 0, 15, "the signal of a step");
    Rules.require(
        values.size() == step.parameters().size(),
        step + " has %d parameters".formatted(step.parameters().size()));
    for (int i = 0; i < values.size(); i++) {
      StandardStep.Parameter parameter = step.parameters().get(i);
      String what = step + "'s " + parameter.name();
      switch (parameter.kind()) {
        case NUMBER -> Rules.require(values.get(i) instanceof Cbor.Real, what + " is a float");
        case WHOLE ->
            Rules.require(
                values.get(i) instanceof Cbor.Int(long value)
                    && value >= 0
                    && value <= Integer.MAX_VALUE,
                what + " is a whole number from 0 to 2^31 - 1");
        case NAME -> {
          Rules.require(values.get(i) instanceof Cbor.Text, what + " is a text");
          Rules.name(((Cbor.Text) values.get(i)).value(), what);
        }
      }
    }
  }

  /// The step with numbers and names as Java has them: [Double], [Integer], [String].
  public static PipelineStep of(StandardStep step, int signal, Object... values) {
    List<Cbor> items = new ArrayList<>();
    for (Object value : values) {
      items.add(
          switch (value) {
            case Double number -> Cbor.of(number);
            case Integer number -> Cbor.of(number);
            case String name -> Cbor.of(name);
            default -> throw new IllegalArgumentException("no parameter is a " + value.getClass());
          });
    }
    return new PipelineStep(step, signal, items);
  }
}
