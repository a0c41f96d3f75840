package dev.mote.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mote.service.TestService;
import dev.mote.service.TestService.Answer;
import dev.mote.service.TestService.Client;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Against a provider that the test runs itself, with real keys.
class OpenIdTest {

  private static final JsonMapper JSON = new JsonMapper();

  private static RSAKey key;
  private static HttpServer provider;
  private static String issuer;
  private static TestService service;

  /// What the token endpoint was sent, and the identity token that it answers with.
  private static Map<String, String> asked = Map.of();

  private static String identity = "";

  @BeforeAll
  static void start() throws Exception {
    key = new RSAKeyGenerator(2048).keyID("k1").generate();
    provider = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
    issuer = "http://localhost:" + provider.getAddress().getPort();
    answer(
        "/.well-known/openid-configuration",
        Map.of(
            "issuer", issuer,
            "jwks_uri", issuer + "/keys",
            "authorization_endpoint", issuer + "/authorize",
            "token_endpoint", issuer + "/token"));
    answer("/keys", new JWKSet(key.toPublicJWK()).toJSONObject());
    provider.createContext(
        "/token",
        exchange -> {
          asked =
              form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          respond(exchange, Map.of("id_token", identity));
        });
    provider.start();
    service =
        TestService.start(
            "--mote.openid.issuer=" + issuer, "--mote.openid.client-secret=hush-hush");
  }

  @AfterAll
  static void stop() {
    service.close();
    provider.stop(0);
  }

  private static void answer(String path, Object json) {
    provider.createContext(path, exchange -> respond(exchange, json));
  }

  private static void respond(HttpExchange exchange, Object json) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(json);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Map<String, String> form(String text) {
    Map<String, String> form = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] parts = pair.split("=", 2);
      form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return form;
  }

  private static JWTClaimsSet.Builder claims(String subject, String... roles) {
    return new JWTClaimsSet.Builder()
        .issuer(issuer)
        .subject(subject)
        .audience("mote")
        .claim("preferred_username", "user-" + subject)
        .claim("roles", List.of(roles))
        .expirationTime(new Date(System.currentTimeMillis() + 60_000));
  }

  private static String sign(RSAKey with, JWTClaimsSet claims) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(), claims);
    jwt.sign(new RSASSASigner(with));
    return jwt.serialize();
  }

  private static Client bearer(String token) {
    return service.nobody().with("Authorization", "Bearer " + token);
  }

  @Test
  void aTokenOfTheProviderLetsInWithTheRolesThatItSays() throws Exception {
    Client operator = bearer(sign(key, claims("1", "operator", "unknown").build()));
    Answer me = operator.get("/v1/me").expect(200);
    assertThat(me.json().get("name").asString()).isEqualTo("user-1");
    assertThat(me.json().get("roles").toString()).isEqualTo("[\"VIEWER\",\"OPERATOR\"]");
    assertThat(me.json().get("system").asBoolean()).isFalse();
    operator.get("/v1/users").expectProblem(403, 8011);
    // The same user, once the provider says otherwise.
    Client admin = bearer(sign(key, claims("1", "ADMIN").build()));
    admin.get("/v1/users").expect(200);
    assertThat(admin.get("/v1/me").json().get("id")).isEqualTo(me.json().get("id"));
    admin.get("/v1/tenants").expectProblem(403, 8011);
    bearer(sign(key, claims("2").build())).get("/v1/me").expectProblem(403, 8011);
  }

  @Test
  void aNameThatIsTakenStaysWithWhoHasIt() throws Exception {
    JWTClaimsSet claims = claims("3", "VIEWER").claim("preferred_username", "admin").build();
    Answer me = bearer(sign(key, claims)).get("/v1/me").expect(200);
    assertThat(me.json().get("name").asString()).isEqualTo("admin (3)");
    assertThat(me.json().get("system").asBoolean()).isFalse();
  }

  @Test
  void otherTokensAreRefused() throws Exception {
    RSAKey foreign = new RSAKeyGenerator(2048).keyID("k1").generate();
    List<String> tokens =
        List.of(
            sign(foreign, claims("9", "ADMIN").build()),
            sign(key, claims("9", "ADMIN").audience("other").build()),
            sign(key, claims("9", "ADMIN").issuer("http://elsewhere").build()),
            sign(key, claims("9", "ADMIN").expirationTime(new Date(0)).build()),
            sign(key, claims("9", "ADMIN").expirationTime(null).build()),
            sign(key, claims("9", "ADMIN").claim("tenant", "nowhere").build()),
            sign(key, claims("", "ADMIN").build()),
            // {"alg":"none"}
            "eyJhbGciOiJub25lIn0."
                + Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                        claims("9", "ADMIN").build().toString().getBytes(StandardCharsets.UTF_8))
                + ".",
            "nonsense");
    for (String token : tokens) {
      bearer(token).get("/v1/me").expectProblem(401, 8010);
    }
  }

  @Test
  void aBrowserLogsInAtTheProvider() throws Exception {
    Client browser = service.nobody();
    Answer go = browser.get("/v1/openid/login").expect(302);
    Map<String, String> sent = form(URI.create(go.header("Location")).getRawQuery());
    assertThat(go.header("Location")).startsWith(issuer + "/authorize?");
    String state = cookie(go, "mote_openid");
    identity = sign(key, claims("7", "DEVELOPER").claim("nonce", sent.get("nonce")).build());
    Client back = browser.with("Cookie", "mote_openid=" + state);
    String callback = "/v1/openid/callback?code=abc&state=";
    back.get(callback + "forged").expectProblem(401, 8015);
    browser.get(callback + sent.get("state")).expectProblem(401, 8015);
    Answer in = back.get(callback + sent.get("state")).expect(302);
    assertThat(in.header("Location")).isEqualTo("/");
    assertThat(asked)
        .containsEntry("code", "abc")
        .containsEntry("redirect_uri", sent.get("redirect_uri"));
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(
                Objects.requireNonNull(asked.get("code_verifier"))
                    .getBytes(StandardCharsets.US_ASCII));
    assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(hash))
        .isEqualTo(sent.get("code_challenge"));
    Client session = browser.with("Cookie", "mote_session=" + cookie(in, "mote_session"));
    assertThat(session.get("/v1/me").expect(200).json().get("name").asString()).isEqualTo("user-7");
    // A token that was made for another login.
    identity = sign(key, claims("7", "DEVELOPER").claim("nonce", "other").build());
    back.get(callback + sent.get("state")).expectProblem(401, 8015);
  }

  private static String cookie(Answer answer, String name) {
    return answer.headers("Set-Cookie").stream()
        .filter(c -> c.startsWith(name + "=") && !c.startsWith(name + "=;"))
        .findFirst()
        .orElseThrow()
        .replaceAll("^[^=]*=([^;]*);.*", "$1");
  }
}
