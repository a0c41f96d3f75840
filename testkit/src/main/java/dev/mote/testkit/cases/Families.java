package dev.mote.testkit.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Every family of cases.
public final class Families {

  private Families() {}

  /// All families, those of one operator side by side.
  ///
  /// @throws IllegalStateException when two share a name
  public static List<CaseFamily> all() {
    List<CaseFamily> all =
        Stream.of(
                ConvolutionCases.families(),
                MatrixCases.families(),
                PoolCases.families(),
                BinaryCases.families(),
                ComparisonCases.families(),
                ReductionCases.families(),
                UnaryCases.families(),
                SoftmaxCases.families(),
                RepresentationCases.families(),
                MovementCases.families(),
                RecurrenceCases.families())
            .flatMap(List::stream)
            .toList();
    Set<String> names = new HashSet<>();
    for (CaseFamily family : all) {
      if (!names.add(family.name())) {
        throw new IllegalStateException("two families are called '" + family.name() + "'");
      }
    }
    return all;
  }
}
