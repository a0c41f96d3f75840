package dev.mote.plugin;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Facts about a chip, a board or a bare core that a compiler needs.
///
/// @param name unique lower-case name, for instance `stm32l4r5`
/// @param description one line for people
/// @param core processor core, for instance `Cortex-M4F`
/// @param instructionSet what kernels may use
/// @param clockHz highest clock; 0 when it does not apply
/// @param memories the memories in which code, constants and the arena may lie; empty when
/// unlimited
/// @param toolchain how a C compiler is called for it
/// @param board emulated board that runs its code; empty when there is none
/// @param sources where the figures come from: document, revision, page
/// @param facts what else is known of it: name → value; see [Device#fact]
public record Target(
    String name,
    String description,
    String core,
    InstructionSet instructionSet,
    long clockHz,
    List<Memory> memories,
    Toolchain toolchain,
    Optional<String> board,
    List<String> sources,
    Map<String, String> facts) {

  public Target {
    memories = List.copyOf(memories);
    sources = List.copyOf(sources);
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
  }

  /// A target of which no more is known.
  public Target(
      String name,
      String description,
      String core,
      InstructionSet instructionSet,
      long clockHz,
      List<Memory> memories,
      Toolchain toolchain,
      Optional<String> board,
      List<String> sources) {
    this(
        name,
        description,
        core,
        instructionSet,
        clockHz,
        memories,
        toolchain,
        board,
        sources,
        Map.of());
  }

  /// The flash from which code and constants are read: the first one.
  public Optional<Memory> flash() {
    return memories.stream().filter(m -> m.kind() == Memory.Kind.FLASH).findFirst();
  }

  /// Bytes of the largest RAM, or of the flash in which code lies; empty when the target has no
  /// limit.
  public Optional<Long> limit(Memory.Kind kind) {
    return switch (kind) {
      case FLASH -> flash().map(Memory::bytes);
      case RAM ->
          memories.stream().filter(m -> m.kind() == kind).map(Memory::bytes).max(Long::compare);
    };
  }

  /// Bytes of all memories of `kind` together; empty when the target has no limit.
  public Optional<Long> total(Memory.Kind kind) {
    return memories.stream().filter(m -> m.kind() == kind).map(Memory::bytes).reduce(Long::sum);
  }

  /// One contiguous memory.
  ///
  /// @param name as the data sheet calls it
  /// @param kind what may lie in it
  /// @param origin first address
  /// @param bytes size
  /// @param waitStates cycles that an access waits at the highest clock, caches aside
  /// @param lineBytes bytes that one access brings
  /// @param codeHits share of the lines of code, 0 to 1, that a cache has or that were fetched
  /// ahead
  /// @param keepsData whether a line of data is kept while its neighbours are read
  public record Memory(
      String name,
      Kind kind,
      long origin,
      long bytes,
      int waitStates,
      int lineBytes,
      double codeHits,
      boolean keepsData) {

    public Memory {
      if (lineBytes < 1 || codeHits < 0 || codeHits > 1) {
        throw new IllegalArgumentException("no such cache: " + lineBytes + " " + codeHits);
      }
    }

    /// A memory of 32-bit words without a cache.
    public Memory(String name, Kind kind, long origin, long bytes, int waitStates) {
      this(name, kind, origin, bytes, waitStates, 4, 0, false);
    }

    /// Cycles that the core waits for `codeBytes` of executed instructions: each line that is
    /// neither in the cache nor fetched ahead is a whole wait.
    public double fetchStalls(double codeBytes) {
      return codeBytes / lineBytes * (1 - codeHits) * waitStates;
    }

    /// Cycles that the core waits for `bytes` of constants that it loads one after the other: once
    /// for each line, or for each word where no line is kept.
    public double dataStalls(double bytes) {
      return bytes / (keepsData ? lineBytes : Math.min(4, lineBytes)) * waitStates;
    }

    /// What a memory is.
    public enum Kind {
      FLASH,
      RAM
    }
  }

  /// A cross compiler and its flags.
  ///
  /// @param compiler executable, for instance `arm-none-eabi-gcc`
  /// @param flags processor flags, without optimisation or warnings
  public record Toolchain(String compiler, List<String> flags) {
    public Toolchain {
      flags = List.copyOf(flags);
    }
  }

  /// A family of kernels; each later one of a line may use the kernels of the earlier ones.
  public enum InstructionSet {
    /// The host on which Mote itself runs.
    HOST,
    ARMV6M,
    ARMV7M,
    /// Armv7E-M with the DSP extension, and Armv8-M Mainline with it.
    ARMV7EM,
    /// Armv8.1-M with the M-profile vector extension (Helium).
    ARMV81M_MVE,
    RV32IMC,
    /// A WebAssembly runtime: 32-bit addresses, no vectors.
    WASM32
  }
}
