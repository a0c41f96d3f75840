package dev.mote.service.access;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the provider of OpenID Connect is asked. It is found when it is first needed, so that the
/// service starts without it.
@Component
final class OpenIdProvider {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final OpenIdSettings settings;
  private final JsonMapper json;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private volatile @Nullable Found found;

  OpenIdProvider(OpenIdSettings settings, JsonMapper json) {
    this.settings = settings;
    this.json = json;
  }

  private record Found(String authorization, String token, NimbusJwtDecoder decoder) {}

  boolean isConfigured() {
    return settings.issuer().isPresent();
  }

  /// Checks a token: who signed it, who it is from and for, and when it is valid.
  ///
  /// @throws JwtException if it is not valid
  Jwt check(String token, String audience) {
    Jwt jwt = provider().decoder().decode(token);
    List<String> audiences = jwt.getAudience();
    if (audiences == null || !audiences.contains(audience)) {
      throw new JwtException("the token is for another audience");
    }
    return jwt;
  }

  /// Where a browser goes to log in.
  String authorization(Map<String, String> parameters) {
    String address = provider().authorization();
    return address + (address.contains("?") ? "&" : "?") + form(parameters);
  }

  /// Changes the code that a browser brought back for an identity token.
  String identityToken(Map<String, String> parameters) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(provider().token()))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Authorization", "Basic " + client())
            .POST(HttpRequest.BodyPublishers.ofString(form(parameters)))
            .build();
    return send(request).path("id_token").asString("");
  }

  private String client() {
    String pair = encode(settings.clientId()) + ":" + encode(settings.clientSecret());
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private Found provider() {
    Found present = found;
    if (present == null) {
      String issuer = settings.issuer().orElseThrow();
      String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
      JsonNode answer =
          send(
              HttpRequest.newBuilder(URI.create(base + "/.well-known/openid-configuration"))
                  .timeout(TIMEOUT)
                  .build());
      if (!answer.path("issuer").asString("").equals(issuer)) {
        throw new JwtException("the provider says that it is another issuer");
      }
      present =
          new Found(
              answer.path("authorization_endpoint").asString(""),
              answer.path("token_endpoint").asString(""),
              decoder(issuer, answer.path("jwks_uri").asString("")));
      found = present;
    }
    return present;
  }

  private static NimbusJwtDecoder decoder(String issuer, String keys) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withJwkSetUri(keys)
            .jwsAlgorithm(SignatureAlgorithm.RS256)
            .jwsAlgorithm(SignatureAlgorithm.ES256)
            .build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            JwtValidators.createDefaultWithIssuer(issuer),
            new JwtClaimValidator<>("exp", exp -> exp != null)));
    return decoder;
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new JwtException("the provider answered " + response.statusCode());
      }
      return json.readTree(response.body());
    } catch (IOException e) {
      throw new JwtException("the provider does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JwtException("interrupted", e);
    }
  }

  private static String form(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
