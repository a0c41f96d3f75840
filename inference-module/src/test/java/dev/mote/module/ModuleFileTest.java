package dev.mote.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Files of modules: what is written is read, and what was changed is refused.
class ModuleFileTest {

  private static final Bytes FILE = ModuleWriter.write(Samples.signed());

  @Test
  void whatIsWrittenIsRead() {
    ModuleFile read = ModuleReader.read(FILE);
    assertThat(read).isEqualTo(Samples.signed());
    assertThat(ModuleWriter.write(read)).isEqualTo(FILE);
    assertThat(Signatures.verify(read, Samples.trust()))
        .containsExactly(Samples.RFC_8032.verification().id());
    assertThat(Payloads.open(read, 0)).isEqualTo(Samples.SOURCES);
    assertThat(Payloads.open(read, 1)).isEqualTo(Samples.NATIVE);
  }

  @Test
  void payloadsFollowTheManifestSoThatAFileCanBeCheckedAsItArrives() {
    int manifest = indexOf(Samples.signed().encodedManifest());
    assertThat(indexOf(Samples.SOURCES)).isGreaterThan(manifest);
    assertThat(FILE.slice(FILE.size() - Samples.NATIVE.size(), FILE.size()))
        .isEqualTo(Samples.NATIVE);
  }

  private static int indexOf(Bytes part) {
    return FILE.toHex().indexOf(part.toHex()) / 2;
  }

  @Test
  void theOverheadOfASmallModuleStaysBelowTheLimitOfTheSpecification() {
    assertThat(FILE.size() - Samples.NATIVE.size() - Samples.SOURCES.size()).isLessThan(1536);
  }

  @Test
  void aModuleMayCarrySomeOfItsPayloadsOnly() {
    ModuleFile some = ModuleReader.read(ModuleWriter.write(Samples.signed().carrying(List.of(1))));
    Signatures.verify(some, Samples.trust());
    assertThat(Payloads.open(some, 1)).isEqualTo(Samples.NATIVE);
    assertThatThrownBy(() -> Payloads.open(some, 0))
        .hasMessage("MOTE-6022 payload 0: the file does not carry it");
  }

  @Test
  void everyChangedBitIsRefused() {
    byte[] bytes = FILE.toByteArray();
    for (int i = 0; i < bytes.length; i += i < FILE.size() - Samples.NATIVE.size() ? 1 : 61) {
      int bit = 1 << i % 8;
      bytes[i] ^= (byte) bit;
      assertRefused(Bytes.of(bytes), "bit of byte " + i);
      bytes[i] ^= (byte) bit;
    }
  }

  @Test
  void everyCutIsRefused() {
    for (int size = 0; size < FILE.size(); size += size < 2000 ? 1 : 97) {
      assertRefused(FILE.slice(0, size), "cut at " + size);
    }
  }

  private static void assertRefused(Bytes file, String what) {
    assertThatThrownBy(() -> check(file)).as(what).isInstanceOf(ModuleException.class);
  }

  private static void check(Bytes file) {
    ModuleFile read = ModuleReader.read(file);
    Signatures.verify(read, Samples.trust());
    Payloads.open(read, 0);
    Payloads.open(read, 1);
  }

  /// An attacker without the key changes one field and writes everything else to fit.
  @Test
  void everyChangedFieldOfTheManifestIsDetected() throws CborProblem {
    Cbor manifest = CborReader.read(Samples.signed().encodedManifest(), CborReader.Limits.HEAD);
    List<Cbor> changed = variants(manifest);
    assertThat(changed).hasSizeGreaterThan(150);
    int valid = 0;
    for (Cbor variant : changed) {
      Bytes encoded = CborWriter.write(variant);
      Bytes file = envelope(encoded);
      try {
        ModuleFile read = ModuleReader.read(file);
        valid++;
        assertThatThrownBy(() -> Signatures.verify(read, Samples.trust()))
            .hasMessageStartingWith("MOTE-6011 module: the signature by key ");
      } catch (ModuleException e) {
        assertThat(e.code()).isNotEqualTo(ModuleCodes.MANIFEST_DIGEST);
      }
    }
    assertThat(valid).isGreaterThan(60);
  }

  /// The file with another manifest, whose digest it states.
  private static Bytes envelope(Bytes manifest) {
    Bytes digest = CborWriter.write(Cbor.of(manifest)).sha256();
    return CborWriter.write(
        new Cbor.Tag(
            Keys.ENVELOPE_TAG,
            new MapBuilder()
                .put(2, new Authentication(digest, Samples.signed().signatures()).toCbor())
                .put(3, Cbor.of(manifest))
                .put("#0", Cbor.of(Samples.SOURCES))
                .put("#1", Cbor.of(Samples.NATIVE))
                .build()));
  }

  /// `item` with one leaf changed, or one entry left out, in every way.
  private static List<Cbor> variants(Cbor item) throws CborProblem {
    List<Cbor> all = new ArrayList<>();
    switch (item) {
      case Cbor.Int(long value) -> {
        all.add(Cbor.of(value + 1));
        all.add(Cbor.of(-1 - value));
      }
      case Cbor.Real(double value) -> all.add(Cbor.of(value * 2));
      case Cbor.Text(String value) -> all.add(Cbor.of(value + "x"));
      case Cbor.Bool(boolean value) -> all.add(new Cbor.Bool(!value));
      case Cbor.Null _ -> all.add(Cbor.of(0));
      case Cbor.Tag(long number, Cbor inner) -> all.add(new Cbor.Tag(number + 1, inner));
      case Cbor.ByteString(Bytes value) -> all.addAll(ofBytes(value));
      case Cbor.Array(List<Cbor> items) -> {
        for (int i = 0; i < items.size(); i++) {
          List<Cbor> without = new ArrayList<>(items);
          without.remove(i);
          all.add(Cbor.array(without));
          for (Cbor variant : variants(items.get(i))) {
            List<Cbor> changed = new ArrayList<>(items);
            changed.set(i, variant);
            all.add(Cbor.array(changed));
          }
        }
      }
      case Cbor.Mapping(Map<Cbor, Cbor> entries) -> {
        for (Map.Entry<Cbor, Cbor> entry : entries.entrySet()) {
          Map<Cbor, Cbor> without = new LinkedHashMap<>(entries);
          without.remove(entry.getKey());
          all.add(new Cbor.Mapping(without));
          for (Cbor variant : variants(entry.getValue())) {
            Map<Cbor, Cbor> changed = new LinkedHashMap<>(entries);
            changed.put(entry.getKey(), variant);
            all.add(new Cbor.Mapping(changed));
          }
        }
      }
    }
    return all;
  }

  private static List<Cbor> ofBytes(Bytes value) throws CborProblem {
    if (value.size() > 1 && value.at(0) >= 0x80 && value.at(0) < 0xc0) {
      try {
        Cbor inner = CborReader.read(value, CborReader.Limits.HEAD);
        return variants(inner).stream().map(Cbor::wrapped).toList();
      } catch (CborProblem e) {
        // Bytes that only look like CBOR.
      }
    }
    byte[] flipped = value.toByteArray();
    flipped[flipped.length / 2] ^= 1;
    return List.of(Cbor.of(Bytes.of(flipped)));
  }

  @Test
  void aKeyThatIsNotKnownIsRefusedUnlessItIsAnExtension() throws CborProblem {
    Map<Cbor, Cbor> manifest =
        new LinkedHashMap<>(
            ((Cbor.Mapping)
                    CborReader.read(Samples.signed().encodedManifest(), CborReader.Limits.HEAD))
                .entries());
    manifest.put(Cbor.of(99), Cbor.of(1));
    Bytes encoded = CborWriter.write(new Cbor.Mapping(manifest));
    assertThatThrownBy(() -> ModuleReader.read(envelope(encoded)))
        .hasMessage("MOTE-6006 manifest: key 99 is not known, and may matter");
    assertThat(ModuleReader.read(FILE).manifest().extensions()).containsOnlyKeys(-300L);
  }

  @Test
  void aPayloadThatTheManifestDoesNotDescribeIsRefused() {
    assertThatThrownBy(
            () -> ModuleFile.of(Samples.manifest(1), List.of(Samples.SOURCES, Samples.SOURCES)))
        .hasMessage("MOTE-6020 payload 1: it has 157 bytes, the manifest says 5,000");
  }

  @Test
  void blocksAreCheckedOneByOne() {
    byte[] broken = Samples.NATIVE.toByteArray();
    broken[4500] ^= 1;
    assertThatThrownBy(
            () -> ModuleFile.of(Samples.manifest(1), List.of(Samples.SOURCES, Bytes.of(broken))))
        .hasMessage("MOTE-6021 payload 1, block 1: its SHA-256 is not the one in the manifest");
  }

  @Test
  void largePayloadsHaveLargerBlocksSoThatTheManifestStaysSmall() {
    Payload payload =
        Payload.of(
            Payload.Kind.TFLITE,
            Bytes.of(new byte[333_288]),
            new Payload.Requirements("any", List.of(), Optional.empty(), 0, 0, 0));
    assertThat(payload.blockSize()).isEqualTo(65536);
    assertThat(payload.blockCount()).isEqualTo(6);
  }
}
