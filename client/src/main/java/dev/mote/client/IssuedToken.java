package dev.mote.client;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// A new API token, with its secret, which is shown this once.
public record IssuedToken(
    UUID id, String name, List<String> roles, Instant expires, String secret) {

  @Override
  public String toString() {
    return "IssuedToken[" + id + ", " + name + "]";
  }
}
