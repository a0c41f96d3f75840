package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.VerificationKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whom a device believes: keys, keys that are revoked, and what modules must at least be. A newer
/// list, signed by a key of the older one, rotates keys and revokes them.
///
/// @param sequence a device refuses a list that is not newer than its own
/// @param keys that are trusted, at most 16
/// @param revoked identifiers of keys that are not trusted any more, at most 256
/// @param required algorithms of which each must have signed; for hybrid signatures two
/// @param floors module UUID → least sequence number that may be installed; at most 64
public record TrustList(
    long sequence,
    List<TrustedKey> keys,
    List<Bytes> revoked,
    List<SignatureAlgorithm> required,
    Map<Bytes, Long> floors) {

  public TrustList {
    keys = List.copyOf(keys);
    revoked = List.copyOf(revoked);
    required = List.copyOf(required);
    floors = Map.copyOf(floors);
    Rules.range(sequence, 0, Long.MAX_VALUE, "the sequence number");
    Rules.count(keys, 1, 16, "keys");
    Rules.count(revoked, 0, 256, "revoked keys");
    Rules.require(floors.size() <= 64, "there are 0 to 64 floors");
    Set<Bytes> ids = new HashSet<>();
    for (TrustedKey trusted : keys) {
      Rules.require(ids.add(trusted.key().id()), "no key stands twice");
    }
    for (Bytes id : revoked) {
      Rules.range(id.size(), 1, 32, "the size of a key's identifier");
    }
    Rules.require(new HashSet<>(revoked).size() == revoked.size(), "no key is revoked twice");
    Rules.require(new HashSet<>(required).size() == required.size(), "no algorithm stands twice");
    floors.forEach(
        (module, least) -> {
          Rules.size(module, 16, "a module");
          Rules.range(least, 1, Long.MAX_VALUE, "a floor");
        });
  }

  /// A key and what it may sign.
  ///
  /// @param key the key
  /// @param modules whether it may sign modules
  /// @param lists whether it may sign the next trust list
  public record TrustedKey(VerificationKey key, boolean modules, boolean lists) {
    public TrustedKey {
      Rules.require(modules || lists, "a trusted key may sign something");
    }
  }

  /// A list of keys that may sign everything, each alone.
  public static TrustList of(List<VerificationKey> keys) {
    return new TrustList(
        0,
        keys.stream().map(key -> new TrustedKey(key, true, true)).toList(),
        List.of(),
        List.of(),
        Map.of());
  }

  /// The key of `id`, if it is trusted and not revoked.
  Optional<TrustedKey> find(Bytes id) {
    return revoked.contains(id)
        ? Optional.empty()
        : keys.stream().filter(trusted -> trusted.key().id().equals(id)).findFirst();
  }
}
