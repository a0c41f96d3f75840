package dev.mote.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.RecipientKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A module that arrives in pieces over a connection that breaks, at a device whose power fails.
class ModuleReceiverTest {

  private static final RecipientKey.Shared GROUP = new RecipientKey.Shared(Samples.random(16, 9));

  private static final Bytes OLD = Samples.NATIVE.slice(0, 3000).then(Samples.random(1900, 8));

  /// How payload 1 travels.
  enum Form {
    PLAIN,
    ENCRYPTED,
    DELTA,
    ENCRYPTED_DELTA
  }

  private static Bytes file(Form form) {
    ModuleFile module = Samples.signed();
    if (form == Form.DELTA || form == Form.ENCRYPTED_DELTA) {
      module = Payloads.difference(module, 1, OLD);
    }
    if (form == Form.ENCRYPTED || form == Form.ENCRYPTED_DELTA) {
      module =
          Payloads.encrypt(module, ContentAlgorithm.A128GCM, List.of(GROUP), new SecureRandom());
    }
    return ModuleWriter.write(module);
  }

  private static ModuleReceiver receiver() {
    return new ModuleReceiver(Samples.trust(), _ -> 1, List.of(GROUP), Optional.of(OLD));
  }

  /// A slot in memory, which fails at its `failAt`-th store.
  private static final class MemorySlot implements ModuleReceiver.Slot {

    private Bytes owner = Bytes.EMPTY;
    private Bytes contents = Bytes.EMPTY;
    private int blocks;
    private int travelled;
    private int failAt = Integer.MAX_VALUE;

    @Override
    public int blocks(Bytes manifestDigest) {
      return owner.equals(manifestDigest) ? blocks : 0;
    }

    @Override
    public int travelled() {
      return travelled;
    }

    @Override
    public void store(Bytes manifestDigest, int index, Bytes block, int position)
        throws IOException {
      if (--failAt == 0) {
        throw new IOException("no power");
      }
      if (index == 0) {
        contents = Bytes.EMPTY;
      }
      owner = manifestDigest;
      contents = contents.then(block);
      blocks = index + 1;
      travelled = position;
    }

    @Override
    public Bytes read(int offset, int size) {
      return contents.slice(offset, Math.min(contents.size(), offset + size));
    }
  }

  /// A file of which nothing from `end` on can be had.
  private static ModuleReceiver.Source cutAt(Bytes file, int end, long[] fetched) {
    return (offset, most) -> {
      if (offset >= file.size()) {
        return Bytes.EMPTY;
      }
      if (offset >= end) {
        throw new IOException("no connection");
      }
      int to = (int) Math.min(Math.min(file.size(), end), offset + Math.min(most, 100));
      fetched[0] += to - offset;
      return file.slice((int) offset, to);
    };
  }

  @ParameterizedTest
  @EnumSource
  void itGoesOnAfterACutAnywhere(Form form) throws IOException {
    Bytes file = file(form);
    int needed = file.size() - (form.name().startsWith("ENCRYPTED") ? 16 : 0);
    for (int cut = 0; cut < needed; cut += 37) {
      MemorySlot slot = new MemorySlot();
      ModuleReceiver.Source broken = cutAt(file, cut, new long[1]);
      assertThatThrownBy(() -> receiver().receive(broken, slot)).hasMessage("no connection");
      receiver().receive(cutAt(file, file.size(), new long[1]), slot);
      assertThat(slot.contents).as("cut at " + cut).isEqualTo(Samples.NATIVE);
    }
  }

  @Test
  void afterACutItFetchesTheHeadAndWhatIsMissing() throws IOException {
    Bytes file = file(Form.PLAIN);
    MemorySlot slot = new MemorySlot();
    ModuleReceiver.Source broken = cutAt(file, file.size() - 100, new long[1]);
    assertThatThrownBy(() -> receiver().receive(broken, slot)).hasMessage("no connection");
    assertThat(slot.blocks).isEqualTo(1);
    long[] fetched = new long[1];
    receiver().receive(cutAt(file, file.size(), fetched), slot);
    assertThat(fetched[0]).isLessThan(file.size() - Samples.SOURCES.size() - 4096 + 10);
  }

  @ParameterizedTest
  @EnumSource
  void itGoesOnAfterAPowerCutAtEveryWrite(Form form) throws IOException {
    Bytes file = file(form);
    for (int store = 1; store <= 2; store++) {
      MemorySlot slot = new MemorySlot();
      slot.failAt = store;
      ModuleReceiver.Source whole = cutAt(file, file.size(), new long[1]);
      assertThatThrownBy(() -> receiver().receive(whole, slot)).hasMessage("no power");
      assertThat(slot.blocks).isEqualTo(store - 1);
      receiver().receive(whole, slot);
      assertThat(slot.contents).isEqualTo(Samples.NATIVE);
    }
  }

  @Test
  void blocksOfAnotherModuleDoNotCount() throws IOException {
    MemorySlot slot = new MemorySlot();
    slot.store(Samples.OTHER_DIGEST, 0, Samples.random(4096, 5), 4096);
    Bytes file = file(Form.PLAIN);
    receiver().receive(cutAt(file, file.size(), new long[1]), slot);
    assertThat(slot.contents).isEqualTo(Samples.NATIVE);
  }

  @ParameterizedTest
  @EnumSource
  void nothingThatWasChangedIsStored(Form form) {
    Bytes file = file(form);
    for (int at = 0; at < file.size(); at += at < 1500 ? 19 : 157) {
      byte[] changed = file.toByteArray();
      changed[at] ^= 0x10;
      MemorySlot slot = new MemorySlot();
      try {
        receiver().receive(cutAt(Bytes.of(changed), changed.length, new long[1]), slot);
        // What is not needed may be changed: the other payload, the tag.
      } catch (ModuleException | IOException e) {
        assertThat(e).as("byte " + at).isInstanceOf(ModuleException.class);
      }
      assertThat(slot.contents)
          .as("byte " + at)
          .isEqualTo(Samples.NATIVE.slice(0, slot.contents.size()));
    }
  }
}
