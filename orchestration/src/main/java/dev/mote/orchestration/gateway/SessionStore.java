package dev.mote.orchestration.gateway;

import java.util.Optional;

/// Where the DTLS sessions of a gateway are while it is stopped, so that a planned restart costs no
/// device a handshake. Calls may block.
///
/// What is kept holds the keys of sessions: it is to be sealed. And it is good once only, as two
/// gateways that go on with one session would use the same nonces.
public interface SessionStore {

  /// Keeps the sessions of a gateway that stopped, in place of what was kept for it before.
  void keep(byte[] sessions);

  /// Gives what was kept last, and forgets it.
  Optional<byte[]> take();
}
