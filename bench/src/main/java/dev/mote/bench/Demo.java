package dev.mote.bench;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.ImageSize;
import dev.mote.emulator.Inference;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Compiles the project's own model for chips of three instruction sets and classifies its samples
/// on each. Argument: the folder of the model. Ends with status 1 when a chip and the reference
/// interpreter disagree.
public final class Demo {

  private static final List<String> TARGETS = List.of("cortex-m4", "cortex-m0plus", "rv32imc");
  private static final String NAME = "fashion_mnist_int8";

  private static final String HEAD =
      "target         instruction set  right  as reference   arena   stack    code  weights  instructions";

  private final Graph graph;
  private final List<List<Blob>> samples;
  private final List<Integer> labels;
  private final List<Blob> expected;

  private Demo(Path folder) throws IOException {
    graph = graph(folder.resolve(NAME + ".tflite"));
    labels =
        Files.readAllLines(folder.resolve("samples/samples.labels.txt")).stream()
            .map(Integer::valueOf)
            .toList();
    samples = samples(Files.readAllBytes(folder.resolve("samples/samples.bin")), labels.size());
    Interpreter interpreter = new Interpreter(graph);
    expected =
        samples.stream()
            .map(
                sample ->
                    Blob.of(interpreter.run(List.of(sample.getFirst().toByteArray())).getFirst()))
            .toList();
  }

  public static void main(String[] arguments) throws IOException {
    Demo demo = new Demo(Path.of(arguments[0]));
    System.out.printf(
        "%d pictures of Fashion-MNIST, %d of them right in the reference interpreter%n%n",
        demo.samples.size(), demo.right(demo.expected));
    System.out.println(HEAD);
    boolean agreed = true;
    for (String target : TARGETS) {
      agreed &= demo.show(target);
    }
    System.out.println();
    System.out.println(
        "arena, stack, code and weights in bytes, code with tables; instructions: the most that one"
            + " picture took");
    System.exit(agreed ? 0 : 1);
  }

  /// Prints the line of `target`; whether it gave what the reference gives, bit for bit.
  private boolean show(String target) {
    CompiledModel model = compile(target);
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      List<Inference> inferences = board.run(samples, RunOptions.standard());
      List<Blob> scores =
          inferences.stream().map(inference -> inference.outputs().getFirst()).toList();
      int equal = 0;
      for (int i = 0; i < scores.size(); i++) {
        equal += scores.get(i).equals(expected.get(i)) ? 1 : 0;
      }
      ImageSize size = board.imageSize();
      System.out.printf(
          Locale.ROOT,
          "%-14s %-15s %5d%% %6d of %3d %,7d %,7d %,7d  %,7d  %,12d%n",
          target,
          model.target().instructionSet().toString().toLowerCase(Locale.ROOT),
          Math.round(100.0 * right(scores) / scores.size()),
          equal,
          scores.size(),
          model.arenaBytes(),
          inferences.stream().mapToLong(i -> i.stackBytes().orElseThrow()).max().orElseThrow(),
          size.codeBytes(),
          size.weightBytes(),
          inferences.stream().mapToLong(i -> i.instructions().orElseThrow()).max().orElseThrow());
      return equal == scores.size();
    }
  }

  private int right(List<Blob> scores) {
    int right = 0;
    for (int i = 0; i < labels.size(); i++) {
      right += best(scores.get(i).toByteArray()) == labels.get(i) ? 1 : 0;
    }
    return right;
  }

  private static int best(byte[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  private static List<List<Blob>> samples(byte[] bytes, int count) {
    int size = bytes.length / count;
    List<List<Blob>> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] sample = new byte[size];
      System.arraycopy(bytes, i * size, sample, 0, size);
      samples.add(List.of(Blob.of(sample)));
    }
    return samples;
  }

  private static Graph graph(Path file) throws IOException {
    return switch (new TfliteReader()
        .read(Blob.of(Files.readAllBytes(file)), NAME, ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph read) -> read;
      case ModelReader.Result.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }

  private CompiledModel compile(String target) {
    return switch (MoteCompiler.compile(graph, Targets.find(target), Optimize.BALANCED, NAME)) {
      case MoteCompiler.Outcome.Compiled(CompiledModel model) -> model;
      case MoteCompiler.Outcome.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }
}
