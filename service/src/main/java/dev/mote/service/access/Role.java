package dev.mote.service.access;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/// What a user may do within the tenant. Every role includes [#VIEWER]; [#ADMIN] includes all.
public enum Role {
  /// Sees everything but secrets.
  VIEWER,
  /// Uploads models and compiles them.
  DEVELOPER,
  /// Adds devices and rolls modules out to them.
  OPERATOR,
  /// Approves what others want to roll out.
  APPROVER,
  /// Administers users, tokens and quotas.
  ADMIN;

  /// The roles with those that they include.
  public static Set<Role> implied(Collection<Role> roles) {
    if (roles.contains(ADMIN)) {
      return EnumSet.allOf(Role.class);
    }
    EnumSet<Role> all = EnumSet.noneOf(Role.class);
    all.addAll(roles);
    if (!all.isEmpty()) {
      all.add(VIEWER);
    }
    return all;
  }
}
