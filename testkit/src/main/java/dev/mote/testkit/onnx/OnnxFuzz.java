package dev.mote.testkit.onnx;

import dev.mote.frontends.onnx.OnnxReader;
import dev.mote.testkit.fuzz.HostileCheck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks many hostile ONNX files: `OnnxFuzz [COUNT [FIRST-SEED]]`. A mutant that is dealt with
/// wrongly is kept in `out/fuzz`.
public final class OnnxFuzz {

  private static final int USUAL_COUNT = 100_000;
  private static final int MOST_FAILURES = 20;
  private static final String MODELS = "testkit/src/test/resources/classical";

  private OnnxFuzz() {}

  public static void main(String[] arguments) throws IOException {
    if (!NodeCase.installed()) {
      System.err.println("the models are not installed: apt-get install libonnx-testdata");
      System.exit(1);
    }
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_COUNT;
    long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    Path folder = Path.of("out", "fuzz");
    int failures = run(NodeCase.all(), count - count / 4, first, System.out, folder);
    failures += run(classical(), count / 4, first, System.out, folder);
    System.exit(failures == 0 ? 0 : 1);
  }

  /// The project's own models with operators of `ai.onnx.ml`.
  static List<NodeCase> classical() throws IOException {
    Path folder = Path.of(System.getProperty("mote.root", "."), MODELS);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".onnx"))
          .sorted()
          .map(NodeCase::ofFile)
          .toList();
    }
  }

  /// Checks `count` mutants of `seeds` from seed `first` on; returns how many are dealt with
  /// wrongly.
  static int run(List<NodeCase> seeds, int count, long first, PrintStream out, Path folder)
      throws IOException {
    HostileCheck check = new HostileCheck(new OnnxReader(), "mutant.onnx");
    int failures = 0;
    for (long number = first; number < first + count && failures < MOST_FAILURES; number++) {
      NodeCase seed = seeds.get((int) (number % seeds.size()));
      byte[] mutant = new OnnxMutants(seed.model()).mutant(number);
      Optional<String> failure = check.run(mutant);
      if (failure.isPresent()) {
        failures++;
        Files.createDirectories(folder);
        Path file = folder.resolve("mutant-" + number + ".onnx");
        Files.write(file, mutant);
        out.printf("mutant %d of %s, kept as %s:%n%s%n", number, seed.name(), file, failure.get());
      }
    }
    out.printf(
        "%,d mutants: %,d are models, %,d compile, %,d failures%n",
        count, check.models(), check.compiled(), failures);
    return failures;
  }
}
