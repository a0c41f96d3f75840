package dev.mote.pipeline.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsTest {

  private static Graph dense(Tensor weights) {
    boolean real = weights.element().isFloat();
    ElementType element = real ? ElementType.FLOAT32 : ElementType.INT8;
    Quantization scale = real ? Quantization.NONE : new Quantization.PerTensor(0.1f, 0);
    int inputs = weights.shape().last();
    int outputs = weights.shape().dim(0);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", Tensor.activation("x", new TensorType(element, Shape.of(1, inputs), scale)));
    tensors.put("w", weights);
    tensors.put("y", Tensor.activation("y", new TensorType(element, Shape.of(1, outputs), scale)));
    Node node =
        new Node("n", new Op.FullyConnected(Activation.NONE), List.of("x", "w"), List.of("y"));
    return new Graph("g", tensors, List.of(node), List.of("x"), List.of("y"), List.of(), List.of());
  }

  private static Tensor floats(int rows, double... values) {
    return Tensor.constant(
        "w",
        TensorType.plain(ElementType.FLOAT32, Shape.of(rows, values.length / rows)),
        Blob.of(LayerWeights.encode(ElementType.FLOAT32, values)));
  }

  private static Tensor bytes(List<Float> scales, double... values) {
    Shape shape = Shape.of(scales.size(), values.length / scales.size());
    return Tensor.constant(
        "w",
        new TensorType(ElementType.INT8, shape, new Quantization.PerChannel(scales, 0)),
        Blob.of(LayerWeights.encode(ElementType.INT8, values)));
  }

  private static double[] weights(Graph graph) {
    return LayerWeights.of(graph).getFirst().values();
  }

  private static double[] normal(Random random, int count) {
    return DoubleStream.generate(random::nextGaussian).limit(count).toArray();
  }

  @Test
  void theSmallestWeightsBecomeZero() {
    Graph graph = dense(floats(2, 1, -2, 3, -4, 0.5, 6, -7, 8));
    Graph pruned = MagnitudePruning.of(0.5).apply(graph);
    assertThat(weights(pruned)).containsExactly(0, 0, 0, -4, 0, 6, -7, 8);
    assertThat(MagnitudePruning.of(0.5).apply(pruned)).isEqualTo(pruned);
    assertThat(MagnitudePruning.of(0).apply(graph)).isEqualTo(graph);
  }

  @Test
  void magnitudesOfIntegersCountByTheScalesOfTheirChannels() {
    Graph graph = dense(bytes(List.of(1f, 0.015f), 1, 2, 100, 101));
    assertThat(weights(MagnitudePruning.of(0.25).apply(graph))).containsExactly(0, 2, 100, 101);
    assertThat(weights(MagnitudePruning.of(0.5).apply(graph))).containsExactly(0, 2, 0, 101);
  }

  @Test
  void groupsRunAlongTheInputsAndTheLastOfARowMayBeShorter() {
    Graph graph = dense(floats(2, 1, 1, 9, 9, 2, 9, 9, 1, 1, 2));
    GroupPruning pruning = new GroupPruning(2, new GroupPruning.Fraction(0.5), Map.of());
    assertThat(weights(pruning.apply(graph))).containsExactly(0, 0, 9, 9, 0, 9, 9, 0, 0, 2);
    GroupPruning regular = new GroupPruning(1, new GroupPruning.Regular(1, 2), Map.of());
    assertThat(weights(regular.apply(dense(floats(1, 1, 2, 4, 3, 5)))))
        .containsExactly(0, 2, 4, 0, 5);
    assertThat(pruning.apply(pruning.apply(graph))).isEqualTo(pruning.apply(graph));
  }

  @Test
  void aScheduleIsFastAtFirstAndEndsWhereItShould() {
    SparsitySchedule schedule = new SparsitySchedule.Polynomial(0, 0.8, 2, 6, 3);
    assertThat(List.of(schedule.at(0), schedule.at(2), schedule.at(6), schedule.at(9)))
        .containsExactly(0.0, 0.0, 0.8, 0.8);
    assertThat(schedule.at(4)).isEqualTo(0.8 - 0.8 / 8, within(1e-12));
    int[] calls = {0};
    GradualPruning gradual =
        new GradualPruning(
            schedule,
            7,
            MagnitudePruning.of(0),
            (graph, step) -> {
              assertThat(step).isEqualTo(calls[0]++);
              return graph;
            });
    Graph graph = dense(floats(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    assertThat(gradual.apply(graph)).isEqualTo(MagnitudePruning.of(0.8).apply(graph));
    assertThat(calls[0]).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void clustersAreTheBestThereAre(int clusters) {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      int n = 2 + random.nextInt(7);
      double[] numbers = normal(random, n);
      Arrays.sort(numbers);
      double[] weights = random.doubles(n, 0.1, 5).toArray();
      ScalarClusters found = ScalarClusters.of(numbers, weights, clusters, false);
      double error = 0;
      for (int i = 0; i < n; i++) {
        double distance = numbers[i] - found.nearest(numbers[i]);
        error += weights[i] * distance * distance;
      }
      assertThat(error).isEqualTo(least(numbers, weights, 0, clusters), within(1e-9));
    }
  }

  /// The least error of the numbers from `from` on in at most `clusters` intervals.
  private static double least(double[] numbers, double[] weights, int from, int clusters) {
    if (from == numbers.length) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int to = from + 1; clusters > 0 && to <= numbers.length; to++) {
      double mass = 0;
      double sum = 0;
      for (int i = from; i < to; i++) {
        mass += weights[i];
        sum += weights[i] * numbers[i];
      }
      double error = least(numbers, weights, to, clusters - 1);
      for (int i = from; i < to; i++) {
        error += weights[i] * Math.pow(numbers[i] - sum / mass, 2);
      }
      best = Math.min(best, error);
    }
    return best;
  }

  @Test
  void wholeClustersAreTheBestWholeNumbers() {
    Random random = new Random(3);
    for (int round = 0; round < 20; round++) {
      double[] numbers =
          random.ints(-9, 10).distinct().limit(6).sorted().asDoubleStream().toArray();
      double[] weights = random.doubles(6, 0.1, 5).toArray();
      ScalarClusters found = ScalarClusters.of(numbers, weights, 2, true);
      double least = Double.POSITIVE_INFINITY;
      for (int a = -9; a < 10; a++) {
        for (int b = a; b < 10; b++) {
          double error = 0;
          for (int i = 0; i < 6; i++) {
            double distance = Math.min(Math.abs(numbers[i] - a), Math.abs(numbers[i] - b));
            error += weights[i] * distance * distance;
          }
          least = Math.min(least, error);
        }
      }
      double error = 0;
      for (int i = 0; i < 6; i++) {
        double distance = numbers[i] - found.nearest(numbers[i]);
        error += weights[i] * distance * distance;
      }
      assertThat(error).isEqualTo(least, within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 16})
  void aClusteredTensorHasFewValuesAndStaysAsItIs(int clusters) {
    Random random = new Random(clusters);
    double[] values = IntStream.range(0, 600).mapToDouble(_ -> random.nextInt(-127, 128)).toArray();
    Graph graph = dense(bytes(List.of(0.1f, 0.2f, 0.7f), values));
    Graph clustered = WeightClustering.of(clusters).apply(graph);
    assertThat(DoubleStream.of(weights(clustered)).distinct().count()).isEqualTo(clusters);
    assertThat(WeightClustering.of(clusters).apply(clustered)).isEqualTo(clustered);
    Graph real = WeightClustering.of(clusters).apply(dense(floats(3, normal(random, 600))));
    assertThat(DoubleStream.of(weights(real)).distinct().count()).isEqualTo(clusters);
    assertThat(WeightClustering.of(clusters).apply(real)).isEqualTo(real);
  }

  @Test
  void prunedWeightsStayZeroWhenClustered() {
    Graph pruned = MagnitudePruning.of(0.5).apply(dense(floats(4, normal(new Random(5), 400))));
    Graph clustered = WeightClustering.of(8).apply(pruned);
    double[] before = weights(pruned);
    double[] after = weights(clustered);
    assertThat(IntStream.range(0, 400).filter(i -> before[i] == 0 && after[i] != 0)).isEmpty();
    assertThat(DoubleStream.of(after).distinct().count()).isEqualTo(8);
  }

  @Test
  void frequentValuesArePreferredAtAPrice() {
    Random random = new Random(11);
    double[] values =
        DoubleStream.of(normal(random, 2000))
            .map(v -> Math.rint(Math.clamp(30 * v, -127, 127)))
            .toArray();
    Graph graph = dense(bytes(List.of(0.1f, 0.1f), values));
    double before = WeightReport.of(graph).layers().getFirst().entropyBits();
    double last = before;
    for (double price : new double[] {0.001, 0.01, 0.05}) {
      Graph rounded = new EntropyRounding(price, Map.of()).apply(graph);
      double bits = WeightReport.of(rounded).layers().getFirst().entropyBits();
      assertThat(bits).isLessThan(last);
      last = bits;
      double[] after = weights(rounded);
      double error =
          IntStream.range(0, 2000).mapToDouble(i -> Math.pow(values[i] - after[i], 2)).sum();
      double squares = DoubleStream.of(values).map(v -> v * v).sum();
      // what it costs is paid for by the bits that it saves
      assertThat(error / squares).isLessThan(price * (before - bits) * 1.5);
    }
    assertThat(new EntropyRounding(0, Map.of()).apply(graph)).isEqualTo(graph);
  }

  @Test
  void aReportCountsWhatIsStored() {
    WeightReport.Layer layer =
        WeightReport.of(dense(floats(2, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1))).layers().getFirst();
    assertThat(layer.parameters()).isEqualTo(10);
    assertThat(layer.macs()).isEqualTo(10);
    assertThat(layer.zeros()).isEqualTo(7);
    assertThat(layer.zeroGroups()).isEqualTo(1);
    assertThat(layer.distinct()).isEqualTo(2);
    assertThat(layer.entropyBits()).isEqualTo(0.8813, within(1e-4));
    assertThat(layer.bytes()).isEqualTo(40);
  }

  @Test
  void mistakesAreToldAsAWhole() {
    assertThatThrownBy(() -> MagnitudePruning.of(1))
        .isInstanceOf(DiagnosticException.class)
        .hasMessage(
            "MOTE-2221 sparsity: 1.0 is out of range: it is a fraction from 0 to below 1\n"
                + "  Fix: give a fraction from 0 to below 1.");
    Graph graph = dense(floats(1, 1, 2));
    assertThatThrownBy(() -> new WeightClustering(2, Map.of("z", 3)).apply(graph))
        .hasMessage(
            "MOTE-2222 g, layer 'z': there is no such layer among those that can be changed this"
                + " way\n  Fix: name one of: y.");
    assertThatThrownBy(() -> WeightClustering.of(1)).hasMessageContaining("MOTE-2221");
    assertThatThrownBy(() -> MagnitudePruning.of(Double.NaN)).hasMessageContaining("MOTE-2221");
  }
}
