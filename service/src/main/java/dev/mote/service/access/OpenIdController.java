package dev.mote.service.access;

import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;
import tools.jackson.databind.json.JsonMapper;

/// Login of browsers at an OpenID provider, by the authorization code flow with PKCE.
///
/// What was begun is kept in a sealed cookie of the browser that began it, so that any process of
/// the service can end it, and nobody else's browser.
@RestController
final class OpenIdController {

  static final String COOKIE = "mote_openid";

  private static final Logger LOG = LoggerFactory.getLogger(OpenIdController.class);
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final String PURPOSE = "openid-login";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final SecureRandom random = new SecureRandom();
  private final OpenIdSettings settings;
  private final OpenIdProvider provider;
  private final OpenIdUsers users;
  private final Accounts accounts;
  private final Passes passes;
  private final SessionCookies cookies;
  private final AccessSettings access;
  private final Secrets secrets;
  private final JsonMapper json;
  private final Clock clock;

  OpenIdController(
      OpenIdSettings settings,
      OpenIdProvider provider,
      OpenIdUsers users,
      Accounts accounts,
      Passes passes,
      SessionCookies cookies,
      AccessSettings access,
      Secrets secrets,
      JsonMapper json,
      Clock clock) {
    this.settings = settings;
    this.provider = provider;
    this.users = users;
    this.accounts = accounts;
    this.passes = passes;
    this.cookies = cookies;
    this.access = access;
    this.secrets = secrets;
    this.json = json;
    this.clock = clock;
  }

  /// @param enabled whether there is a provider to log in at
  record OpenIdLogin(boolean enabled) {}

  /// What a browser must bring back.
  record Begun(String state, String nonce, String verifier, String redirect, Instant expires) {

    /// Without what proves that a browser is the one that began.
    @Override
    public String toString() {
      return "Begun[redirect=%s, expires=%s]".formatted(redirect, expires);
    }
  }

  @Operation(summary = "Whether users may log in at an OpenID provider")
  @Open
  @GetMapping("/v1/openid")
  OpenIdLogin getOpenIdLogin() {
    return new OpenIdLogin(provider.isConfigured());
  }

  @Operation(summary = "Go to the OpenID provider to log in; for browsers")
  @Open
  @GetMapping("/v1/openid/login")
  ResponseEntity<Void> beginOpenIdLogin(HttpServletRequest request, HttpServletResponse response) {
    if (!provider.isConfigured()) {
      throw failed("no provider is configured");
    }
    String redirect = address(request) + "/v1/openid/callback";
    Begun begun = new Begun(text(), text(), text() + text(), redirect, clock.instant().plus(LIFE));
    byte[] sealed = secrets.seal(PURPOSE, json.writeValueAsBytes(begun));
    cookies.setState(request, response, BASE64.encodeToString(sealed), LIFE);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("response_type", "code");
    parameters.put("client_id", settings.clientId());
    parameters.put("redirect_uri", redirect);
    parameters.put("scope", settings.scope());
    parameters.put("state", begun.state());
    parameters.put("nonce", begun.nonce());
    parameters.put("code_challenge", BASE64.encodeToString(sha256(begun.verifier())));
    parameters.put("code_challenge_method", "S256");
    try {
      return found(provider.authorization(parameters));
    } catch (JwtException e) {
      throw failed(String.valueOf(e.getMessage()));
    }
  }

  @Operation(summary = "Come back from the OpenID provider; for browsers")
  @Open
  @GetMapping("/v1/openid/callback")
  ResponseEntity<Void> endOpenIdLogin(
      @RequestParam Optional<String> code,
      @RequestParam Optional<String> state,
      HttpServletRequest request,
      HttpServletResponse response) {
    Begun begun = begun(request);
    cookies.setState(request, response, "", Duration.ZERO);
    if (code.isEmpty() || !begun.state().equals(state.orElse(""))) {
      throw failed("the state is not the one that was sent");
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("grant_type", "authorization_code");
    parameters.put("code", code.get());
    parameters.put("redirect_uri", begun.redirect());
    parameters.put("code_verifier", begun.verifier());
    Account account;
    try {
      Jwt jwt = provider.check(provider.identityToken(parameters), settings.clientId());
      if (!begun.nonce().equals(jwt.getClaimAsString("nonce"))) {
        throw failed("the nonce is not the one that was sent");
      }
      account = users.user(jwt);
    } catch (JwtException e) {
      throw failed(String.valueOf(e.getMessage()));
    }
    accounts.loggedIn(account.tenant(), account.id());
    var issued =
        passes.issue(
            account, Pass.Kind.SESSION, "session", account.roles(), false, access.session());
    cookies.set(request, response, issued.secret());
    return found("/");
  }

  private Begun begun(HttpServletRequest request) {
    for (Cookie cookie : Optional.ofNullable(request.getCookies()).orElseGet(() -> new Cookie[0])) {
      if (cookie.getName().equals(COOKIE) && !cookie.getValue().isEmpty()) {
        try {
          byte[] sealed = Base64.getUrlDecoder().decode(cookie.getValue());
          Begun begun = json.readValue(secrets.open(PURPOSE, sealed), Begun.class);
          if (begun.expires().isAfter(clock.instant())) {
            return begun;
          }
        } catch (RuntimeException _) {
          break;
        }
      }
    }
    throw failed("the login was not begun in this browser, or too long ago");
  }

  private static RuntimeException failed(String why) {
    LOG.info("a login at the OpenID provider failed: {}", why);
    return AccessCodes.OPENID.problem(
        "the login at the OpenID provider failed", "begin again at /v1/openid/login.");
  }

  private String address(HttpServletRequest request) {
    return settings
        .address()
        .orElseGet(
            () -> ServletUriComponentsBuilder.fromContextPath(request).build().toUriString());
  }

  private static ResponseEntity<Void> found(String where) {
    return ResponseEntity.status(HttpStatus.FOUND).header(HttpHeaders.LOCATION, where).build();
  }

  private String text() {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return BASE64.encodeToString(bytes);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
