package dev.mote.testkit.cases;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// All cases of one operator in one set of types.
///
/// @param operator TFLite's name of the operator
/// @param column where it stands in the operator table
/// @param detail what tells it from other families of the same column; may be empty
/// @param count number of cases; at least 30
/// @param generator draws a case
/// @param oracle how closely TFLite and the reference interpreter agree
/// @param emitted how closely the emitted C and the reference interpreter agree
public record CaseFamily(
    String operator,
    Column column,
    String detail,
    int count,
    Generator generator,
    Agreement oracle,
    Agreement emitted) {

  /// Draws the model of one case.
  @FunctionalInterface
  public interface Generator {
    ModelSketch generate(CaseRandom random);
  }

  private static final int USUAL_COUNT = 32;

  public CaseFamily {
    if (count < 30) {
      throw new IllegalArgumentException("a family needs at least 30 cases, not " + count);
    }
  }

  /// A family with the usual number of cases, exact for integer columns and 1e-5 for float ones.
  public static CaseFamily of(String operator, Column column, Generator generator) {
    Agreement agreement =
        switch (column) {
          case FLOAT32, FLOAT16, DYNAMIC -> Agreement.FLOAT;
          case INT8, INT16, INT4, UINT8, INT32, INT64, BOOL -> Agreement.EXACT;
        };
    return new CaseFamily(operator, column, "", USUAL_COUNT, generator, agreement, agreement);
  }

  /// This family, told apart by `detail`.
  public CaseFamily detail(String text) {
    return new CaseFamily(operator, column, text, count, generator, oracle, emitted);
  }

  /// This family with another agreement with TFLite.
  public CaseFamily oracle(Agreement agreement) {
    return new CaseFamily(operator, column, detail, count, generator, agreement, emitted);
  }

  /// This family with another agreement of the emitted C with the reference interpreter.
  public CaseFamily emitted(Agreement agreement) {
    return new CaseFamily(operator, column, detail, count, generator, oracle, agreement);
  }

  /// Unique name, for instance `CONV_2D int8 (per channel)`.
  public String name() {
    return operator + " " + column.label() + (detail.isEmpty() ? "" : " (" + detail + ")");
  }

  /// The cases, always the same.
  public List<OperatorCase> cases() {
    return IntStream.range(0, count).mapToObj(this::draw).toList();
  }

  /// Which of the cases a test takes: a quarter, drawn once and for all, or with `-Dsweep=true`
  /// (`make sweep`) all.
  public List<OperatorCase> sample() {
    if (Boolean.getBoolean("sweep")) {
      return cases();
    }
    List<Integer> numbers = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(numbers, new Random(name().hashCode()));
    return numbers.stream().limit(count / 4).sorted().map(this::draw).toList();
  }

  /// Case number `index`.
  public OperatorCase draw(int index) {
    CaseRandom random = new CaseRandom(31L * name().hashCode() + index, index);
    ModelSketch sketch = generator.generate(random);
    return OperatorCase.of(this, index, sketch, random);
  }
}
