package dev.mote.testkit.fuzz;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Checks many hostile files and reports on the way: `FuzzRun [COUNT [FIRST-SEED]]`.
///
/// A mutant that is dealt with wrongly is kept in `out/fuzz`; the exit code is 1 then.
public final class FuzzRun {

  private static final int USUAL_COUNT = 100_000;
  private static final int REPORT_EVERY = 5_000;
  private static final int MOST_FAILURES = 20;

  private FuzzRun() {}

  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_COUNT;
    long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    int failures = run(count, first, System.out, Path.of("out", "fuzz"));
    System.exit(failures == 0 ? 0 : 1);
  }

  /// Checks `count` mutants from seed `first` on; returns how many are dealt with wrongly.
  static int run(int count, long first, PrintStream out, Path folder) throws IOException {
    List<FuzzCorpus.Seed> seeds = FuzzCorpus.seeds();
    HostileCheck check = new HostileCheck();
    int failures = 0;
    for (int i = 0; i < count && failures < MOST_FAILURES; i++) {
      long number = first + i;
      FuzzCorpus.Seed seed = seeds.get((int) (number % seeds.size()));
      byte[] mutant = seed.mutator().mutate(number);
      Optional<String> failure = check.run(mutant);
      if (failure.isPresent()) {
        failures++;
        Files.createDirectories(folder);
        Path file = folder.resolve("mutant-" + number + ".tflite");
        Files.write(file, mutant);
        out.printf("mutant %d of %s, kept as %s:%n%s%n", number, seed.name(), file, failure.get());
      }
      if ((i + 1) % REPORT_EVERY == 0 || i + 1 == count) {
        out.printf(
            "%,d of %,d mutants: %,d are models, %,d compile, %,d failures%n",
            i + 1, count, check.models(), check.compiled(), failures);
      }
    }
    return failures;
  }
}
