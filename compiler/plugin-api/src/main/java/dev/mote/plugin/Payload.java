package dev.mote.plugin;

import dev.mote.ir.Blob;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model in a form that a device can take; becomes a payload of an inference module.
///
/// @param kind what the files are
/// @param files name → bytes, in the order in which they stand in the module; C sources have a
///     header `<entry>.h` that declares the functions, other kinds are one file
/// @param entry prefix of the functions, or the exported function; empty for [Kind#TFLITE]
/// @param memory what lies where in the arena; empty when the payload has none, or says so itself
/// @param requires what a device must have
public record Payload(
    Kind kind,
    Map<String, Blob> files,
    Optional<String> entry,
    Optional<Memory> memory,
    Requirements requires) {

  /// What names of files look like; that of the module format.
  public static final String FILE_NAME = "[A-Za-z0-9_][A-Za-z0-9._-]{0,63}";

  private static final int MOST_FILES = 16;

  public Payload {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    require(!files.isEmpty() && files.size() <= MOST_FILES, "a payload has 1 to 16 files");
    require(files.size() == 1 || kind == Kind.C_SOURCES, "only C sources are several files");
    files.forEach(
        (name, bytes) -> {
          require(name.matches(FILE_NAME), "'" + name + "' is no name of a file");
          require(bytes.size() > 0, "file '" + name + "' is empty");
        });
    require(kind == Kind.TFLITE || entry.isPresent(), "code has an entry");
    entry.ifPresent(name -> require(name.matches(FILE_NAME), "'" + name + "' is no entry"));
  }

  /// Bytes of all files.
  public long bytes() {
    return files.values().stream().mapToLong(Blob::size).sum();
  }

  /// What a payload is; the kinds of the inference module.
  public enum Kind {
    /// Position-independent machine code with its constants.
    NATIVE("native"),
    /// C sources, for a firmware that is built with them.
    C_SOURCES("c-sources"),
    /// The model itself, for a device that carries an interpreter of TensorFlow Lite models.
    TFLITE("tflite"),
    /// A WebAssembly module.
    WEBASSEMBLY("webassembly"),
    /// An ELF shared library.
    SHARED_LIBRARY("shared-library");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /// As the specification of the module writes it.
    public String label() {
      return label;
    }
  }

  /// The arena.
  ///
  /// @param arenaBytes its size
  /// @param alignment in bytes, a power of two up to 4,096
  /// @param inputOffsets where each input lies, in the model's order
  /// @param outputOffsets where each output lies
  /// @param weightBytes constants of the model, as built
  /// @param tableBytes other constant tables
  public record Memory(
      long arenaBytes,
      int alignment,
      List<Integer> inputOffsets,
      List<Integer> outputOffsets,
      long weightBytes,
      long tableBytes) {
    public Memory {
      inputOffsets = List.copyOf(inputOffsets);
      outputOffsets = List.copyOf(outputOffsets);
      require(arenaBytes >= 0 && arenaBytes <= 1L << 31, "an arena has at most 2^31 bytes");
      require(
          alignment >= 1 && alignment <= 4096 && Integer.bitCount(alignment) == 1,
          "an alignment is a power of two up to 4,096");
      require(weightBytes >= 0 && tableBytes >= 0, "a size is not negative");
      for (List<Integer> offsets : List.of(inputOffsets, outputOffsets)) {
        offsets.forEach(
            at -> require(at >= 0 && at <= arenaBytes, "an offset is within the arena"));
      }
    }
  }

  /// What a device must have.
  ///
  /// @param architecture `armv7e-m`, `rv32imc`, … as in the module's specification, or [#ANY]
  /// @param features extensions that are used, in alphabetical order: `dsp`, `mve`, `fpu-sp`
  /// @param abi calling convention, when it matters: `aapcs`, `aapcs-vfp`, `ilp32`, `sysv`
  /// @param ramBytes RAM while it runs
  /// @param flashBytes flash, code included as far as it is known
  public record Requirements(
      String architecture,
      List<String> features,
      Optional<String> abi,
      long ramBytes,
      long flashBytes) {

    public static final String ANY = "any";

    public Requirements {
      features = features.stream().sorted().distinct().toList();
      require(architecture.matches(FILE_NAME), "'" + architecture + "' is no architecture");
      features.forEach(f -> require(f.matches(FILE_NAME), "'" + f + "' is no extension"));
      abi.ifPresent(name -> require(name.matches(FILE_NAME), "'" + name + "' is no ABI"));
      require(ramBytes >= 0 && ramBytes <= 1L << 40, "RAM is of 0 to 2^40 bytes");
      require(flashBytes >= 0 && flashBytes <= 1L << 40, "flash is of 0 to 2^40 bytes");
    }

    /// What code for the kernels of an instruction set needs.
    public static Requirements of(Target.InstructionSet set, long ramBytes, long flashBytes) {
      List<String> features =
          switch (set) {
            case HOST, WASM32, ARMV6M, ARMV7M, RV32IMC -> List.of();
            case ARMV7EM -> List.of("dsp");
            case ARMV81M_MVE -> List.of("dsp", "mve");
          };
      String architecture =
          switch (set) {
            case HOST, WASM32 -> ANY;
            case ARMV6M -> "armv6-m";
            case ARMV7M -> "armv7-m";
            case ARMV7EM -> "armv7e-m";
            case ARMV81M_MVE -> "armv8.1-m.main";
            case RV32IMC -> "rv32imc";
          };
      return new Requirements(architecture, features, Optional.empty(), ramBytes, flashBytes);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
