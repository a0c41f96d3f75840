package dev.mote.testkit.fuzz;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Gives many hostile modules to a device in Java and to one in C: `DeviceFuzz [COUNT
/// [FIRST-SEED]]`.
///
/// Both must give the same answer. The smallest runtime, which checks only what it uses, must not
/// install what the library refuses for more than the form of a field. What they do not agree about
/// is kept in `out/fuzz`; the exit code is 1 then.
public final class DeviceFuzz {

  private static final int USUAL_COUNT = 100_000;
  private static final int AT_ONCE = 5_000;
  private static final int MOST_DIFFERENCES = 20;

  /// What the library says of a module that nobody may install: of digests, signatures, its age,
  /// what it needs, and its payload.
  private static final Set<String> NEVER_INSTALLED =
      Set.of("6001", "6009", "6010", "6011", "6012", "6013", "6014", "6020", "6021", "6022");

  /// What a payload that is encrypted or a delta is to a runtime that takes it for one in full.
  private static final Set<String> INSTALLED_OR_NOT_IN_FULL = Set.of("0", "6020", "6021");

  private final ModuleSeeds seeds = new ModuleSeeds(SignatureAlgorithm.ES256);
  private final ModuleMutants mutants = new ModuleMutants(seeds);
  private final BothSides device;
  private final BothSides small;

  /// @param folder for the runtime's programs
  public DeviceFuzz(Path folder, String compiler) throws IOException {
    device = new BothSides(folder, compiler, seeds.key(), seeds.predecessor());
    Path apart = Files.createDirectories(folder.resolve("small"));
    small = new BothSides(apart, compiler, BothSides.SMALL, seeds.key(), seeds.predecessor());
  }

  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_COUNT;
    long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    Path folder = Files.createTempDirectory("mote-fuzz");
    int differences =
        new DeviceFuzz(folder, "gcc").run(count, first, System.out, Path.of("out", "fuzz"));
    System.exit(differences == 0 ? 0 : 1);
  }

  /// Checks the seeds and `count` mutants from number `first` on; returns about how many both sides
  /// differ.
  public int run(int count, long first, PrintStream out, Path kept) throws IOException {
    int differences = 0;
    for (int done = 0; done < count && differences < MOST_DIFFERENCES; done += AT_ONCE) {
      List<Bytes> files = new ArrayList<>(mutants.originals());
      for (int i = done; i < Math.min(count, done + AT_ONCE); i++) {
        files.add(mutants.mutant(first + i));
      }
      List<String> codes = device.inC(files);
      List<String> smallCodes = small.inC(files);
      int installed = 0;
      for (int i = 0; i < files.size(); i++) {
        String expected = device.inJava(files.get(i));
        boolean seed = i < mutants.originals().size();
        installed += codes.get(i).equals("0") ? 1 : 0;
        if (!codes.get(i).equals(expected)
            || (seed && !expected.equals("0"))
            || !mayBe(smallCodes.get(i), expected)
            || (i == 0 && !smallCodes.get(i).equals("0"))) {
          differences++;
          Files.createDirectories(kept);
          Path file = kept.resolve("device-" + (first + done) + "-" + i + ".mote");
          Files.write(file, files.get(i).toByteArray());
          out.printf(
              "%s: %s in Java, %s in C, %s in the smallest%n",
              file, expected, codes.get(i), smallCodes.get(i));
        }
      }
      out.printf(
          "%,d of %,d mutants: %,d of the last are installed, %,d differences%n",
          Math.min(count, done + AT_ONCE), count, installed, differences);
    }
    return differences;
  }

  /// Whether the smallest runtime may say this of a file, by what the library says.
  private static boolean mayBe(String code, String inJava) {
    return inJava.equals("0")
        ? INSTALLED_OR_NOT_IN_FULL.contains(code)
        : !code.equals("0") || !NEVER_INSTALLED.contains(inJava);
  }
}
