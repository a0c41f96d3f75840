package dev.mote.testkit.fuzz;

import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleReader;
import dev.mote.module.ModuleReceiver;
import dev.mote.module.ModuleWriter;
import dev.mote.module.Payloads;
import dev.mote.module.Signatures;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Reads many hostile modules: `ModuleFuzz [COUNT [FIRST-SEED]]`.
///
/// Each must be refused by a [ModuleException], or be a module that is written again as the same
/// bytes. What is dealt with wrongly is kept in `out/fuzz`; the exit code is 1 then.
public final class ModuleFuzz {

  private static final int USUAL_COUNT = 100_000;
  private static final int REPORT_EVERY = 10_000;
  private static final int MOST_FAILURES = 20;
  private static final long MOST_NANOSECONDS = 5_000_000_000L;

  private final ModuleSeeds seeds = new ModuleSeeds(SignatureAlgorithm.ED25519);
  private final ModuleMutants mutants = new ModuleMutants(seeds);
  private final TrustList trust = TrustList.of(List.of(seeds.key.verification()));
  private int read;
  private int accepted;

  public static void main(String[] arguments) throws IOException {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : USUAL_COUNT;
    long first = arguments.length > 1 ? Long.parseLong(arguments[1]) : 0;
    int failures = new ModuleFuzz().run(count, first, System.out, Path.of("out", "fuzz"));
    System.exit(failures == 0 ? 0 : 1);
  }

  /// Checks `count` mutants from seed `first` on; returns how many are dealt with wrongly.
  int run(int count, long first, PrintStream out, Path folder) throws IOException {
    int failures = 0;
    for (int i = 0; i < count && failures < MOST_FAILURES; i++) {
      Bytes mutant = mutants.mutant(first + i);
      Optional<String> failure = check(mutant);
      if (failure.isPresent()) {
        failures++;
        Files.createDirectories(folder);
        Path file = folder.resolve("mutant-" + (first + i) + ".mote");
        Files.write(file, mutant.toByteArray());
        out.printf("mutant %d, kept as %s: %s%n", first + i, file, failure.get());
      }
      if ((i + 1) % REPORT_EVERY == 0 || i + 1 == count) {
        out.printf(
            "%,d of %,d mutants: %,d are read, %,d accepted, %,d failures%n",
            i + 1, count, read, accepted, failures);
      }
    }
    return failures;
  }

  List<Bytes> originals() {
    return mutants.originals();
  }

  Bytes mutant(long number) {
    return mutants.mutant(number);
  }

  /// How many were modules from front to back.
  int accepted() {
    return accepted;
  }

  /// What is wrong with how `file` is dealt with.
  Optional<String> check(Bytes file) {
    long start = System.nanoTime();
    Optional<Bytes> opened = Optional.empty();
    try {
      ModuleFile module = ModuleReader.read(file);
      read++;
      if (!ModuleWriter.write(module).equals(file)) {
        return Optional.of("it is written again as other bytes");
      }
      Signatures.verify(module, trust);
      for (int index : module.carried().keySet()) {
        opened =
            Optional.of(
                Payloads.open(
                    module, index, List.of(ModuleSeeds.GROUP), Optional.of(ModuleSeeds.OLD)));
      }
      accepted++;
    } catch (ModuleException e) {
      // That is how a module is refused.
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return Optional.of(e.toString());
    }
    Optional<String> received = receive(file, opened);
    if (received.isPresent()) {
      return received;
    }
    long time = System.nanoTime() - start;
    return time > MOST_NANOSECONDS
        ? Optional.of("it takes " + time / 1_000_000 + " ms")
        : Optional.empty();
  }

  /// What is wrong with how a device receives `file`.
  ///
  /// @param opened what the reader made of it; a device must make the same of it
  private Optional<String> receive(Bytes file, Optional<Bytes> opened) {
    StoredBlocks slot = new StoredBlocks();
    ModuleReceiver receiver =
        new ModuleReceiver(trust, _ -> 0, List.of(ModuleSeeds.GROUP), Optional.of(ModuleSeeds.OLD));
    try {
      receiver.receive(
          (offset, most) ->
              offset >= file.size()
                  ? Bytes.EMPTY
                  : file.slice((int) offset, (int) Math.min(file.size(), offset + most)),
          slot);
    } catch (ModuleException e) {
      return opened.isPresent()
          ? Optional.of("the reader opens it, the receiver does not: " + e.getMessage())
          : Optional.empty();
    } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return Optional.of("the receiver: " + e);
    }
    return opened.isPresent() && !opened.get().equals(slot.contents())
        ? Optional.of("the receiver stores something else than the reader opens")
        : Optional.empty();
  }
}
