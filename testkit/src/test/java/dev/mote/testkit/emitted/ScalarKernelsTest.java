package dev.mote.testkit.emitted;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import dev.mote.testkit.cases.OperatorCase;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The kernels for processors without SIMD compute on emulated ones what the reference computes, on
/// the random cases of the operators that have such kernels.
class ScalarKernelsTest {

  /// Of each family on each processor; each is a build and a run of QEMU.
  private static final int CASES = Integer.getInteger("mote.scalar.cases", 1);

  private static final List<String> TARGETS = List.of("cortex-m0", "cortex-m3", "rv32imc");
  private static final Set<String> OPERATORS =
      Set.of("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED");

  static Stream<CaseFamily> families() {
    return Families.all().stream()
        .filter(family -> OPERATORS.contains(family.operator()))
        .filter(family -> family.name().contains("int8"));
  }

  @ParameterizedTest
  @MethodSource("families")
  void theBoardAgreesWithTheReference(CaseFamily family) {
    for (int target = 0; target < TARGETS.size(); target++) {
      // other cases on every processor: most of the code is the same
      for (int i = 0; i < CASES; i++) {
        OperatorCase source = family.cases().get((target * CASES + i) % family.cases().size());
        OnBoard.compare(source, TARGETS.get(target));
      }
    }
  }
}
