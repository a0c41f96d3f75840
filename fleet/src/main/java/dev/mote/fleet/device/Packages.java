package dev.mote.fleet.device;

import dev.mote.module.Device;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleReader;
import dev.mote.module.ModuleReceiver;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// What all devices know of packages: whom they trust, how a package is checked, and the blocks
/// that many hold.
///
/// With a trust list each package is checked as a device checks it: signatures, digests, target,
/// sequence. Without one it is only read, and may be any file.
public final class Packages {

  private static final int MOST_SHARED = 1 << 16;
  private static final int VERSION_DIGITS = 12;

  private final Optional<TrustList> trust;
  private final SelfTest selfTest;
  private final Map<Key, byte[]> shared = new ConcurrentHashMap<>();
  private final Map<String, Received> read = new ConcurrentHashMap<>();

  /// @param trust who may sign; empty to take anything
  /// @param selfTest runs golden vectors
  public Packages(Optional<TrustList> trust, SelfTest selfTest) {
    this.trust = trust;
    this.selfTest = selfTest;
  }

  /// Runs the golden vectors of a module.
  @FunctionalInterface
  public interface SelfTest {

    /// Passes whatever it is.
    SelfTest NONE = (_, _, _) -> true;

    /// Whether `payload`, the one of `index`, gives what the manifest says.
    boolean passes(Manifest manifest, int index, Bytes payload);
  }

  private record Key(long offset, int hash, int size) {}

  /// A block with the same contents, the same one for all devices.
  byte[] shared(long offset, byte[] block) {
    if (shared.size() > MOST_SHARED) {
      shared.clear();
    }
    byte[] known =
        shared.computeIfAbsent(new Key(offset, Arrays.hashCode(block), block.length), _ -> block);
    return Arrays.equals(known, block) ? known : block;
  }

  /// Checks a package that has arrived.
  ///
  /// @param device what takes it
  /// @param running what runs there
  Received check(Bytes file, Device device, Optional<Received> running) throws Refusal {
    if (trust.isEmpty()) {
      return read.computeIfAbsent(file.sha256().toHex(), digest -> describe(file, digest));
    }
    try {
      FlashSlot slot = new FlashSlot();
      int[] chosen = new int[1];
      ModuleReceiver receiver =
          new ModuleReceiver(
              trust.get(),
              manifest -> {
                Device.requireNewer(manifest, installed(manifest, running));
                chosen[0] = device.choose(manifest);
                return chosen[0];
              },
              List.of(),
              Optional.empty());
      Manifest manifest = receiver.receive(source(file), slot);
      boolean passes = selfTest.passes(manifest, chosen[0], slot.contents());
      return describe(manifest, file, file.sha256().toHex(), passes);
    } catch (ModuleException e) {
      throw new Refusal(outcome(e.code()), e.code().number(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new Refusal(Outcome.FAILED, 1, String.valueOf(e.getMessage()));
    }
  }

  private static OptionalLong installed(Manifest manifest, Optional<Received> running) {
    return running
        .filter(module -> module.identity().equals(identity(manifest)))
        .map(module -> OptionalLong.of(module.sequence()))
        .orElseGet(OptionalLong::empty);
  }

  private static Outcome outcome(ModuleCodes code) {
    return switch (code) {
      case TARGET, UNSUPPORTED_VERSION, PAYLOAD_ABSENT, DELTA_BASE, CONTENT_KEY ->
          Outcome.UNSUPPORTED;
      case NOT_TRUSTED, REVOKED, ROLLBACK, TRUST_LIST, KEY, ENTRY_TABLE -> Outcome.REFUSED;
      case NOT_A_MODULE,
          MALFORMED,
          NOT_CANONICAL,
          LIMIT,
          FIELD,
          UNKNOWN_KEY,
          COMMANDS,
          MANIFEST_DIGEST,
          BAD_SIGNATURE,
          PAYLOAD_SIZE,
          PAYLOAD_DIGEST,
          DELTA ->
          Outcome.DAMAGED;
    };
  }

  private static ModuleReceiver.Source source(Bytes file) {
    return (offset, most) -> {
      int from = (int) Math.min(file.size(), offset);
      return file.slice(from, Math.min(file.size(), from + most));
    };
  }

  private static Received describe(Bytes file, String digest) {
    try {
      return describe(ModuleReader.read(file).manifest(), file, digest, true);
    } catch (ModuleException e) {
      return new Received(
          "", digest.substring(0, VERSION_DIGITS), 0, "", digest, file.size(), true);
    }
  }

  private static Received describe(Manifest manifest, Bytes file, String digest, boolean passes) {
    return new Received(
        manifest.identity().name(),
        Long.toString(manifest.sequence()),
        manifest.sequence(),
        identity(manifest),
        digest,
        file.size(),
        passes);
  }

  private static String identity(Manifest manifest) {
    ByteBuffer id = ByteBuffer.wrap(manifest.identity().module().toByteArray());
    return new UUID(id.getLong(), id.getLong()).toString();
  }

  /// Where a payload goes, block by block.
  private static final class FlashSlot implements ModuleReceiver.Slot {

    private final ByteArrayOutputStream stored = new ByteArrayOutputStream();
    private int position;

    @Override
    public int blocks(Bytes manifestDigest) {
      return 0;
    }

    @Override
    public int travelled() {
      return position;
    }

    @Override
    public void store(Bytes manifestDigest, int index, Bytes block, int travelled) {
      stored.writeBytes(block.toByteArray());
      position = travelled;
    }

    @Override
    public Bytes read(int offset, int size) {
      Bytes all = contents();
      return all.slice(offset, Math.min(all.size(), offset + size));
    }

    Bytes contents() {
      return Bytes.of(stored.toByteArray());
    }
  }
}
