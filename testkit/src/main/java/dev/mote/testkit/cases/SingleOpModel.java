package dev.mote.testkit.cases;

import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A TFLite model of one operator, built by naming its operands in order.
public final class SingleOpModel {

  private final int builtin;
  private final CaseRandom random;
  private final ModelSketch sketch = new ModelSketch();
  private final List<Integer> operands = new ArrayList<>();
  private final List<Integer> results = new ArrayList<>();
  private Optional<Object> options = Optional.empty();

  private SingleOpModel(int builtin, CaseRandom random) {
    this.builtin = builtin;
    this.random = random;
  }

  /// A model of operator `builtin`, a constant of [BuiltinOperator]; `random` fills its constants.
  public static SingleOpModel of(int builtin, CaseRandom random) {
    return new SingleOpModel(builtin, random);
  }

  /// The operator's options: an object of the schema, for instance `AddOptionsT`.
  public SingleOpModel options(Object value) {
    options = Optional.of(value);
    return this;
  }

  /// An operand that the caller fills with any values.
  public SingleOpModel input(TensorType type) {
    return input(type, Values.any());
  }

  /// An operand that the caller fills.
  public SingleOpModel input(TensorType type, Values values) {
    operands.add(sketch.input(type, values));
    return this;
  }

  /// An operand with fixed contents.
  public SingleOpModel constant(TensorType type, Values values) {
    operands.add(sketch.constant(type, values.draw(random, type)));
    return this;
  }

  /// An operand that is a constant int32 vector: axes, shapes, paddings.
  public SingleOpModel vector(int... values) {
    return constant(
        TensorType.plain(ElementType.INT32, Shape.of(values.length)),
        (_, type) -> Values.integers(type, i -> (long) values[i]));
  }

  /// An operand that is a constant int32 scalar.
  public SingleOpModel scalar(int value) {
    return constant(
        TensorType.plain(ElementType.INT32, Shape.SCALAR),
        (_, type) -> Values.integers(type, _ -> (long) value));
  }

  /// The operand that was used before as number `operand` once more.
  public SingleOpModel again(int operand) {
    operands.add(operands.get(operand));
    return this;
  }

  /// An operand that is state.
  public SingleOpModel variable(TensorType type) {
    operands.add(sketch.variable(type));
    return this;
  }

  /// An optional operand that is absent.
  public SingleOpModel absent() {
    operands.add(ModelSketch.ABSENT);
    return this;
  }

  /// A result.
  public SingleOpModel output(TensorType type) {
    int tensor = sketch.activation(type);
    results.add(tensor);
    sketch.output(tensor);
    return this;
  }

  /// The finished model.
  public ModelSketch sketch() {
    sketch.operator(builtin, options, operands, results);
    return sketch;
  }
}
