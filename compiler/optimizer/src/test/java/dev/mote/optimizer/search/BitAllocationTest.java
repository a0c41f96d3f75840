package dev.mote.optimizer.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.optimizer.search.BitAllocation.Step;
import dev.mote.optimizer.search.Evaluator.WeightedLayer;
import dev.mote.pipeline.quantize.WeightFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BitAllocationTest {

  private static final List<WeightedLayer> LAYERS =
      List.of(new WeightedLayer("small", 100), new WeightedLayer("large", 10_000));

  @Test
  void whatSavesMostForItsDamageComesFirst() {
    Map<Step, Double> damages =
        Map.of(
            new Step("small", WeightFormat.INT4), 0.001,
            new Step("small", WeightFormat.INT2), 0.010,
            new Step("large", WeightFormat.INT4), 0.002,
            new Step("large", WeightFormat.INT2), 0.500);
    assertThat(new BitAllocation(LAYERS, damages).path())
        .containsExactly(
            Map.of("large", WeightFormat.INT4),
            Map.of("large", WeightFormat.INT4, "small", WeightFormat.INT4),
            Map.of("large", WeightFormat.INT2, "small", WeightFormat.INT4),
            Map.of("large", WeightFormat.INT2, "small", WeightFormat.INT2));
  }

  @Test
  void aLayerThatWasNotMeasuredKeepsItsBits() {
    Map<Step, Double> damages = Map.of(new Step("small", WeightFormat.INT4), 0.1);
    assertThat(new BitAllocation(LAYERS, damages).path())
        .containsExactly(Map.of("small", WeightFormat.INT4));
    assertThat(new BitAllocation(LAYERS, Map.of()).path()).isEmpty();
  }
}
