package dev.mote.testkit.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.ir.Graph;
import dev.mote.optimizer.calibrate.PostTraining;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.run.Predictions;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.testkit.mlperf.MlperfTiny;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Models that Mote quantizes are at least as near to their float originals as the int8 models that
/// were published with these. `make quantization` measures the same on more inputs.
class PublishedModelsTest {

  private static final int CALIBRATION = 128;
  private static final int HELD_OUT = 250;

  @BeforeEach
  void requireModels() {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
  }

  static List<PublishedModel> models() {
    return PublishedModel.all();
  }

  @ParameterizedTest
  @MethodSource("models")
  void quantizedByMoteIsNearerToTheOriginal(PublishedModel model) {
    assumeTrue(model.missing().isEmpty(), () -> model.missing().orElse(""));
    Graph floats = Quantizer.prepare(model.floatGraph());
    PostTraining.Recipe recipe = QuantizationBench.standard();
    Graph ours =
        PostTraining.run(
                model.floatGraph(), model.calibration(CALIBRATION, 1), recipe, (_, _) -> {})
            .graph();
    for (SampleSet inputs :
        Stream.of(model.random(HELD_OUT, 71), model.realistic(HELD_OUT, 72, true)).toList()) {
      Predictions truth = Predictions.of(floats, inputs);
      Difference found = Difference.of(truth, Predictions.of(ours, inputs));
      Difference published = Difference.of(truth, Predictions.of(model.integerGraph(), inputs));
      assertThat(found.meanError()).as(inputs.name()).isLessThanOrEqualTo(published.meanError());
      assertThat(found.agreement()).as(inputs.name()).isGreaterThanOrEqualTo(published.agreement());
    }
  }
}
