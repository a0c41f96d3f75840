package dev.mote.service.access;

import dev.mote.service.http.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Changes of users and tenants, with their rules.
@Component
class Users {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}");
  private static final Pattern TENANT = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final int SHORTEST_PASSWORD = 10;

  /// More than this bcrypt does not look at.
  private static final int LONGEST_PASSWORD_BYTES = 72;

  private final Accounts accounts;
  private final Tenants tenants;
  private final Passes passes;
  private final Quotas quotas;
  private final Audit audit;
  private final PasswordEncoder encoder;

  Users(
      Accounts accounts,
      Tenants tenants,
      Passes passes,
      Quotas quotas,
      Audit audit,
      PasswordEncoder encoder) {
    this.accounts = accounts;
    this.tenants = tenants;
    this.passes = passes;
    this.quotas = quotas;
    this.audit = audit;
    this.encoder = encoder;
  }

  @Transactional
  Account add(Caller caller, String name, String password, Set<Role> roles) {
    Account added = add(caller.tenant(), name, password, roles);
    audit.record(
        caller,
        "user.add",
        "user/" + added.id(),
        Map.of("name", name, "roles", Accounts.names(roles)));
    return added;
  }

  private Account add(UUID tenant, String name, String password, Set<Role> roles) {
    if (!NAME.matcher(name).matches()) {
      throw Problem.invalid("name", "must be 1 to 100 letters, digits and any of . _ @ + -");
    }
    requireRoles(roles);
    requireGood(password, name);
    quotas.take(tenant, Quota.USERS, 1);
    try {
      return accounts.add(tenant, name, encoder.encode(password), roles, false);
    } catch (DuplicateKeyException _) {
      throw AccessCodes.TAKEN.problem(
          "there is a user '%s' already".formatted(name), "choose another name.");
    }
  }

  @Transactional
  Tenants.Tenant addTenant(Caller caller, String name, String admin, String password) {
    if (!TENANT.matcher(name).matches()) {
      throw Problem.invalid("name", "must be 1 to 63 small letters, digits and -");
    }
    Tenants.Tenant tenant;
    try {
      tenant = tenants.add(name);
    } catch (DuplicateKeyException _) {
      throw AccessCodes.TAKEN.problem(
          "there is a tenant '%s' already".formatted(name), "choose another name.");
    }
    add(tenant.id(), admin, password, Set.of(Role.ADMIN));
    audit.record(caller, "tenant.add", "tenant/" + tenant.id(), Map.of("name", name));
    return tenant;
  }

  @Transactional
  Account change(
      Caller caller,
      UUID id,
      Optional<Set<Role>> roles,
      Optional<Boolean> disabled,
      Optional<Boolean> system) {
    List<UUID> admins = accounts.lockAdmins(caller.tenant());
    Account old = get(caller, id);
    Set<Role> wanted = roles.orElse(old.roles());
    requireRoles(wanted);
    boolean off = disabled.orElse(old.disabled());
    if (system.isPresent() && system.get() != old.system() && !caller.system()) {
      throw AccessCodes.FORBIDDEN.problem(
          "only administrators of the whole service make others so", "leave 'system' out.");
    }
    requireMayTouch(caller, old);
    if (admins.equals(List.of(id)) && (off || !wanted.contains(Role.ADMIN))) {
      throw lastAdmin();
    }
    accounts.setRoles(caller.tenant(), id, wanted, system.orElse(old.system()), off);
    audit.record(
        caller,
        "user.change",
        "user/" + id,
        Map.of(
            "roles",
            Accounts.names(wanted),
            "disabled",
            off,
            "system",
            system.orElse(old.system())));
    return get(caller, id);
  }

  @Transactional
  void delete(Caller caller, UUID id) {
    List<UUID> admins = accounts.lockAdmins(caller.tenant());
    Account old = get(caller, id);
    requireMayTouch(caller, old);
    if (admins.equals(List.of(id))) {
      throw lastAdmin();
    }
    int tokens = passes.count(caller.tenant(), id, Pass.Kind.TOKEN);
    accounts.delete(caller.tenant(), id);
    quotas.give(caller.tenant(), Quota.TOKENS, tokens);
    quotas.give(caller.tenant(), Quota.USERS, 1);
    audit.record(caller, "user.delete", "user/" + id, Map.of("name", old.name()));
  }

  /// A new password. It ends the user's sessions.
  @Transactional
  void setPassword(Caller caller, UUID id, Optional<String> former, String password) {
    Account account = get(caller, id);
    if (caller.user().equals(id)) {
      if (!encoder.matches(former.orElse(""), account.password().orElse(""))) {
        throw AccessCodes.LOGIN.problem(
            "the present password is wrong", "send the present password as 'former'.");
      }
    } else if (!caller.has(Role.ADMIN)) {
      // Whether there is such a user is not for everyone to know.
      throw Problem.notFound("user", id);
    }
    requireMayTouch(caller, account);
    requireGood(password, account.name());
    accounts.setPassword(caller.tenant(), id, encoder.encode(password));
    passes.endSessions(caller.tenant(), id);
    audit.record(caller, "user.password", "user/" + id, Map.of());
  }

  Account get(Caller caller, UUID id) {
    return accounts.find(caller.tenant(), id).orElseThrow(() -> Problem.notFound("user", id));
  }

  /// An administrator of a tenant must not become one of the service by another's password.
  private static void requireMayTouch(Caller caller, Account account) {
    if (account.system() && !caller.system()) {
      throw AccessCodes.FORBIDDEN.problem(
          "this user administers the whole service", "ask an administrator of the service.");
    }
  }

  private static Problem lastAdmin() {
    return AccessCodes.LAST_ADMIN.problem(
        "this is the last administrator of the tenant", "make another user administrator first.");
  }

  private static void requireRoles(Set<Role> roles) {
    if (roles.isEmpty()) {
      throw Problem.invalid("roles", "needs at least one role");
    }
  }

  private static void requireGood(String password, String name) {
    if (password.length() < SHORTEST_PASSWORD
        || password.getBytes(StandardCharsets.UTF_8).length > LONGEST_PASSWORD_BYTES
        || password.equalsIgnoreCase(name)
        || password.chars().distinct().count() < 4) {
      throw AccessCodes.PASSWORD.problem(
          "the password is too easy to guess, or too long",
          "choose %d characters or more, of several kinds, and at most %d bytes."
              .formatted(SHORTEST_PASSWORD, LONGEST_PASSWORD_BYTES));
    }
  }
}
