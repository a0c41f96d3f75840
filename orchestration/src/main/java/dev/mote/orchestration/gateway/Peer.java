package dev.mote.orchestration.gateway;

/// What somebody at the other end has proved to be.
public sealed interface Peer {

  /// Knows the key of a PSK identity.
  record PreShared(String identity) implements Peer {}

  /// Holds the private half of a key.
  ///
  /// @param key the public half as X.509 SubjectPublicKeyInfo, in hexadecimal digits
  record RawKey(String key) implements Peer {}

  /// Holds a certificate of an authority that [Credentials#authorities] has.
  ///
  /// @param commonName of its subject
  record Certified(String commonName) implements Peer {}

  /// Has proved nothing.
  record Unknown() implements Peer {}
}
