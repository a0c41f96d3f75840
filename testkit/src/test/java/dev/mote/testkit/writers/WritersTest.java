package dev.mote.testkit.writers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import dev.mote.testkit.graphs.GraphFamilies;
import dev.mote.testkit.oracle.TfliteOracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every operator and random graphs through both writers.
class WritersTest {

  /// More cases, and the table written anew: `make writers`.
  private static final boolean WRITES_TABLE = Boolean.getBoolean("mote.writers");

  private static final int TFLITE_CASES = WRITES_TABLE ? 5 : 2;
  private static final int ONNX_CASES = WRITES_TABLE ? 5 : 1;

  private static List<WrittenFamily> written = List.of();

  @BeforeAll
  static void write() {
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
    List<CaseFamily> families =
        Stream.concat(Families.all().stream(), GraphFamilies.all().stream()).toList();
    written =
        families.parallelStream()
            .map(
                family ->
                    WrittenFamily.of(family, TFLITE_CASES, isOperator(family) ? ONNX_CASES : 0))
            .toList();
  }

  private static boolean isOperator(CaseFamily family) {
    return !family.operator().equals("random graph");
  }

  @Test
  void whatIsWrittenAsTfliteIsReadAndRunTheSame() {
    assertThat(written.stream().flatMap(family -> family.tflite().stream())).isEmpty();
  }

  @Test
  void whatIsWrittenAsOnnxGivesNearlyTheSame() {
    assertThat(
            written.stream()
                .filter(family -> WritersTable.reason(family).isEmpty())
                .flatMap(
                    family ->
                        family.onnx().stream()
                            .filter(o -> o.kind() == OnnxRoundTrip.Kind.DIFFERENT)
                            .map(o -> family.family().name() + ": " + o.text())))
        .isEmpty();
  }

  @Test
  void theTableSaysWhatIsWritten() throws IOException {
    Path file = Path.of(System.getProperty("mote.root", "..")).resolve(WritersTable.FILE);
    if (WRITES_TABLE) {
      List<WrittenFamily> operators =
          written.stream().filter(family -> isOperator(family.family())).toList();
      Files.writeString(file, WritersTable.text(operators));
    }
    String table = Files.readString(file);
    for (CaseFamily family : Families.all()) {
      assertThat(table).contains("| " + family.operator() + " |");
    }
    for (WrittenFamily family : written) {
      if (family.has(OnnxRoundTrip.Kind.REFUSED)) {
        assertThat(table)
            .containsPattern(
                "\\| "
                    + family.family().operator()
                    + " \\|.*\\|.*\\|.*"
                    + family.family().column().label()
                    + ": ");
      }
    }
  }
}
