package dev.mote.testkit.graphs;

import dev.mote.testkit.cases.Agreement;
import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Column;
import java.util.List;

/// Families of random graphs; they are no operators and so not in the operator table.
public final class GraphFamilies {

  private static final int COUNT = 60;

  private GraphFamilies() {}

  /// All of them.
  public static List<CaseFamily> all() {
    return List.of(
        new CaseFamily(
            "random graph",
            Column.INT8,
            "convolutional",
            COUNT,
            GraphGenerator::convolutional,
            Agreement.EXACT,
            Agreement.EXACT),
        dense("dense", GraphGenerator::dense),
        dense("idle channels", GraphGenerator::idle),
        dense("image", GraphGenerator::image));
  }

  private static CaseFamily dense(String detail, CaseFamily.Generator generator) {
    return new CaseFamily(
        "random graph",
        Column.INT8,
        detail,
        COUNT,
        generator,
        new Agreement.Absent(
            "one step of a fully connected layer spreads; see FULLY_CONNECTED in"
                + " docs/reference/tflite-differences.md"),
        Agreement.EXACT);
  }
}
