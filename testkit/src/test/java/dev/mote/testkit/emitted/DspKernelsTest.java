package dev.mote.testkit.emitted;

import dev.mote.testkit.cases.CaseFamily;
import dev.mote.testkit.cases.Families;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The kernels for the DSP extension compute on an emulated Cortex-M4 what the reference computes,
/// on the random cases of the operators that have such kernels.
class DspKernelsTest {

  /// Of each family; each is a build and a run of QEMU.
  private static final int CASES = Integer.getInteger("mote.dsp.cases", 3);

  private static final Set<String> OPERATORS =
      Set.of(
          "CONV_2D",
          "DEPTHWISE_CONV_2D",
          "FULLY_CONNECTED",
          "AVERAGE_POOL_2D",
          "MAX_POOL_2D",
          "ADD",
          "SUB",
          "MUL",
          "MEAN",
          "SVDF",
          "UNIDIRECTIONAL_SEQUENCE_LSTM");

  /// Operators with kernels for int16 too.
  private static final Set<String> WITH_WEIGHTS =
      Set.of("CONV_2D", "FULLY_CONNECTED", "UNIDIRECTIONAL_SEQUENCE_LSTM");

  static Stream<CaseFamily> families() {
    return Families.all().stream()
        .filter(family -> OPERATORS.contains(family.operator()))
        .filter(
            family ->
                family.name().contains("int8")
                    || family.name().contains("int4")
                    || (family.name().contains("int16")
                        && WITH_WEIGHTS.contains(family.operator())));
  }

  @ParameterizedTest
  @MethodSource("families")
  void theBoardAgreesWithTheReference(CaseFamily family) {
    family.cases().subList(0, CASES).forEach(source -> OnBoard.compare(source, "cortex-m4"));
  }
}
