package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.Encrypt;
import java.util.Optional;

/// How the bytes of a payload travel. Not signed: what comes out is checked against the manifest.
///
/// @param payload index of the payload
/// @param base SHA-256 of the payload that a delta was made from; none when all of it travels
/// @param encryption content key for each recipient; none when it travels in the clear. A delta is
///     encrypted after it was made.
public record Transport(int payload, Optional<Bytes> base, Optional<Encrypt> encryption) {

  public Transport {
    Rules.range(payload, 0, 7, "a payload");
    base.ifPresent(digest -> Rules.size(digest, 32, "the digest of a base"));
  }

  /// All bytes in the clear.
  static Transport plain(int payload) {
    return new Transport(payload, Optional.empty(), Optional.empty());
  }

  boolean isPlain() {
    return base.isEmpty() && encryption.isEmpty();
  }
}
