package dev.mote.testkit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.module.cbor.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileModulesTest {

  private static final int MUTANTS = 2_000;

  @Test
  void everyMutantIsRefusedOrIsAModule(@TempDir Path folder) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    int failures =
        new ModuleFuzz()
            .run(MUTANTS, 0, new PrintStream(log, true, StandardCharsets.UTF_8), folder);
    assertThat(failures).as(log.toString(StandardCharsets.UTF_8)).isZero();
  }

  @Test
  void theUntouchedModulesAreAccepted() {
    ModuleFuzz fuzz = new ModuleFuzz();
    for (Bytes original : fuzz.originals()) {
      assertThat(fuzz.check(original)).isEmpty();
    }
    assertThat(fuzz.accepted()).isEqualTo(fuzz.originals().size());
  }

  @Test
  void aSeedAlwaysGivesTheSameMutant() {
    for (long number = 0; number < 20; number++) {
      assertThat(new ModuleFuzz().mutant(number)).isEqualTo(new ModuleFuzz().mutant(number));
    }
  }
}
