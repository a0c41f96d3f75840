package dev.mote.service.access;

import dev.mote.service.http.Problem;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Login and logout.
@RestController
final class SessionsController {

  private final Accounts accounts;
  private final Tenants tenants;
  private final Passes passes;
  private final LoginFailures failures;
  private final PasswordEncoder encoder;
  private final AccessSettings settings;
  private final SessionCookies cookies;

  /// Compared with when there is no such user, so that the answer takes as long.
  private final String nobody;

  SessionsController(
      Accounts accounts,
      Tenants tenants,
      Passes passes,
      LoginFailures failures,
      PasswordEncoder encoder,
      AccessSettings settings,
      SessionCookies cookies) {
    this.accounts = accounts;
    this.tenants = tenants;
    this.passes = passes;
    this.failures = failures;
    this.encoder = encoder;
    this.settings = settings;
    this.cookies = cookies;
    // A hash of bcrypt that no password has.
    this.nobody = "$2a$10$" + ".".repeat(53);
  }

  /// @param tenant name of the tenant; `default` without
  /// @param cookie whether to give the session as a cookie instead of a token
  record Login(Optional<String> tenant, String user, String password, Optional<Boolean> cookie) {
    Login {
      if (user == null || user.isEmpty() || password == null || password.isEmpty()) {
        throw new IllegalArgumentException("needs user and password");
      }
    }

    @Override
    public String toString() {
      return "Login[" + user + "]";
    }
  }

  /// @param token to send as bearer; empty for a session in a cookie
  record LoggedIn(Optional<String> token, Instant expires, Me me) {
    @Override
    public String toString() {
      return "LoggedIn[" + me.name() + "]";
    }
  }

  record Me(
      UUID id, String name, UUID tenant, String tenantName, Set<Role> roles, boolean system) {}

  @Operation(summary = "Log in with a password")
  @Open
  @PostMapping("/v1/sessions")
  @ResponseStatus(HttpStatus.CREATED)
  LoggedIn logIn(
      @RequestBody Login login, HttpServletRequest request, HttpServletResponse response) {
    String tenant = login.tenant().orElse(Tenants.FIRST);
    String address = request.getRemoteAddr();
    failures.check(tenant, login.user(), address);
    Optional<Account> found = accounts.named(tenant, login.user()).filter(a -> !a.disabled());
    String hash = found.flatMap(Account::password).orElse(nobody);
    if (!encoder.matches(login.password(), hash) || found.isEmpty()) {
      failures.failed(tenant, login.user(), address);
      throw AccessCodes.LOGIN.problem(
          "tenant, user or password is wrong",
          "check all three; the tenant is 'default' if none is named.");
    }
    failures.succeeded(tenant, login.user());
    Account account = found.get();
    accounts.loggedIn(account.tenant(), account.id());
    Passes.Issued issued = begin(account);
    if (login.cookie().orElse(false)) {
      cookies.set(request, response, issued.secret());
      return new LoggedIn(Optional.empty(), issued.pass().expires(), me(account.caller()));
    }
    return new LoggedIn(
        Optional.of(issued.secret()), issued.pass().expires(), me(account.caller()));
  }

  private Passes.Issued begin(Account account) {
    passes.deleteExpired();
    failures.deleteOld();
    return passes.issue(
        account,
        Pass.Kind.SESSION,
        "session",
        account.roles(),
        account.system(),
        settings.session());
  }

  @Operation(summary = "Log out")
  @Requires(Role.VIEWER)
  @DeleteMapping("/v1/sessions/current")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void logOut(Caller caller, HttpServletRequest request, HttpServletResponse response) {
    if (SecurityContextHolder.getContext().getAuthentication() instanceof Entered entered
        && entered.pass().isPresent()) {
      passes.delete(caller.tenant(), entered.pass().get());
    }
    cookies.set(request, response, "");
  }

  @Operation(summary = "Who the caller is")
  @Requires(Role.VIEWER)
  @GetMapping("/v1/me")
  Me me(Caller caller) {
    String tenant =
        tenants
            .find(caller.tenant())
            .orElseThrow(() -> Problem.notFound("tenant", caller.tenant()))
            .name();
    return new Me(
        caller.user(),
        caller.name(),
        caller.tenant(),
        tenant,
        new TreeSet<>(caller.roles()),
        caller.system());
  }
}
