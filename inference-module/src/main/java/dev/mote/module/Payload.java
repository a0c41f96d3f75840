package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// One form of the model: what it is, what it needs, and hashes of its bytes.
///
/// The hashes are those of the plain, full payload, whatever way it travels.
///
/// @param kind what the bytes are
/// @param size in bytes, 1 to 2^26
/// @param digest SHA-256 of all bytes
/// @param blockSize bytes of each block but the last; a power of two from 2^8 to 2^20
/// @param blocks SHA-256 of each block; empty when there is one block
/// @param requires facts that a device must have
/// @param files the files that the bytes are, one after the other; empty when they are one
/// @param entry name or prefix by which code is called
/// @param memory what lies where in the arena
/// @param measured what was measured
public record Payload(
    Kind kind,
    int size,
    Bytes digest,
    int blockSize,
    List<Bytes> blocks,
    Requirements requires,
    List<SourceFile> files,
    Optional<String> entry,
    Optional<MemoryPlan> memory,
    Optional<Measured> measured) {

  public static final int MOST_BYTES = 1 << 26;
  private static final int LEAST_BLOCK = 1 << 8;
  private static final int USUAL_BLOCK = 1 << 12;
  private static final int LARGEST_BLOCK = 1 << 20;
  private static final int USUAL_BLOCKS = 8;
  private static final int MOST_BLOCKS = 256;

  public Payload {
    blocks = List.copyOf(blocks);
    files = List.copyOf(files);
    Rules.range(size, 1, MOST_BYTES, "the size of a payload");
    Rules.size(digest, 32, "the digest of a payload");
    Rules.range(blockSize, LEAST_BLOCK, LARGEST_BLOCK, "the size of a block");
    Rules.require(Integer.bitCount(blockSize) == 1, "the size of a block is a power of two");
    int count = (size + blockSize - 1) / blockSize;
    Rules.require(
        blocks.size() == (count == 1 ? 0 : count),
        "there is a hash for each block, and none when there is one block");
    Rules.require(count <= MOST_BLOCKS, "there are at most 256 blocks");
    blocks.forEach(hash -> Rules.size(hash, 32, "the hash of a block"));
    Rules.count(files, 0, 16, "files");
    long sum = 0;
    Set<String> names = new HashSet<>();
    for (SourceFile file : files) {
      sum += file.size();
      Rules.require(names.add(file.name()), "the names of files differ");
    }
    Rules.require(files.isEmpty() || sum == size, "the files are as long as the payload");
    entry.ifPresent(name -> Rules.name(name, "the entry"));
  }

  /// The usual description of `contents`: blocks of 4 KiB, larger when that would be more than 8.
  public static Payload of(Kind kind, Bytes contents, Requirements requires) {
    int block = USUAL_BLOCK;
    while (contents.size() > (long) block * USUAL_BLOCKS && block < LARGEST_BLOCK) {
      block *= 2;
    }
    return new Payload(
        kind,
        contents.size(),
        contents.sha256(),
        block,
        hashes(contents, block),
        requires,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static List<Bytes> hashes(Bytes contents, int block) {
    if (contents.size() <= block) {
      return List.of();
    }
    return IntStream.iterate(0, at -> at < contents.size(), at -> at + block)
        .mapToObj(at -> contents.sha256(at, Math.min(contents.size(), at + block)))
        .toList();
  }

  public Payload withFiles(List<SourceFile> named) {
    return new Payload(
        kind, size, digest, blockSize, blocks, requires, named, entry, memory, measured);
  }

  public Payload withEntry(String name) {
    return new Payload(
        kind,
        size,
        digest,
        blockSize,
        blocks,
        requires,
        files,
        Optional.of(name),
        memory,
        measured);
  }

  public Payload withMemory(MemoryPlan plan) {
    return new Payload(
        kind, size, digest, blockSize, blocks, requires, files, entry, Optional.of(plan), measured);
  }

  public Payload withMeasured(Measured figures) {
    return new Payload(
        kind,
        size,
        digest,
        blockSize,
        blocks,
        requires,
        files,
        entry,
        memory,
        Optional.of(figures));
  }

  /// How many blocks there are, at least one.
  public int blockCount() {
    return Math.max(1, blocks.size());
  }

  /// SHA-256 of block `index`.
  public Bytes blockHash(int index) {
    return blocks.isEmpty() ? digest : blocks.get(index);
  }

  /// Where block `index` ends, in bytes from the start.
  public int blockEnd(int index) {
    return Math.min(size, (index + 1) * blockSize);
  }

  /// What the bytes of a payload are; its number stands in the file.
  public enum Kind {
    /// Position-independent machine code with its constants; a table of entries at offset 0.
    NATIVE(1),
    /// C sources, for a firmware that is built with them.
    C_SOURCES(2),
    /// The model itself, for a device that carries an interpreter of TensorFlow Lite models.
    TFLITE(3),
    /// A WebAssembly module.
    WEBASSEMBLY(4),
    /// An ELF shared library.
    SHARED_LIBRARY(5);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }
  }

  /// A file in a payload of several.
  ///
  /// @param name without folders
  /// @param size in bytes
  public record SourceFile(String name, int size) {
    public SourceFile {
      Rules.name(name, "the name of a file");
      Rules.range(size, 1, MOST_BYTES, "the size of a file");
    }
  }

  /// Facts that a device must have to take the payload.
  ///
  /// @param architecture `armv6-m`, `armv7-m`, `armv7e-m`, `armv8.1-m.main`, `rv32imc`, `x86-64`,
  ///     or `any`
  /// @param features extensions of it that are used, for instance `dsp`, `mve`, `fpu-sp`
  /// @param abi calling convention: `aapcs`, `aapcs-vfp`, `ilp32`, `sysv`; none when it does not
  ///     matter
  /// @param ramBytes RAM that it takes while it runs, the arena above all
  /// @param flashBytes flash that it takes
  /// @param runtime least version of the device runtime, times 1,000 plus the minor version; 0 when
  ///     it needs none
  public record Requirements(
      String architecture,
      List<String> features,
      Optional<String> abi,
      long ramBytes,
      long flashBytes,
      int runtime) {

    public static final String ANY = "any";

    public Requirements {
      features = List.copyOf(features);
      Rules.name(architecture, "the architecture");
      Rules.count(features, 0, 16, "features");
      features.forEach(feature -> Rules.name(feature, "a feature"));
      Rules.require(
          features.equals(features.stream().sorted().distinct().toList()),
          "features differ and stand in alphabetical order");
      abi.ifPresent(name -> Rules.name(name, "the ABI"));
      Rules.range(ramBytes, 0, 1L << 40, "the RAM");
      Rules.range(flashBytes, 0, 1L << 40, "the flash");
      Rules.range(runtime, 0, 1 << 24, "the version of the runtime");
    }
  }

  /// Summary of the memory plan.
  ///
  /// @param arenaBytes size of the arena that the caller gives
  /// @param alignment of the arena in bytes, a power of two
  /// @param inputOffsets where each input lies in the arena; the size of the arena for one that is
  ///     handed in by rows
  /// @param outputOffsets where each output lies in the arena
  /// @param weightBytes constants of the model
  /// @param tableBytes other constant tables
  public record MemoryPlan(
      long arenaBytes,
      int alignment,
      List<Integer> inputOffsets,
      List<Integer> outputOffsets,
      long weightBytes,
      long tableBytes) {
    public MemoryPlan {
      inputOffsets = List.copyOf(inputOffsets);
      outputOffsets = List.copyOf(outputOffsets);
      Rules.range(arenaBytes, 0, 1L << 31, "the arena");
      Rules.range(alignment, 1, 4096, "the alignment");
      Rules.require(Integer.bitCount(alignment) == 1, "the alignment is a power of two");
      Rules.range(weightBytes, 0, 1L << 40, "the size of the weights");
      Rules.range(tableBytes, 0, 1L << 40, "the size of the tables");
    }

    void requireFor(List<Signal> inputs, List<Signal> outputs) {
      requireWithin(inputOffsets, inputs, "input");
      requireWithin(outputOffsets, outputs, "output");
    }

    private void requireWithin(List<Integer> offsets, List<Signal> signals, String what) {
      Rules.require(offsets.size() == signals.size(), "there is an offset for each " + what);
      for (int i = 0; i < offsets.size(); i++) {
        if (what.equals("input") && offsets.get(i) == arenaBytes) {
          continue;
        }
        Rules.range(
            offsets.get(i),
            0,
            Math.max(0, arenaBytes - signals.get(i).bytes()),
            "the offset of an " + what);
      }
    }
  }

  /// What was measured before the module was published.
  ///
  /// @param where chip or emulated board, and compiler
  /// @param instructions of one inference
  /// @param codeBytes code with its tables
  /// @param stackBytes most stack in use
  /// @param macs multiply-accumulate operations of one inference
  public record Measured(
      String where,
      Optional<Long> instructions,
      Optional<Long> codeBytes,
      Optional<Long> stackBytes,
      Optional<Long> macs) {
    public Measured {
      Rules.text(where, "the place of measurement");
      for (Optional<Long> figure : List.of(instructions, codeBytes, stackBytes, macs)) {
        figure.ifPresent(value -> Rules.range(value, 0, Long.MAX_VALUE, "a figure"));
      }
    }
  }
}
