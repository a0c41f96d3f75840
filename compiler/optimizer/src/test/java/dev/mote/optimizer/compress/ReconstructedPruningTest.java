package dev.mote.optimizer.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Activation;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Verifier;
import dev.mote.ir.Window2d;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.compress.ChannelPruning;
import dev.mote.pipeline.compress.Compression;
import dev.mote.pipeline.compress.GroupPruning;
import dev.mote.pipeline.compress.LayerMoments;
import dev.mote.pipeline.compress.LowRank;
import dev.mote.pipeline.compress.MagnitudePruning;
import dev.mote.pipeline.compress.Reconstruction;
import dev.mote.pipeline.compress.WeightClustering;
import dev.mote.reference.Interpreter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Methods that know the data lose less on it than those that do not.
class ReconstructedPruningTest {

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Random random = new Random(1);

  private static final SampleSet DATA = samples(96, 5);
  private static final SampleSet OTHERS = samples(24, 6);

  /// A residual block between two convolutions, and a classifier.
  private Graph network() {
    activation("x", 1, 6, 6, 2);
    convolution("a", "x", 16, 3);
    depthwise("b", "a");
    convolution("c", "b", 16, 1);
    activation("d", 1, 6, 6, 16);
    nodes.add(
        new Node(
            "d",
            new Op.Binary(Op.Binary.Kind.ADD, Activation.RELU),
            List.of("a", "c"),
            List.of("d")));
    convolution("e", "d", 16, 3);
    activation("f", 1, 16);
    nodes.add(
        new Node(
            "f", new Op.Reduce(Op.Reduce.Kind.MEAN, List.of(1, 2)), List.of("e"), List.of("f")));
    activation("y", 1, 4);
    nodes.add(
        new Node(
            "y",
            new Op.FullyConnected(Activation.NONE),
            List.of("f", constant("yw", 4, 16), constant("yb", 4)),
            List.of("y")));
    Graph graph =
        new Graph("net", tensors, nodes, List.of("x"), List.of("y"), List.of(), List.of());
    assertThat(Verifier.verify(graph)).isEmpty();
    return graph;
  }

  private void convolution(String y, String x, int channels, int kernel) {
    int depth = java.util.Objects.requireNonNull(tensors.get(x)).shape().last();
    activation(y, 1, 6, 6, channels);
    Op op = new Op.Conv2d(Window2d.same(6, 6, kernel, kernel, 1, 1, 1, 1), 1, Activation.RELU);
    String w = constant(y + "w", channels, kernel, kernel, depth);
    nodes.add(new Node(y, op, List.of(x, w, constant(y + "b", channels)), List.of(y)));
  }

  private void depthwise(String y, String x) {
    activation(y, 1, 6, 6, 16);
    Op op = new Op.DepthwiseConv2d(Window2d.same(6, 6, 3, 3, 1, 1, 1, 1), 1, Activation.RELU);
    nodes.add(new Node(y, op, List.of(x, constant(y + "w", 1, 3, 3, 16)), List.of(y)));
  }

  private void activation(String name, int... dims) {
    tensors.put(
        name, Tensor.activation(name, TensorType.plain(ElementType.FLOAT32, Shape.of(dims))));
  }

  private String constant(String name, int... dims) {
    Shape shape = Shape.of(dims);
    // few directions, as trained weights have them
    float[][] basis = new float[3][shape.count() / dims[0]];
    for (float[] row : basis) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) (random.nextGaussian() / Math.sqrt(row.length));
      }
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * shape.count()).order(ByteOrder.LITTLE_ENDIAN);
    for (int o = 0; o < dims[0]; o++) {
      double[] mix = random.doubles(3, -1, 1).toArray();
      for (int i = 0; i < basis[0].length; i++) {
        double value = mix[0] * basis[0][i] + mix[1] * basis[1][i] + mix[2] * basis[2][i];
        bytes.putFloat((float) (value + 0.02 * random.nextGaussian()));
      }
    }
    tensors.put(
        name,
        Tensor.constant(
            name, TensorType.plain(ElementType.FLOAT32, shape), Blob.of(bytes.array())));
    return name;
  }

  /// Smooth images: neighbouring pixels are alike, as in pictures.
  private static SampleSet samples(int count, long seed) {
    Random random = new Random(seed);
    List<List<Blob>> inputs = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * 72).order(ByteOrder.LITTLE_ENDIAN);
      double[] wave = random.doubles(4, -2, 2).toArray();
      for (int i = 0; i < 72; i++) {
        int pixel = i / 2;
        double phase = wave[0] * (pixel / 6) + wave[1] * (pixel % 6) + wave[2 + i % 2];
        bytes.putFloat((float) (Math.sin(phase) + 0.1 * random.nextGaussian()));
      }
      inputs.add(List.of(Blob.of(bytes.array())));
    }
    return new SampleSet("waves", inputs, List.of(), List.of());
  }

  private static double error(Graph graph, Graph original) {
    double error = 0;
    Interpreter one = new Interpreter(graph);
    Interpreter other = new Interpreter(original);
    for (List<Blob> sample : OTHERS.inputs()) {
      List<byte[]> input = sample.stream().map(Blob::toByteArray).toList();
      ByteBuffer a = ByteBuffer.wrap(one.run(input).getFirst()).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer b = ByteBuffer.wrap(other.run(input).getFirst()).order(ByteOrder.LITTLE_ENDIAN);
      while (a.hasRemaining()) {
        error += Math.pow(a.getFloat() - b.getFloat(), 2);
      }
    }
    return error;
  }

  @Test
  void fittedLayersComeCloserToTheOriginal() {
    Graph graph = network();
    ChannelPruning half = ChannelPruning.of(0.5);
    Graph blind = half.apply(graph);
    Graph biases = new ReconstructedPruning(half, Reconstruction.BIASES).apply(graph, DATA);
    Graph fitted = ReconstructedPruning.of(half).apply(graph, DATA);
    assertThat(Verifier.verify(fitted)).isEmpty();
    for (String tensor : List.of("a", "b", "c", "d", "e", "f")) {
      assertThat(fitted.tensor(tensor).shape()).isEqualTo(blind.tensor(tensor).shape());
      assertThat(fitted.tensor(tensor).shape().last()).isEqualTo(8);
    }
    assertThat(error(biases, graph)).isLessThan(error(blind, graph));
    assertThat(error(fitted, graph)).isLessThan(error(blind, graph) / 4);
    assertThat(ReconstructedPruning.of(half).apply(graph, DATA)).isEqualTo(fitted);
  }

  @Test
  void otherMethodsLoseLessOnKnownDataToo() {
    Graph graph = network();
    Map<String, LayerMoments> moments = ActivationMoments.of(graph, DATA);
    assertThat(moments).containsOnlyKeys("a", "b", "c", "e", "y");
    check(graph, WeightClustering.of(4), WeightClustering.of(4).on(moments));
    check(graph, MagnitudePruning.of(0.6), MagnitudePruning.of(0.6).on(moments));
    check(graph, GroupPruning.of(0.4), GroupPruning.of(0.4).on(moments));
    LowRank.Rank rank = new LowRank.Exactly(2);
    check(graph, LowRank.of(rank), new LowRank(rank, Map.of(), moments));
  }

  private static void check(Graph graph, Compression blind, Compression knowing) {
    Graph result = knowing.apply(graph);
    assertThat(Verifier.verify(result)).isEmpty();
    assertThat(error(result, graph))
        .as(knowing.getClass().getSimpleName())
        .isLessThan(error(blind.apply(graph), graph));
  }

  @Test
  void onlyFloatModelsAreFitted() {
    Function<String, Tensor> int8 =
        name ->
            Tensor.activation(
                name,
                new TensorType(
                    ElementType.INT8, Shape.of(1, 6, 6, 2), new Quantization.PerTensor(1, 0)));
    Graph graph =
        new Graph(
            "g",
            Map.of("x", int8.apply("x"), "y", int8.apply("y")),
            List.of(new Node("n", new Op.Unary(Op.Unary.Kind.ABS), List.of("x"), List.of("y"))),
            List.of("x"),
            List.of("y"),
            List.of(),
            List.of());
    assertThatThrownBy(() -> ReconstructedPruning.of(ChannelPruning.of(0.5)).apply(graph, DATA))
        .hasMessageStartingWith("MOTE-2224 g: ");
  }
}
