package dev.mote.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.module.cbor.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The entry table of native payloads, section "Native code" of the specification.
class NativeTableTest {

  private static final NativeTable WHOLE =
      new NativeTable(200, 16, 1000, 8, 65, 75, Optional.empty(), List.of(0L), List.of(999L));

  private static final NativeTable BY_ROWS =
      new NativeTable(
          200,
          4,
          1000,
          8,
          72,
          80,
          Optional.of(new NativeTable.Streamed(90, 100, 1, 28, 56)),
          List.of(0L, 1000L),
          List.of(8L, 16L));

  private static Bytes payload(NativeTable table) {
    Bytes head = table.write();
    return head.then(Bytes.of(new byte[table.size() - head.size()]));
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(NativeTable.read(payload(WHOLE))).isEqualTo(WHOLE);
    assertThat(NativeTable.read(payload(BY_ROWS))).isEqualTo(BY_ROWS);
  }

  @Test
  void theBytesAreThoseOfTheSpecification() {
    assertThat(BY_ROWS.write().toHex())
        .isEqualTo(
            "6d6f7465"
                + "0100"
                + "4800"
                + "00000000"
                + "c8000000"
                + "04000000"
                + "e8030000"
                + "08000000"
                + "48000000"
                + "50000000"
                + "5a000000"
                + "64000000"
                + "02020100"
                + "1c000000"
                + "38000000"
                + "00000000"
                + "e8030000"
                + "08000000"
                + "10000000");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, it does not start with 'mote'",
    "4, 2, it is of version 1",
    "6, 68, its own size is that of version 1",
    "8, 1, it has flags that are not known",
    "12, 201, its size is that of the payload",
    "16, 2, the alignment of a native payload",
    "16, 12, the alignment of a native payload",
    "20, 0, the arena is 1 to",
    "24, 3, the alignment of the arena",
    "28, 71, the offset of reset",
    "32, 200, the offset of run",
    "36, 0, the offset of begin",
    "40, -1, the offset of push_row",
    "44, 0, its own size is that of version 1",
    "46, 2, the index of the streamed input",
    "47, 1, a byte that is not used is 0",
    "48, 0, the rows of the streamed input",
    "52, -5, the bytes of a row",
    "56, 1000, the offset of an input",
    "60, 0, the offset of an input",
    "64, 1000, the offset of an output",
  })
  void aTableThatBreaksARuleIsRefused(int at, int value, String message) {
    byte[] bytes = payload(BY_ROWS).toByteArray();
    if (at >= 44 && at < 48) {
      bytes[at] = (byte) value;
    } else if (at == 4 || at == 6) {
      bytes[at] = (byte) value;
    } else {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    }
    assertThatThrownBy(() -> NativeTable.read(Bytes.of(bytes)))
        .isInstanceOf(ModuleException.class)
        .hasMessageStartingWith("MOTE-6026 entry table: " + message);
  }

  @Test
  void rowsWithoutAnInputAreRefused() {
    byte[] bytes = payload(WHOLE).toByteArray();
    bytes[48] = 1;
    assertThatThrownBy(() -> NativeTable.read(Bytes.of(bytes)))
        .hasMessageContaining("no input comes by rows, so none has");
  }

  @Test
  void whateverIsReadHoldsOrIsRefused() {
    SplittableRandom random = new SplittableRandom(5);
    int accepted = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = payload(i % 2 == 0 ? WHOLE : BY_ROWS).toByteArray();
      for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
        bytes[random.nextInt(80)] = (byte) random.nextInt();
      }
      Bytes mutated = Bytes.of(bytes).slice(0, random.nextInt(10) == 0 ? random.nextInt(200) : 200);
      try {
        assertThat(payloadHead(NativeTable.read(mutated), mutated)).isTrue();
        accepted++;
      } catch (ModuleException e) {
        assertThat(e.code()).isEqualTo(ModuleCodes.ENTRY_TABLE);
      }
    }
    assertThat(accepted).isBetween(100, 10_000);
  }

  /// A table has one encoding.
  private static boolean payloadHead(NativeTable table, Bytes payload) {
    Bytes head = table.write();
    return payload.slice(0, head.size()).equals(head);
  }
}
