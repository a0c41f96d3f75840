package dev.mote.service.access;

import dev.mote.service.http.Page;
import dev.mote.service.http.PageRequest;
import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The caller's API tokens.
@RestController
class TokensController {

  private static final int MOST_DAYS = 3660;

  private final Passes passes;
  private final Accounts accounts;
  private final Quotas quotas;
  private final Audit audit;

  TokensController(Passes passes, Accounts accounts, Quotas quotas, Audit audit) {
    this.passes = passes;
    this.accounts = accounts;
    this.quotas = quotas;
    this.audit = audit;
  }

  /// @param roles what it may do; never more than its user
  /// @param days until it expires; 90 without
  /// @param system whether it may administer the whole service, if its user may
  record NewToken(String name, Set<Role> roles, Optional<Integer> days, Optional<Boolean> system) {
    NewToken {
      if (name == null || name.isBlank() || name.length() > 100) {
        throw new IllegalArgumentException("needs a name of at most 100 characters");
      }
      if (roles == null || roles.isEmpty()) {
        throw new IllegalArgumentException("needs at least one of roles");
      }
      if (days.isPresent() && (days.get() < 1 || days.get() > MOST_DAYS)) {
        throw new IllegalArgumentException("days must be 1 to " + MOST_DAYS);
      }
    }
  }

  record Token(
      UUID id,
      String name,
      Set<Role> roles,
      boolean system,
      Instant created,
      Instant expires,
      Optional<Instant> lastUse) {

    static Token of(Pass p) {
      return new Token(
          p.id(),
          p.name(),
          new TreeSet<>(p.roles()),
          p.system(),
          p.created(),
          p.expires(),
          p.lastUse());
    }
  }

  /// @param secret to send as bearer; it is shown this once
  record IssuedToken(Token token, String secret) {
    @Override
    public String toString() {
      return "IssuedToken[" + token.id() + "]";
    }
  }

  @Operation(summary = "List one's own tokens")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/tokens")
  Page<Token> listTokens(Caller caller, PageRequest page) {
    List<Pass> rows = passes.list(caller.tenant(), caller.user(), Pass.Kind.TOKEN, page);
    return Page.of(rows.stream().map(Token::of).toList(), page, Token::id);
  }

  @Operation(summary = "Make a token")
  @Requires(Role.VIEWER)
  @PostMapping("/v1/tokens")
  @ResponseStatus(HttpStatus.CREATED)
  @Transactional
  public IssuedToken addToken(Caller caller, @RequestBody NewToken token) {
    boolean system = token.system().orElse(false);
    if (!caller.roles().containsAll(Role.implied(token.roles())) || (system && !caller.system())) {
      throw AccessCodes.FORBIDDEN.problem(
          "a token may not do more than who makes it", "leave out what you may not do yourself.");
    }
    quotas.take(caller.tenant(), Quota.TOKENS, 1);
    Account account =
        accounts
            .find(caller.tenant(), caller.user())
            .orElseThrow(() -> Problem.notFound("user", caller.user()));
    Passes.Issued issued =
        passes.issue(
            account,
            Pass.Kind.TOKEN,
            token.name(),
            token.roles(),
            system,
            Duration.ofDays(token.days().orElse(90)));
    audit.record(
        caller,
        "token.add",
        "token/" + issued.pass().id(),
        Map.of("name", token.name(), "roles", Accounts.names(token.roles()), "system", system));
    return new IssuedToken(Token.of(issued.pass()), issued.secret());
  }

  @Operation(summary = "Show a token, without its secret")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/tokens/{id}")
  Token getToken(Caller caller, @PathVariable UUID id) {
    return Token.of(find(caller, id));
  }

  @Operation(summary = "Revoke a token")
  @Requires(Role.VIEWER)
  @DeleteMapping("/v1/tokens/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Transactional
  public void revokeToken(Caller caller, @PathVariable UUID id) {
    find(caller, id);
    if (passes.delete(caller.tenant(), id)) {
      quotas.give(caller.tenant(), Quota.TOKENS, 1);
      audit.record(caller, "token.revoke", "token/" + id, Map.of());
    }
  }

  /// One's own; administrators find those of others, too.
  private Pass find(Caller caller, UUID id) {
    return passes
        .find(caller.tenant(), id)
        .filter(p -> p.kind() == Pass.Kind.TOKEN)
        .filter(p -> p.account().equals(caller.user()) || caller.has(Role.ADMIN))
        .orElseThrow(() -> Problem.notFound("token", id));
  }
}
