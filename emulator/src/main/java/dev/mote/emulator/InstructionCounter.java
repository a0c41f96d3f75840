package dev.mote.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The QEMU plugin that counts instructions, and what it wrote; `instruction_counter.c` describes
/// both.
final class InstructionCounter {

  static final String COUNTS = "mote.counts";

  /// QEMU's exit status when the plugin found the budget used up.
  static final int EXHAUSTED = 97;

  private InstructionCounter() {}

  /// Counts of one run of QEMU.
  ///
  /// @param runs instructions of each inference
  /// @param layers instructions of each layer, over all inferences
  /// @param blocks what each block of code did in each layer, over all inferences
  record Counts(List<Long> runs, List<Long> layers, List<Block> blocks) {}

  /// A block of code in one layer; [dev.mote.emulator.cycle.ExecutedBlock] explains the figures.
  record Block(int layer, long executions, long taken, long flashBytes, List<Long> addresses) {}

  /// The value of QEMU's `-plugin` for a run of `program`.
  ///
  /// @param loads whether loads from flash are counted too, which slows the run down
  static String argument(BoardProgram program, long budget, boolean loads, BuildCache cache) {
    return String.join(
        ",",
        List.of(
            library(cache).toString().replace(",", ",,"),
            number("begin", program.address("mote_mark_begin")),
            number("end", program.address("mote_mark_end")),
            number("layer_begin", program.address("mote_mark_layer_begin")),
            number("layer_end", program.address("mote_mark_layer_end")),
            number("skip_start", program.address("mote_observer_start")),
            number("skip_end", program.address("mote_observer_end")),
            number("flash_start", loads ? program.address("mote_flash_start") : 0),
            number("flash_end", loads ? program.address("mote_flash_end") : 0),
            number("budget", budget),
            "out=" + COUNTS));
  }

  /// Reads the plugin's file in `directory`.
  static Counts read(Path directory) {
    List<Long> runs = new ArrayList<>();
    List<Long> layers = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(directory.resolve(COUNTS))) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "run" -> runs.add(Long.parseLong(words[1]));
          case "layer" -> layers.add(Long.parseLong(words[2]));
          case "block" -> blocks.add(block(words));
          default -> throw new IOException("unknown line: " + line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Counts(runs, layers, blocks);
  }

  private static Block block(String[] words) {
    List<Long> addresses = new ArrayList<>();
    for (int i = 5; i < words.length; i++) {
      addresses.add(Long.parseLong(words[i], 16));
    }
    return new Block(
        Integer.parseInt(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]),
        Long.parseLong(words[4]),
        addresses);
  }

  private static String number(String name, long value) {
    return "%s=0x%x".formatted(name, value);
  }

  private static Path library(BuildCache cache) {
    String compiler = RequiredTools.require(Toolchains.HOST_COMPILER);
    String source = Resources.text("instruction_counter.c");
    List<String> command =
        List.of(
            compiler,
            "-O2",
            "-std=c11",
            "-D_GNU_SOURCE",
            "-fvisibility=hidden",
            "-shared",
            "-fPIC",
            "counter.c",
            "-o",
            "counter.so");
    List<String> ingredients = new ArrayList<>(command);
    ingredients.add(CompilerVersion.of(compiler));
    ingredients.add(source);
    return cache
        .entry(
            "plugin",
            ingredients,
            directory -> {
              Files.writeString(directory.resolve("counter.c"), source);
              Command.Outcome outcome =
                  new Command(command, directory, Duration.ofMinutes(1)).run();
              if (!outcome.succeeded()) {
                throw Problems.compileFailed("instruction counter", command, outcome.output());
              }
            })
        .resolve("counter.so");
  }
}
