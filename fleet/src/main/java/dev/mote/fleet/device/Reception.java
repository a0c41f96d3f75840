package dev.mote.fleet.device;

import dev.mote.module.cbor.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A package as it arrives. Blocks that many devices get are held once.
final class Reception {

  /// What is in flash after a cut of power: whole sectors.
  private static final int SECTOR_BYTES = 4_096;

  private final Packages packages;
  private final List<byte[]> blocks = new ArrayList<>();
  private long bytes;

  Reception(Packages packages) {
    this.packages = packages;
  }

  long bytes() {
    return bytes;
  }

  /// Takes a block that begins at `offset`.
  ///
  /// @return false when what lies before it is missing
  boolean take(long offset, byte[] block) {
    if (offset > bytes) {
      return false;
    }
    int known = (int) Math.min(bytes - offset, block.length);
    if (known < block.length) {
      byte[] fresh = known == 0 ? block : Arrays.copyOfRange(block, known, block.length);
      blocks.add(packages.shared(bytes, fresh));
      bytes += fresh.length;
    }
    return true;
  }

  /// Loses what was not in flash yet.
  void cutPower() {
    long kept = bytes / SECTOR_BYTES * SECTOR_BYTES;
    while (bytes > kept) {
      byte[] last = blocks.removeLast();
      bytes -= last.length;
      if (bytes < kept) {
        byte[] part = Arrays.copyOf(last, (int) (kept - bytes));
        blocks.add(part);
        bytes = kept;
      }
    }
  }

  Bytes file() {
    ByteArrayOutputStream all = new ByteArrayOutputStream((int) bytes);
    blocks.forEach(all::writeBytes);
    return Bytes.of(all.toByteArray());
  }
}
