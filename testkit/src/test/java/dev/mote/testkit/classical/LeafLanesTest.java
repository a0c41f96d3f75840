package dev.mote.testkit.classical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.frontends.classical.Condition;
import dev.mote.frontends.classical.ForestBuilder;
import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.ir.Verifier;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import dev.mote.testkit.differential.HostBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Leaves of whole numbers are added side by side in words, however wide they are and whatever they
/// begin with, as one by one.
class LeafLanesTest {

  private static final int FORESTS = 24;
  private static final int ROWS = 20;
  private static final int FEATURES = 4;

  @Test
  void sumsOfLeavesAreExact() {
    HostBatch batch = new HostBatch(Targets.find("host"), Optimize.SPEED);
    List<Graph> graphs = new ArrayList<>();
    for (int seed = 0; seed < FORESTS; seed++) {
      Graph graph = forest(new Random(seed), seed);
      assertThat(Verifier.verify(graph)).isEmpty();
      assertThat(batch.add(graph)).isEmpty();
      graphs.add(graph);
    }
    List<String> sources = batch.models().stream().map(model -> model.source()).toList();
    assertThat(sources.stream().filter(source -> source.contains("words[leaf["))).isNotEmpty();
    assertThat(sources.stream().filter(source -> source.contains(" - y[0] - y[1]"))).isNotEmpty();
    try (HostBatch.Library library = batch.build()) {
      for (int g = 0; g < FORESTS; g++) {
        Random random = new Random(g);
        Interpreter interpreter = new Interpreter(graphs.get(g));
        for (int row = 0; row < ROWS; row++) {
          ByteBuffer x = ByteBuffer.allocate(2 * FEATURES).order(ByteOrder.LITTLE_ENDIAN);
          for (int i = 0; i < FEATURES; i++) {
            x.putShort((short) (random.nextInt(9) - 4));
          }
          List<byte[]> inputs = List.of(x.array());
          assertThat(library.start(g).run(inputs).getFirst())
              .as("forest %d, row %d", g, row)
              .isEqualTo(interpreter.run(inputs).getFirst());
        }
      }
    }
  }

  private static Graph forest(Random random, int seed) {
    int width = 1 + seed % 12;
    int most = List.of(1, 7, 102, 6000, 32767).get(seed % 5);
    boolean negative = seed % 7 == 0;
    boolean shares = seed % 2 == 1;
    ForestBuilder forest = new ForestBuilder(FEATURES, ElementType.INT16, width);
    for (int tree = 0; tree < 1 + seed % 4 * 3; tree++) {
      List<Condition> conditions = new ArrayList<>();
      List<Integer> yes = new ArrayList<>();
      List<Integer> no = new ArrayList<>();
      for (int i = 0; i < 15; i++) {
        conditions.add(
            new Condition.AtMost(random.nextInt(FEATURES), random.nextInt(9) - 4, false));
        yes.add(i < 7 ? 2 * i + 1 : -1 - forest.leaf(leaf(random, width, most, negative, shares)));
        no.add(i < 7 ? 2 * i + 2 : -1 - forest.leaf(leaf(random, width, most, negative, shares)));
      }
      forest.add(new ForestBuilder.Tree(conditions, yes, no, 0, 0));
    }
    double[] base =
        IntStream.range(0, width)
            .mapToDouble(i -> seed % 3 == 0 ? random.nextInt(50) : 0)
            .toArray();
    return graph(forest, base);
  }

  /// Shares of `most` sum up to it.
  private static double[] leaf(
      Random random, int width, int most, boolean negative, boolean shares) {
    double[] values = new double[width];
    if (random.nextInt(8) > 0 && width > 1) {
      // Few classes and few steps, as in forests that are nearly sure: leaves have words in common.
      int first = random.nextInt(width - 1);
      int part = most * random.nextInt(3) / 2;
      values[first] = part;
      values[first + 1] = most - part;
      return values;
    }
    int left = most;
    for (int i = 0; i < width; i++) {
      int value = random.nextInt((shares ? left : most) + 1);
      values[i] = shares && i == width - 1 ? left : value;
      left -= shares ? value : 0;
      values[i] = negative && random.nextInt(9) == 0 ? -values[i] : values[i];
    }
    return values;
  }

  private static Graph graph(ForestBuilder forest, double... base) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<String> inputs = new ArrayList<>(List.of("x"));
    tensors.put(
        "x", Tensor.activation("x", TensorType.plain(ElementType.INT16, Shape.of(1, FEATURES))));
    for (Tensor tensor : forest.constants("trees", ElementType.INT16)) {
      tensors.put(tensor.name(), tensor);
      inputs.add(tensor.name());
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * base.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : base) {
      bytes.putInt((int) value);
    }
    TensorType type = TensorType.plain(ElementType.INT32, Shape.of(base.length));
    tensors.put("base", Tensor.constant("base", type, Blob.of(bytes.array())));
    inputs.add("base");
    tensors.put("y", Tensor.activation("y", type.withShape(Shape.of(1, base.length))));
    Op op = new Op.TreeEnsemble(Op.TreeEnsemble.Aggregate.SUM);
    Node node = new Node("y", op, inputs, List.of("y"));
    return new Graph(
        "trees", tensors, List.of(node), List.of("x"), List.of("y"), List.of(), List.of());
  }
}
