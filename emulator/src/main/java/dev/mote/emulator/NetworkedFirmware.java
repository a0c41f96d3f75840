package dev.mote.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The sample of `examples/lwm2m-device`, built for one board or for this machine. One image serves
/// any number of devices: what differs between them they read when they start.
///
/// @param board QEMU's name of it, or [#HOST]
/// @param program an ELF file
public record NetworkedFirmware(String board, Path program) {

  /// A process of this machine instead of a board.
  public static final String HOST = "host";

  /// What the sample is made for: this machine, Cortex-M4, Cortex-M33 and RV32.
  public static final List<String> BOARDS = List.of(HOST, "mps2-an386", "mps2-an505", "virt");

  private static final Duration LIMIT = Duration.ofMinutes(5);

  /// Builds it by its Makefile, which does nothing where nothing changed.
  ///
  /// @param example the folder `examples/lwm2m-device`
  /// @param board one of [#BOARDS]
  /// @param output where to
  public static NetworkedFirmware build(Path example, String board, Path output) {
    List<String> command =
        List.of(
            RequiredTools.require("make"),
            "-s",
            "-j2",
            "BOARD=" + board,
            "OUT=" + output.toAbsolutePath());
    try {
      Files.createDirectories(output);
      Command.Outcome outcome = new Command(command, example, LIMIT).run();
      if (!outcome.succeeded()) {
        throw Problems.compileFailed("examples/lwm2m-device, " + board, command, outcome.output());
      }
      return new NetworkedFirmware(board, output.resolve("device.elf"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Bytes that it takes of the flash.
  public long flashBytes() {
    return ElfFile.read(program).bytes(ElfFile.Section::stored);
  }
}
