package dev.mote.service.access;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.core.JacksonException;

/// Users that come from an OpenID provider. They are added when they first come; their roles are
/// those that the provider says each time. None of them administers the whole service, whatever it
/// says.
@Component
final class OpenIdUsers {

  private static final Logger LOG = LoggerFactory.getLogger(OpenIdUsers.class);
  private static final int LONGEST_NAME = 100;

  private final OpenIdSettings settings;
  private final OpenIdProvider provider;
  private final Accounts accounts;
  private final Tenants tenants;
  private final Quotas quotas;
  private final TransactionOperations transactions;

  OpenIdUsers(
      OpenIdSettings settings,
      OpenIdProvider provider,
      Accounts accounts,
      Tenants tenants,
      Quotas quotas,
      TransactionOperations transactions) {
    this.settings = settings;
    this.provider = provider;
    this.accounts = accounts;
    this.tenants = tenants;
    this.quotas = quotas;
    this.transactions = transactions;
  }

  boolean isConfigured() {
    return provider.isConfigured();
  }

  /// Lets in who shows a token of the provider that is for this service.
  Entered enter(String token) {
    try {
      Jwt jwt = provider.check(token, settings.audience().orElse(settings.clientId()));
      return new Entered(user(jwt).caller(), null);
    } catch (JwtException | JacksonException | IllegalArgumentException e) {
      LOG.info("a token of the OpenID provider was refused: {}", e.getMessage());
      throw AccessCodes.NOT_AUTHENTICATED.problem(
          "the token is not valid for this service", "ask the OpenID provider for a new one.");
    }
  }

  /// The user that a token stands for.
  Account user(Jwt jwt) {
    String issuer = String.valueOf(jwt.getIssuer());
    String subject = jwt.getSubject();
    if (subject == null || subject.isEmpty()) {
      throw new JwtException("the token names no subject");
    }
    Set<Role> roles = roles(jwt);
    Account account =
        accounts.ofIssuer(issuer, subject).orElseGet(() -> add(jwt, issuer, subject, roles));
    String tenant = tenant(jwt);
    boolean moved = tenants.named(tenant).filter(t -> t.id().equals(account.tenant())).isEmpty();
    if (account.disabled() || moved) {
      throw new JwtException("the user is disabled, or of another tenant now");
    }
    if (account.roles().equals(roles)) {
      return account;
    }
    accounts.setRoles(account.tenant(), account.id(), roles, false, false);
    return accounts.find(account.tenant(), account.id()).orElseThrow();
  }

  private Account add(Jwt jwt, String issuer, String subject, Set<Role> roles) {
    String tenant = tenant(jwt);
    var home =
        tenants
            .named(tenant)
            .orElseThrow(() -> new JwtException("the token names a tenant that there is not"));
    String claimed = jwt.getClaimAsString(settings.nameClaim());
    String name = claimed == null || claimed.isBlank() ? subject : claimed;
    String shown = name.substring(0, Math.min(name.length(), LONGEST_NAME));
    try {
      return add(home, shown, issuer, subject, roles);
    } catch (DuplicateKeyException _) {
      // Added by another request just now; or the name is that of another user, who keeps it.
      return accounts
          .ofIssuer(issuer, subject)
          .orElseGet(() -> add(home, shown + " (" + subject + ")", issuer, subject, roles));
    }
  }

  private Account add(
      Tenants.Tenant home, String name, String issuer, String subject, Set<Role> roles) {
    return transactions.execute(
        _ -> {
          quotas.take(home.id(), Quota.USERS, 1);
          Account added = accounts.add(home.id(), name, null, roles, false);
          accounts.setIssuer(home.id(), added.id(), issuer, subject);
          return accounts.find(home.id(), added.id()).orElseThrow();
        });
  }

  private String tenant(Jwt jwt) {
    String named =
        settings.tenantClaim().isEmpty() ? null : jwt.getClaimAsString(settings.tenantClaim());
    return named == null || named.isEmpty() ? settings.tenant() : named;
  }

  private Set<Role> roles(Jwt jwt) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    Object claim = jwt.getClaims().get(settings.rolesClaim());
    for (Object name : claim instanceof List<?> list ? list : List.of()) {
      for (Role role : Role.values()) {
        if (role.name().equals(String.valueOf(name).toUpperCase(Locale.ROOT))) {
          roles.add(role);
        }
      }
    }
    return roles;
  }
}
