package dev.mote.bench;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.ImageSize;
import dev.mote.emulator.Inference;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.classical.ScikitReader;
import dev.mote.frontends.classical.XgboostReader;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Measures classical models on the emulated Cortex-M4, and writes `classical.csv`.
///
/// Arguments: the folder of the models with their rows, and the folder of the figures.
public final class ClassicalBench {

  private static final List<String> MODELS =
      List.of(
          "digits_forest",
          "digits_forest_int16",
          "digits_forest_int8",
          "digits_forest_hard",
          "digits_forest_float",
          "xgboost_digits",
          "cancer_boosting",
          "wine_logistic",
          "wine_svc_rbf",
          "iris_naive_bayes",
          "wine_neighbours",
          "iris_k_means");

  /// Rows that the instructions are the mean of.
  private static final int ROWS = 100;

  private ClassicalBench() {}

  public static void main(String[] arguments) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(
        "model,target,optimize,instructions,most_instructions,flash_bytes,code_bytes,arena_bytes,stack_bytes");
    for (String name : MODELS) {
      for (Optimize optimize : List.of(Optimize.SPEED, Optimize.SIZE)) {
        String line = measure(Path.of(arguments[0]), name, optimize);
        System.err.println(line);
        lines.add(line);
      }
    }
    Files.write(Path.of(arguments[1]).resolve("classical.csv"), lines);
  }

  private static String measure(Path folder, String name, Optimize optimize) throws IOException {
    Graph graph = read(folder.resolve(name + ".json"));
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find("cortex-m4"), optimize, "model")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) ->
              throw new DiagnosticException(problems);
        };
    List<List<Blob>> rows;
    try (Stream<String> text = Files.lines(folder.resolve(name + ".csv"))) {
      rows = text.limit(ROWS).map(line -> List.of(row(graph, line))).toList();
    }
    try (BoardRunner board = BoardRunner.open(model, BuildCache.standard())) {
      List<Inference> runs = board.run(rows, RunOptions.standard());
      ImageSize size = board.imageSize();
      return String.format(
          Locale.ROOT,
          "%s,cortex-m4,%s,%.0f,%d,%d,%d,%d,%d",
          name,
          optimize.name().toLowerCase(Locale.ROOT),
          runs.stream().mapToLong(run -> run.instructions().orElseThrow()).average().orElseThrow(),
          runs.stream().mapToLong(run -> run.instructions().orElseThrow()).max().orElseThrow(),
          size.flashBytes(),
          size.codeBytes(),
          model.arenaBytes(),
          runs.stream().mapToLong(run -> run.stackBytes().orElse(0)).max().orElseThrow());
    }
  }

  private static Graph read(Path file) throws IOException {
    Blob bytes = Blob.of(Files.readAllBytes(file));
    String name = String.valueOf(file.getFileName());
    ModelReader reader =
        new ScikitReader().accepts(bytes, name) ? new ScikitReader() : new XgboostReader();
    return switch (reader.read(bytes, name, ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }

  private static Blob row(Graph graph, String line) {
    ElementType type = graph.tensor(graph.inputs().getFirst()).element();
    String[] words = line.split(";", -1)[0].split(",", -1);
    ByteBuffer bytes =
        ByteBuffer.allocate((int) type.bytes(words.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (String word : words) {
      float value = word.equals("nan") ? Float.NaN : Float.parseFloat(word);
      switch (type) {
        case FLOAT32 -> bytes.putFloat(value);
        case INT16 -> bytes.putShort((short) value);
        default -> bytes.put((byte) value);
      }
    }
    return Blob.of(bytes.array());
  }
}
