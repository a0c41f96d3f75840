package dev.mote.testkit.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// One test per operator × type: TFLite, the reference interpreter and emitted C agree.
///
/// `make test` draws a quarter of each family's cases, `make sweep` takes all.
/// `-Dmote.test.args=-Dcases=ADD,SUB` keeps the families whose names start with `ADD` or `SUB`.
class DifferentialTest {

  private static final String PREFIX = System.getProperty("cases", "");

  private static List<FamilyReport> reports = List.of();

  @BeforeAll
  static void runAll() {
    reports =
        Reports.of(
            Families.all().stream()
                .filter(
                    family -> Stream.of(PREFIX.split(",", -1)).anyMatch(family.name()::startsWith))
                .toList(),
            CaseFamily::sample);
  }

  @TestFactory
  Stream<DynamicTest> everyExecutionAgrees() {
    return reports.stream()
        .map(
            report ->
                DynamicTest.dynamicTest(
                    report.family().name(), () -> assertThat(report.text(5)).isEmpty()));
  }

  @Test
  void theDocumentationClaimsOnlyWhatPasses() throws IOException {
    assumeTrue(PREFIX.isEmpty(), "only some families were run");
    Path root = Path.of(System.getProperty("mote.root", ".."));
    Path table = root.resolve(OperatorTable.FILE);
    // What `make operators` would write, at no further cost.
    Files.writeString(root.resolve("testkit/target/operators.md"), OperatorTable.text(reports));
    Set<String> claimed = OperatorTable.claims(Files.readString(table));
    assertThat(OperatorTable.claims(OperatorTable.text(reports)))
        .as("run 'make operators' to rewrite " + OperatorTable.FILE)
        .containsAll(claimed);
  }
}
