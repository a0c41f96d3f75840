package dev.mote.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The sample of `examples/device`, built for one board.
///
/// @param board QEMU's name of it
/// @param program an ELF file
public record DeviceFirmware(String board, Path program) {

  /// The boards that the sample is made for: Cortex-M4, Cortex-M33 and RV32.
  public static final List<String> BOARDS = List.of("mps2-an386", "mps2-an505", "virt");

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /// Bytes that it takes of the flash.
  public long flashBytes() {
    return ElfFile.read(program).bytes(ElfFile.Section::stored);
  }

  /// Builds it by its Makefile.
  ///
  /// @param example the folder `examples/device`
  /// @param board one of [#BOARDS]
  /// @param variables of the Makefile: keys
  /// @param output where to
  public static DeviceFirmware build(
      Path example, String board, Map<String, String> variables, Path output) {
    List<String> command = new ArrayList<>(List.of(RequiredTools.require("make"), "-s", "-j2"));
    command.add("BOARD=" + board);
    command.add("OUT=" + output.toAbsolutePath());
    variables.forEach((name, value) -> command.add(name + "=" + value));
    try {
      Files.createDirectories(output);
      Command.Outcome outcome = new Command(command, example, LIMIT).run();
      if (!outcome.succeeded()) {
        throw Problems.compileFailed("examples/device, " + board, command, outcome.output());
      }
      return new DeviceFirmware(board, output.resolve("device.elf"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
