package dev.mote.service.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;

/// The cookies of a session in a browser.
@Component
final class SessionCookies {

  private final AccessSettings settings;

  SessionCookies(AccessSettings settings) {
    this.settings = settings;
  }

  /// Gives a browser a session; an empty secret takes it away.
  void set(HttpServletRequest request, HttpServletResponse response, String secret) {
    Duration life = secret.isEmpty() ? Duration.ZERO : settings.session();
    String repeated = secret.isEmpty() ? "" : Passes.antiForgery(secret);
    add(response, cookie(request, DoorFilter.COOKIE, secret, life).httpOnly(true));
    add(response, cookie(request, DoorFilter.FORGERY_COOKIE, repeated, life));
  }

  /// What begins a login at an OpenID provider: it comes back with a request that another site
  /// began.
  void setState(
      HttpServletRequest request, HttpServletResponse response, String state, Duration life) {
    add(
        response,
        cookie(request, OpenIdController.COOKIE, state, life).httpOnly(true).sameSite("Lax"));
  }

  private ResponseCookie.ResponseCookieBuilder cookie(
      HttpServletRequest request, String name, String value, Duration life) {
    return ResponseCookie.from(name, value)
        .path("/")
        .maxAge(life)
        .secure(settings.secureCookie().orElseGet(request::isSecure))
        .sameSite("Strict");
  }

  private static void add(
      HttpServletResponse response, ResponseCookie.ResponseCookieBuilder cookie) {
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.build().toString());
  }
}
