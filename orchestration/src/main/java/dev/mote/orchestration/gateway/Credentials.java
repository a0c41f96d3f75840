package dev.mote.orchestration.gateway;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/// Who may speak, and as what. Calls may block, and come from several threads.
public interface Credentials {

  /// A pre-shared key.
  record Psk(String identity, Secret key) {}

  /// The key of a PSK identity.
  Optional<Psk> byIdentity(String identity);

  /// Whether a raw public key is that of a device.
  boolean knows(PublicKey key);

  /// Authorities whose certificates devices may hold.
  List<X509Certificate> authorities();

  /// The endpoint name that a peer may register with, and act as.
  ///
  /// @param asked the name that it gives itself; empty when it gives none
  /// @return the name; empty when it may not. For [Peer.Unknown] only where the device needs no
  ///     security
  Optional<String> endpointAllowed(Peer peer, String asked);
}
