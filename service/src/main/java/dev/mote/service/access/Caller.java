package dev.mote.service.access;

import java.util.Set;
import java.util.UUID;

/// Who sends a request; an argument of any method of a controller.
///
/// @param tenant whose things the caller sees; those of others do not exist for it
/// @param user id of the user
/// @param name of the user within the tenant
/// @param roles what the caller may do, with all that the roles include
/// @param system whether the caller may administer tenants and see the state of the whole service
public record Caller(UUID tenant, UUID user, String name, Set<Role> roles, boolean system) {

  /// Adds the roles that the given ones include.
  public Caller {
    roles = Set.copyOf(Role.implied(roles));
  }

  /// Whether the caller has the role.
  public boolean has(Role role) {
    return roles.contains(role);
  }
}
