package dev.mote.testkit.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.testkit.mlperf.MlperfTiny;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TfliteOracleTest {

  @BeforeEach
  void requireModels() {
    assumeTrue(TfliteOracle.obstacle().isEmpty(), () -> TfliteOracle.obstacle().orElse(""));
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"kws_ref_model", "pretrainedResnet_quant", "vww_96_int8", "str_ww_ref_model"})
  void referenceKernelsGiveTheGoldenOutput(String name) {
    assertThat(run(name)).isEqualTo(MlperfTiny.read(name + ".out.bin"));
  }

  @ParameterizedTest
  @ValueSource(strings = "ad01_int8")
  void fullyConnectedDiffersFromTheMicroKernelsByOne(String name) {
    byte[] expected = MlperfTiny.read(name + ".out.bin");
    byte[] actual = run(name);
    assertThat(actual).hasSameSizeAs(expected);
    int different = 0;
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(1);
      different += actual[i] == expected[i] ? 0 : 1;
    }
    assertThat(different).isEqualTo(114);
  }

  @Test
  void observesTheTensorsBetweenOperators() {
    String name = "kws_ref_model";
    try (TfliteOracle oracle = TfliteOracle.observing(MlperfTiny.model(name))) {
      List<TfliteOracle.Contents> tensors =
          oracle.runForContents(List.of(MlperfTiny.read(name + ".in.bin")));
      assertThat(tensors.getFirst().bytes()).isEqualTo(MlperfTiny.read(name + ".out.bin"));
      assertThat(tensors)
          .anySatisfy(
              tensor ->
                  assertThat(tensor.bytes()).isEqualTo(MlperfTiny.read(name + ".presoftmax.bin")));
    }
  }

  private static byte[] run(String name) {
    try (TfliteOracle oracle = TfliteOracle.of(MlperfTiny.model(name))) {
      List<byte[]> outputs = oracle.run(List.of(MlperfTiny.read(name + ".in.bin")));
      return outputs.getFirst();
    }
  }
}
