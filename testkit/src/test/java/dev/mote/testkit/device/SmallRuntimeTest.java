package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.testkit.fuzz.BothSides;
import dev.mote.testkit.fuzz.ModuleMutants;
import dev.mote.testkit.fuzz.ModuleSeeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hostile modules on the runtime that checks only what it uses: beside the library, which checks
/// all.
class SmallRuntimeTest {

  private static final int MUTANTS = 2_000;

  /// What the library says of a module that nobody may install: digests, signatures, its age, what
  /// it
  /// needs, and its payload. What it says of a field that the small runtime does not use is none.
  private static final Set<String> NEVER_INSTALLED =
      Set.of("6001", "6009", "6010", "6011", "6012", "6013", "6014", "6020", "6021", "6022");

  /// What a payload that is encrypted or a delta is to a runtime that takes it for one in full.
  private static final Set<String> INSTALLED_OR_NOT_IN_FULL = Set.of("0", "6020", "6021");

  @Test
  void nothingIsInstalledThatNobodySigned(@TempDir Path folder) throws IOException {
    RuntimeProgram.assumeMbedTls();
    ModuleSeeds seeds = new ModuleSeeds(SignatureAlgorithm.ES256);
    ModuleMutants mutants = new ModuleMutants(seeds);
    BothSides device =
        new BothSides(folder, "clang-19", BothSides.SMALL, seeds.key(), seeds.predecessor());
    List<Bytes> files = new ArrayList<>(mutants.originals());
    for (int i = 0; i < MUTANTS; i++) {
      files.add(mutants.mutant(i));
    }
    List<String> codes = device.inC(files);
    assertThat(codes.getFirst()).isEqualTo("0");
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < files.size(); i++) {
      String inJava = device.inJava(files.get(i));
      String inC = codes.get(i);
      refused += inC.equals("0") ? 0 : 1;
      if (inJava.equals("0")
          ? !INSTALLED_OR_NOT_IN_FULL.contains(inC)
          : inC.equals("0") && NEVER_INSTALLED.contains(inJava)) {
        wrong.add("%d: %s in Java, %s in C".formatted(i, inJava, inC));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(refused).isGreaterThan(MUTANTS / 2);
  }
}
