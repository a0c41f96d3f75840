package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The entry table at the start of a native payload: where its functions are, and what they need.
///
/// Offsets of functions count from the start of the payload, and have the lowest bit set where the
/// instruction set wants that of a function's address.
///
/// @param size bytes of the payload, the table included
/// @param alignment of the payload's address, a power of two from 4 to 4,096
/// @param arenaBytes size of the arena
/// @param arenaAlignment its alignment, a power of two up to 4,096
/// @param reset function that forgets the past: `int reset(void *arena)`
/// @param run function of one inference: `int run(void *arena, const void *input)`
/// @param streamed the input that is handed in by rows; empty when all lie in the arena
/// @param inputOffsets where each input lies in the arena; the size of the arena for the streamed
/// one
/// @param outputOffsets where each output lies in the arena
public record NativeTable(
    int size,
    int alignment,
    long arenaBytes,
    int arenaAlignment,
    int reset,
    int run,
    Optional<Streamed> streamed,
    List<Long> inputOffsets,
    List<Long> outputOffsets) {

  /// "mote", read as a little-endian number.
  private static final int MAGIC = 0x65746f6d;

  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 56;
  private static final int LEAST_ALIGNMENT = 4;
  private static final int MOST_ALIGNMENT = 4_096;
  private static final long MOST_ARENA = 1L << 31;
  private static final int MOST_SIGNALS = 16;
  private static final int NO_INPUT = 0xff;

  /// An input that is not in the arena.
  ///
  /// @param begin function that starts an inference: `int begin(void *arena)`
  /// @param pushRow function that takes a row: `int push_row(void *arena, const void *row)`
  /// @param input its index
  /// @param rows how many there are
  /// @param rowBytes size of each
  public record Streamed(int begin, int pushRow, int input, int rows, int rowBytes) {}

  public NativeTable {
    inputOffsets = List.copyOf(inputOffsets);
    outputOffsets = List.copyOf(outputOffsets);
    Rules.count(inputOffsets, 1, MOST_SIGNALS, "inputs");
    Rules.count(outputOffsets, 1, MOST_SIGNALS, "outputs");
    int bytes = FIXED_BYTES + 4 * (inputOffsets.size() + outputOffsets.size());
    Rules.range(size, bytes, Payload.MOST_BYTES, "the size of a native payload");
    powerOfTwo(alignment, LEAST_ALIGNMENT, "the alignment of a native payload");
    powerOfTwo(arenaAlignment, 1, "the alignment of the arena");
    Rules.range(arenaBytes, 1, MOST_ARENA, "the arena");
    function(reset, bytes, size, "reset");
    function(run, bytes, size, "run");
    if (streamed.isPresent()) {
      Streamed s = streamed.get();
      function(s.begin(), bytes, size, "begin");
      function(s.pushRow(), bytes, size, "push_row");
      Rules.range(s.input(), 0, inputOffsets.size() - 1, "the index of the streamed input");
      Rules.range(s.rows(), 1, Payload.MOST_BYTES, "the rows of the streamed input");
      Rules.range(s.rowBytes(), 1, Payload.MOST_BYTES, "the bytes of a row");
    }
    for (int i = 0; i < inputOffsets.size(); i++) {
      boolean outside = streamed.isPresent() && streamed.get().input() == i;
      Rules.range(
          inputOffsets.get(i),
          outside ? arenaBytes : 0,
          outside ? arenaBytes : arenaBytes - 1,
          "the offset of an input");
    }
    for (long offset : outputOffsets) {
      Rules.range(offset, 0, arenaBytes - 1, "the offset of an output");
    }
  }

  private static void powerOfTwo(int value, int least, String what) {
    Rules.range(value, least, MOST_ALIGNMENT, what);
    Rules.require(Integer.bitCount(value) == 1, what + " is a power of two");
  }

  private static void function(int offset, int table, int size, String name) {
    Rules.range(offset & ~1, table, size - 2, "the offset of " + name);
  }

  /// Bytes of a table with this many inputs and outputs.
  public static int bytes(int signals) {
    return FIXED_BYTES + 4 * signals;
  }

  /// The table of a native payload.
  ///
  /// @throws ModuleException [ModuleCodes#ENTRY_TABLE]
  public static NativeTable read(Bytes payload) {
    ByteBuffer bytes = ByteBuffer.wrap(payload.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    try {
      Rules.require(bytes.capacity() >= FIXED_BYTES, "it is shorter than a table");
      Rules.require(bytes.getInt() == MAGIC, "it does not start with 'mote'");
      Rules.require(Short.toUnsignedInt(bytes.getShort()) == VERSION, "it is of version 1");
      int table = Short.toUnsignedInt(bytes.getShort());
      Rules.require(bytes.getInt() == 0, "it has flags that are not known");
      int size = bytes.getInt();
      Rules.require(size == bytes.capacity(), "its size is that of the payload");
      int alignment = bytes.getInt();
      long arenaBytes = Integer.toUnsignedLong(bytes.getInt());
      int arenaAlignment = bytes.getInt();
      int reset = bytes.getInt();
      int run = bytes.getInt();
      int begin = bytes.getInt();
      int pushRow = bytes.getInt();
      int inputs = Byte.toUnsignedInt(bytes.get());
      int outputs = Byte.toUnsignedInt(bytes.get());
      int input = Byte.toUnsignedInt(bytes.get());
      Rules.require(bytes.get() == 0, "a byte that is not used is 0");
      int rows = bytes.getInt();
      int rowBytes = bytes.getInt();
      boolean whole = input == NO_INPUT;
      Rules.require(
          !whole || (begin | pushRow | rows | rowBytes) == 0,
          "no input comes by rows, so none has");
      Rules.require(
          table == bytes(inputs + outputs) && table <= size,
          "its own size is that of version 1, and within the payload");
      return new NativeTable(
          size,
          alignment,
          arenaBytes,
          arenaAlignment,
          reset,
          run,
          whole
              ? Optional.empty()
              : Optional.of(new Streamed(begin, pushRow, input, rows, rowBytes)),
          offsets(bytes, inputs),
          offsets(bytes, outputs));
    } catch (IllegalArgumentException e) {
      throw new ModuleException(
          ModuleCodes.ENTRY_TABLE, "entry table", String.valueOf(e.getMessage()));
    }
  }

  /// Refuses a table that is not that of payload `index`.
  ///
  /// @throws ModuleException [ModuleCodes#ENTRY_TABLE]
  public void requireFor(Manifest manifest, int index) {
    Payload payload = manifest.payloads().get(index);
    Optional<String> difference =
        payload.memory().isEmpty()
            ? Optional.of("the manifest has no memory plan")
            : Stream.of(
                    oddness(payload.requires().architecture().startsWith("armv") ? 1 : 0),
                    difference("bytes", size, payload.size()),
                    difference("arena", arenaBytes, payload.memory().get().arenaBytes()),
                    difference("alignment", arenaAlignment, payload.memory().get().alignment()),
                    difference("inputs", inputOffsets, wide(payload.memory().get().inputOffsets())),
                    difference(
                        "outputs", outputOffsets, wide(payload.memory().get().outputOffsets())),
                    streamed.flatMap(
                        rows ->
                            difference(
                                "bytes of the rows",
                                (long) rows.rows() * rows.rowBytes(),
                                (long) manifest.inputs().get(rows.input()).bytes())))
                .flatMap(Optional::stream)
                .findFirst();
    difference.ifPresent(
        what -> {
          throw new ModuleException(
              ModuleCodes.ENTRY_TABLE, "payload %d, entry table".formatted(index), what);
        });
  }

  /// Whether the lowest bits of functions are not what the architecture wants.
  private Optional<String> oddness(int wanted) {
    boolean all =
        reset % 2 == wanted
            && run % 2 == wanted
            && streamed
                .map(rows -> rows.begin() % 2 == wanted && rows.pushRow() % 2 == wanted)
                .orElse(true);
    return all
        ? Optional.empty()
        : Optional.of(
            "functions are at %s offsets in code of the architecture"
                .formatted(wanted == 1 ? "odd" : "even"));
  }

  private static <T> Optional<String> difference(String what, T here, T there) {
    return here.equals(there)
        ? Optional.empty()
        : Optional.of("%s: %s, but %s in the manifest".formatted(what, here, there));
  }

  private static List<Long> wide(List<Integer> offsets) {
    return offsets.stream().map(Integer::longValue).toList();
  }

  private static List<Long> offsets(ByteBuffer bytes, int count) {
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      offsets.add(Integer.toUnsignedLong(bytes.getInt()));
    }
    return offsets;
  }

  /// The table as it stands in the payload.
  public Bytes write() {
    int bytes = bytes(inputOffsets.size() + outputOffsets.size());
    ByteBuffer table = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(MAGIC).putShort((short) VERSION).putShort((short) bytes).putInt(0);
    table.putInt(size).putInt(alignment).putInt((int) arenaBytes).putInt(arenaAlignment);
    table.putInt(reset).putInt(run);
    table.putInt(streamed.map(Streamed::begin).orElse(0));
    table.putInt(streamed.map(Streamed::pushRow).orElse(0));
    table.put((byte) inputOffsets.size()).put((byte) outputOffsets.size());
    table.put((byte) (int) streamed.map(Streamed::input).orElse(NO_INPUT)).put((byte) 0);
    table.putInt(streamed.map(Streamed::rows).orElse(0));
    table.putInt(streamed.map(Streamed::rowBytes).orElse(0));
    inputOffsets.forEach(offset -> table.putInt((int) (long) offset));
    outputOffsets.forEach(offset -> table.putInt((int) (long) offset));
    return Bytes.of(table.array());
  }
}
