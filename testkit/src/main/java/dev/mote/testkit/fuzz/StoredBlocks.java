package dev.mote.testkit.fuzz;

import dev.mote.module.ModuleReceiver;
import dev.mote.module.cbor.Bytes;

/// A slot that is empty at first and keeps everything.
final class StoredBlocks implements ModuleReceiver.Slot {

  private Bytes contents = Bytes.EMPTY;

  Bytes contents() {
    return contents;
  }

  @Override
  public int blocks(Bytes manifestDigest) {
    return 0;
  }

  @Override
  public int travelled() {
    return 0;
  }

  @Override
  public void store(Bytes manifestDigest, int index, Bytes block, int travelled) {
    contents = contents.then(block);
  }

  @Override
  public Bytes read(int offset, int size) {
    return contents.slice(offset, Math.min(contents.size(), offset + size));
  }
}
