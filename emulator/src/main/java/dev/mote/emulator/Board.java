package dev.mote.emulator;

import java.util.List;
import java.util.Optional;

/// A machine that QEMU emulates, and how a program is laid out in its memory.
///
/// Speed and size of its memories are not a chip's: they are large, so that any model of a
/// microcontroller's scale runs, and its limits are checked against the target instead.
///
/// @param name QEMU's name
/// @param emulator executable
/// @param machine arguments that select and size the machine
/// @param startup the C file with reset and fault handlers
/// @param memory linker memories VECTORS, CODE, RAM and ARENA
/// @param compilerFlags what the C library of its compiler needs
record Board(
    String name,
    String emulator,
    List<String> machine,
    String startup,
    String memory,
    List<String> compilerFlags) {

  private static final String CORTEX_M = "startup_cortex_m.c";
  private static final String RISCV = "startup_riscv.c";

  /// The boards, one for each core.
  ///
  /// QEMU has no large Cortex-M0 board. Its BBC micro:bit (nRF51, 256 KiB of flash, 16 KiB of RAM)
  /// takes the sizes of its memories as properties, and nothing else lies in their way, so that it
  /// runs whole models; code for the Cortex-M0+ runs on it too, as both execute Armv6-M.
  static final List<Board> ALL =
      List.of(
          cortexM(
              List.of(
                  "microbit",
                  "-global",
                  "nrf51-soc.flash-size=0x1000000",
                  "-global",
                  "nrf51-soc.sram-size=0x1800000"),
              layout(0x0000_0000L, 16, 0x0000_0400L, 0x2000_0000L, 4, 0x2040_0000L, 20)),
          cortexM(
              List.of("mps2-an385"),
              layout(0x0000_0000L, 4, 0x0000_0400L, 0x2000_0000L, 4, 0x2100_0000L, 16)),
          cortexM(
              List.of("mps2-an386"),
              layout(0x0000_0000L, 4, 0x0000_0400L, 0x2000_0000L, 4, 0x2100_0000L, 16)),
          cortexM(
              List.of("mps2-an500"),
              layout(0x0000_0000L, 4, 0x0000_0400L, 0x2000_0000L, 4, 0x6000_0000L, 16)),
          // Secure aliases: the processor starts secure, and the memory controllers start closed.
          cortexM(
              List.of("mps2-an505"),
              layout(0x1000_0000L, 4, 0x1000_0400L, 0x3800_0000L, 4, 0x8000_0000L, 16)),
          // The vector table in the tightly coupled memory, everything else in the large DDR.
          cortexM(
              List.of("mps3-an547"),
              layout(0x1000_0000L, 64, 0x7000_0000L, 0x3100_0000L, 4, 0x7400_0000L, 64)),
          new Board(
              "virt",
              "qemu-system-riscv32",
              List.of("-machine", "virt", "-m", "64M", "-bios", "none"),
              RISCV,
              layout(0x8000_0000L, 16, 0x8000_0400L, 0x8100_0000L, 16, 0x8200_0000L, 32),
              List.of("--specs=picolibc.specs")));

  Board {
    machine = List.copyOf(machine);
    compilerFlags = List.copyOf(compilerFlags);
  }

  static Optional<Board> find(String name) {
    return ALL.stream().filter(board -> board.name().equals(name)).findFirst();
  }

  private static Board cortexM(List<String> machine, String memory) {
    List<String> arguments = new java.util.ArrayList<>(List.of("-machine"));
    arguments.addAll(machine);
    return new Board(machine.getFirst(), "qemu-system-arm", arguments, CORTEX_M, memory, List.of());
  }

  /// Sizes are in MiB; the vector table takes the first KiB.
  private static String layout(
      long vectors, int codeMiB, long code, long ram, int ramMiB, long arena, int arenaMiB) {
    return """
    MEMORY {
      VECTORS (rx) : ORIGIN = 0x%08x, LENGTH = 1K
      CODE (rx) : ORIGIN = 0x%08x, LENGTH = %dM - 1K
      RAM (rw) : ORIGIN = 0x%08x, LENGTH = %dM
      ARENA (rw) : ORIGIN = 0x%08x, LENGTH = %dM
    }
    """
        .formatted(vectors, code, codeMiB, ram, ramMiB, arena, arenaMiB);
  }
}
