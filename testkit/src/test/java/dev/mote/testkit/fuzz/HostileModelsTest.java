package dev.mote.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class HostileModelsTest {

  private static final int MUTANTS = 2_000;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void everyMutantEndsAsAModelOrAsAnError(@TempDir Path folder) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    int failures =
        FuzzRun.run(MUTANTS, 0, new PrintStream(log, true, StandardCharsets.UTF_8), folder);
    assertThat(failures).as(log.toString(StandardCharsets.UTF_8)).isZero();
  }

  @Test
  void aSeedAlwaysGivesTheSameMutant() {
    FuzzCorpus.Seed seed = FuzzCorpus.seeds().getFirst();
    for (long number = 0; number < 20; number++) {
      assertThat(seed.mutator().mutate(number)).isEqualTo(seed.mutator().mutate(number));
    }
  }

  @Test
  void theUntouchedModelsAreModels() {
    HostileCheck check = new HostileCheck();
    assertThat(FuzzCorpus.seeds())
        .allSatisfy(
            seed -> assertThat(check.run(seed.mutator().original())).as(seed.name()).isEmpty());
    assertThat(check.models()).isEqualTo(FuzzCorpus.seeds().size());
  }
}
