package dev.mote.service.access;

import java.io.Serial;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/// A request that has passed the door. Its name, which Spring logs and idempotency keys go by, is
/// the user's id.
final class Entered extends AbstractAuthenticationToken {

  @Serial private static final long serialVersionUID = 1;

  private final transient Caller caller;
  private final @Nullable UUID pass;

  /// @param pass session or token that was shown; null for a token of an OpenID provider
  Entered(Caller caller, @Nullable UUID pass) {
    super(List.of());
    this.caller = caller;
    this.pass = pass;
    setAuthenticated(true);
  }

  Caller caller() {
    return caller;
  }

  Optional<UUID> pass() {
    return Optional.ofNullable(pass);
  }

  @Override
  public String getName() {
    return caller.user().toString();
  }

  @Override
  public Object getPrincipal() {
    return caller;
  }

  @Override
  public Object getCredentials() {
    return "";
  }
}
