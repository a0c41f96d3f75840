package dev.mote.orchestration.gateway;

import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What the server proves itself with to devices of public keys and certificates.
///
/// @param chain its certificate first; empty when only raw public keys are used
public record ServerKey(PrivateKey secret, PublicKey open, List<X509Certificate> chain) {
  public ServerKey {
    chain = List.copyOf(chain);
  }

  @Override
  public String toString() {
    return "server key " + open.getAlgorithm() + " with " + chain.size() + " certificates";
  }
}
