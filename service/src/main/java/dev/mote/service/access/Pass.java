package dev.mote.service.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A session or an API token, without its secret.
record Pass(
    UUID id,
    UUID tenant,
    UUID account,
    Kind kind,
    String name,
    Set<Role> roles,
    boolean system,
    Instant created,
    Instant expires,
    Optional<Instant> lastUse) {

  enum Kind {
    SESSION,
    TOKEN
  }
}
