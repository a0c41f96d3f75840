package dev.mote.testkit.fuzz;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Gives many hostile modules to a device in Java and to one in C: `DeviceFuzz [COUNT
/// [FIRST-SEED]]`.
///
/// Both must give the same answer. What they do not agree about is kept in `out/fuzz`; the exit
/// code
/// is 1 then.
public final class DeviceFuzz {

  private static final int USUAL_COUNT = 100_000;
  private static final int AT_ONCE = 5_000;
  private static final int MOST_DIFFERENCES = 20;

  private final ModuleSeeds seeds = new ModuleSeeds(SignatureAlgorithm.ES256);
  private final ModuleMutants mutants = new ModuleMutants(seeds);
  private final BothSides device;

  /// @param folder for the runtime's program
  public DeviceFuzz(Path folder, String compiler) throws IOException {
    device = new BothSides(folder, compiler, seeds.key(), seeds.predecessor());
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
      int installed = 0;
      for (int i = 0; i < files.size(); i++) {
        String expected = device.inJava(files.get(i));
        boolean seed = i < mutants.originals().size();
        installed += codes.get(i).equals("0") ? 1 : 0;
        if (!codes.get(i).equals(expected) || (seed && !expected.equals("0"))) {
          differences++;
          Files.createDirectories(kept);
          Path file = kept.resolve("device-" + (first + done) + "-" + i + ".mote");
          Files.write(file, files.get(i).toByteArray());
          out.printf("%s: %s in Java, %s in C%n", file, expected, codes.get(i));
        }
      }
      out.printf(
          "%,d of %,d mutants: %,d of the last are installed, %,d differences%n",
          Math.min(count, done + AT_ONCE), count, installed, differences);
    }
    return differences;
  }
}
