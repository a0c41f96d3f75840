package dev.mote.testkit.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Graph;
import dev.mote.plugin.ModelReader;
import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Column;
import dev.mote.testkit.cases.Families;
import dev.mote.testkit.cases.OperatorCase;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The float cases of every operator of the operator table, with all their shapes and attributes.
class QuantizeCasesTest {

  private static final Set<Column> FLOATS =
      EnumSet.of(Column.FLOAT32, Column.FLOAT16, Column.DYNAMIC);
  private static final int CASES = Integer.getInteger("cases", 1);

  @Test
  void everyFloatCaseQuantizes() {
    GraphSweep sweep = new GraphSweep(-3);
    for (CaseFamily family : Families.all()) {
      for (int i = 0; FLOATS.contains(family.column()) && i < CASES; i++) {
        OperatorCase source = family.draw(i);
        switch (new TfliteReader()
            .read(source.model(), source.name(), ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph graph) ->
              sweep.check(source.name(), graph, source.invocations());
          case ModelReader.Result.Refused(var problems) ->
              throw new AssertionError(source.name() + ": " + problems);
        }
      }
    }
    assertThat(sweep.problems()).isEmpty();
    assertThat(sweep.quantized()).isGreaterThan(CASES * 100);
  }
}
