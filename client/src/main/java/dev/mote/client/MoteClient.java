package dev.mote.client;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A client of one service. It is immutable, and may be used by many threads.
///
/// Every method that asks the service throws [ServiceProblem] when it is refused or cannot be
/// asked.
public final class MoteClient {

  private final Wire wire;

  private MoteClient(Wire wire) {
    this.wire = wire;
  }

  /// A client that has not logged in.
  ///
  /// @param service such as `https://mote.example.com`
  public static MoteClient at(URI service) {
    return new MoteClient(Wire.to(service, Timeouts.STANDARD));
  }

  /// This client with an API token.
  public MoteClient withToken(String token) {
    return new MoteClient(wire.withToken(token));
  }

  /// This client with other times to wait. The time for a connection is only taken from the first.
  public MoteClient withTimeouts(Timeouts timeouts) {
    return new MoteClient(wire.withTimeouts(timeouts));
  }

  private record Session(String token, Instant expires, Me me) {
    @Override
    public String toString() {
      return "Session[" + me.name() + "]";
    }
  }

  /// Begins a session.
  public Login logIn(String tenant, String user, String password) {
    Map<String, Object> body = Map.of("tenant", tenant, "user", user, "password", password);
    // Without a token there is no memory of keys, and a login that is counted twice may lock.
    Session session =
        wire.ask(
                new Wire.Call(
                    "POST",
                    wire.address().of("/v1/sessions", Map.of()),
                    new Body.Document(body),
                    false))
            .as(Session.class);
    return new Login(withToken(session.token()), session.expires(), session.me());
  }

  /// Ends the session.
  public void logOut() {
    wire.act("DELETE", "/v1/sessions/current");
  }

  /// Who this client is.
  public Me me() {
    return wire.get("/v1/me", Map.of()).as(Me.class);
  }

  private record Token(UUID id, String name, List<String> roles, Instant expires) {}

  private record Issued(Token token, String secret) {
    @Override
    public String toString() {
      return "Issued[" + token.id() + "]";
    }
  }

  /// Makes an API token.
  ///
  /// @param roles none that the user does not have
  public IssuedToken addToken(String name, List<String> roles, Duration life) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", name);
    body.put("roles", roles);
    body.put("days", Math.max(1, life.toDays()));
    Issued issued = wire.send("POST", "/v1/tokens", body).as(Issued.class);
    Token token = issued.token();
    return new IssuedToken(
        token.id(), token.name(), token.roles(), token.expires(), issued.secret());
  }

  /// Revokes an API token.
  public void revokeToken(UUID id) {
    wire.act("DELETE", "/v1/tokens/" + id);
  }

  /// Models and their versions.
  public Models models() {
    return new Models(wire);
  }

  /// Modules and requests for them.
  public Modules modules() {
    return new Modules(wire);
  }

  /// Devices and updates of single ones.
  public Devices devices() {
    return new Devices(wire);
  }

  /// Rollouts.
  public Rollouts rollouts() {
    return new Rollouts(wire);
  }

  /// Jobs.
  public Jobs jobs() {
    return new Jobs(wire);
  }

  /// Watches events as they happen, from now on.
  ///
  /// @param kinds names, or their beginnings: `job` is all of `job.progress` and `job.ended`; all
  ///     if empty
  /// @param subjects ids of what they happen to; all if empty
  public EventStream events(List<String> kinds, List<String> subjects) {
    return events(kinds, subjects, Optional.empty());
  }

  /// Watches events after one that was seen.
  ///
  /// @param after id of an event
  public EventStream events(List<String> kinds, List<String> subjects, Optional<String> after) {
    return EventStream.open(
        wire, Map.of("kind", List.copyOf(kinds), "subject", List.copyOf(subjects)), after);
  }

  /// Where the service is.
  public URI service() {
    return wire.address().service();
  }

  @Override
  public String toString() {
    return "MoteClient[" + service() + "]";
  }
}
