package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Encrypt;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.delta.DeltaDecoder;
import dev.mote.module.delta.DeltaProblem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/// Installs a module as a device does: it fetches the file in order, checks who signed it before it
/// takes any of a payload, stores block by block what is as the manifest says, and goes on after a
/// cut where it was. It holds the head of the file and one block.
public final class ModuleReceiver {

  private final TrustList trust;
  private final ToIntFunction<Manifest> choice;
  private final List<RecipientKey> keys;
  private final Optional<Bytes> base;

  /// @param trust who may sign
  /// @param choice the index of the payload to take, or a [ModuleException]; [Device#choose]
  /// @param keys of which one may be a recipient's
  /// @param base the installed payload, for deltas
  public ModuleReceiver(
      TrustList trust,
      ToIntFunction<Manifest> choice,
      List<RecipientKey> keys,
      Optional<Bytes> base) {
    this.trust = trust;
    this.choice = choice;
    this.keys = List.copyOf(keys);
    this.base = base;
  }

  /// The file, wherever it is.
  public interface Source {
    /// The bytes from `offset` on, at most `most` of them, at least one; none at the end.
    ///
    /// @throws IOException when the connection breaks
    Bytes read(long offset, int most) throws IOException;
  }

  /// Memory that survives a cut of power.
  public interface Slot {
    /// How many blocks of the manifest of this digest are stored; 0 when it is another one's.
    int blocks(Bytes manifestDigest) throws IOException;

    /// What was given with the last of these blocks.
    int travelled() throws IOException;

    /// Stores a block behind the others; all of it or nothing.
    ///
    /// @param travelled bytes of the payload, as it travels, that were used up
    void store(Bytes manifestDigest, int index, Bytes block, int travelled) throws IOException;

    /// Bytes of blocks that are stored.
    Bytes read(int offset, int size) throws IOException;
  }

  /// Fetches what is missing of the module in `source`.
  ///
  /// @return its manifest, when all of the chosen payload is in `slot`
  /// @throws ModuleException when it is refused
  /// @throws IOException when the connection or the power breaks; then call it again
  public Manifest receive(Source source, Slot slot) throws IOException {
    ModuleHead head = ModuleHead.read(source);
    Authentication authentication = Authentication.of(head.authentication());
    Bytes digest = CborWriter.write(Cbor.of(head.manifest())).sha256();
    Manifest manifest = Signatures.verified(authentication, head.manifest(), trust);
    int index = choice.applyAsInt(manifest);
    Transport transport =
        head.transports()
            .map(ModuleReader::transports)
            .orElseGet(TreeMap::new)
            .getOrDefault(index, Transport.plain(index));
    ModuleHead.Place place = head.find(source, index, manifest.payloads().size());
    ModuleReader.requireSize(manifest, transport, place.size());
    Payload payload = manifest.payloads().get(index);
    int stored = slot.blocks(digest);
    int travelled = stored == 0 ? 0 : slot.travelled();
    String where = "payload " + index;
    try {
      Clear clear = new Clear(source, place, travelled, keystream(transport, travelled, where));
      Blocks blocks =
          transport.base().isPresent()
              ? delta(transport.base().get(), clear, slot, where)
              : (_, size) -> clear.take(size);
      for (int i = stored; i < payload.blockCount(); i++) {
        int start = i * payload.blockSize();
        Bytes block = blocks.next(start, payload.blockEnd(i) - start);
        if (!block.sha256().equals(payload.blockHash(i))) {
          throw new ModuleException(
              ModuleCodes.PAYLOAD_DIGEST,
              where + ", block " + i,
              "its SHA-256 is not the one in the manifest");
        }
        slot.store(digest, i, block, clear.position());
      }
    } catch (DeltaProblem e) {
      throw new ModuleException(ModuleCodes.DELTA, where, e.what());
    }
    requireDigest(payload, slot, where);
    return manifest;
  }

  private Optional<Encrypt.Keystream> keystream(Transport transport, int offset, String where) {
    if (transport.encryption().isEmpty()) {
      return Optional.empty();
    }
    Encrypt structure = transport.encryption().get();
    try {
      for (RecipientKey key : keys) {
        if (structure.recipientIds().contains(key.id())) {
          return Optional.of(structure.from(key, offset));
        }
      }
    } catch (CoseProblem e) {
      throw new ModuleException(ModuleCodes.CONTENT_KEY, where, e.what());
    }
    throw new ModuleException(ModuleCodes.CONTENT_KEY, where, "no recipient has one of the keys");
  }

  private Blocks delta(Bytes digest, Clear clear, Slot slot, String where) {
    if (base.isEmpty() || !base.get().sha256().equals(digest)) {
      throw new ModuleException(
          ModuleCodes.DELTA_BASE, where, "it is a delta to another payload than the installed one");
    }
    DeltaDecoder decoder =
        new DeltaDecoder(base.get(), clear::next, offset -> (byte) slot.read(offset, 1).at(0));
    return decoder::segment;
  }

  /// The blocks of a payload, in order.
  private interface Blocks {
    Bytes next(int offset, int size) throws IOException, DeltaProblem;
  }

  /// All blocks were right when they were stored; this finds what changed since then.
  private static void requireDigest(Payload payload, Slot slot, String where) throws IOException {
    if (!slot.read(0, payload.size()).sha256().equals(payload.digest())) {
      throw new ModuleException(
          ModuleCodes.PAYLOAD_DIGEST, where, "its SHA-256 is not the one in the manifest");
    }
  }

  /// A payload as it was before it was encrypted, from front to back.
  private static final class Clear {

    private static final int PIECE = 256;

    private final Source source;
    private final ModuleHead.Place place;
    private final Optional<Encrypt.Keystream> keystream;
    private final int end;
    private Bytes piece = Bytes.EMPTY;
    private int inPiece;
    private int fetched;

    Clear(Source source, ModuleHead.Place place, int start, Optional<Encrypt.Keystream> keystream) {
      this.source = source;
      this.place = place;
      this.fetched = start;
      this.keystream = keystream;
      this.end = place.size() - (keystream.isPresent() ? Encrypt.TAG_BYTES : 0);
    }

    /// How many bytes were used up.
    int position() {
      return fetched - piece.size() + inPiece;
    }

    int next() throws IOException {
      if (inPiece == piece.size()) {
        int most = Math.min(PIECE, end - fetched);
        if (most <= 0) {
          return -1;
        }
        Bytes bytes = source.read(place.offset() + fetched, most);
        if (bytes.isEmpty()) {
          throw new ModuleException(
              ModuleCodes.MALFORMED, "module", "it ends in the middle of a payload");
        }
        piece = keystream.isPresent() ? keystream.get().decrypt(bytes) : bytes;
        inPiece = 0;
        fetched += bytes.size();
      }
      return piece.at(inPiece++);
    }

    Bytes take(int size) throws IOException {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) next();
      }
      return Bytes.of(bytes);
    }
  }
}
