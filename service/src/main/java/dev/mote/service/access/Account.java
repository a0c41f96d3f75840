package dev.mote.service.access;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A user.
record Account(
    UUID id,
    UUID tenant,
    String name,
    Optional<String> password,
    Set<Role> roles,
    boolean system,
    boolean disabled,
    Optional<String> issuer,
    Instant created,
    Optional<Instant> lastLogin) {

  @Override
  public String toString() {
    return "Account[" + id + "]";
  }

  Caller caller() {
    return new Caller(tenant, id, name, roles, system);
  }
}
