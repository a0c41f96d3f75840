package dev.mote.service.access;

import dev.mote.service.http.Problem;
import dev.mote.service.http.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Lets in who shows a session or a token of the service: as bearer, or in a browser as cookie.
///
/// A cookie is sent by a browser whatever page made it send the request. So a request that changes
/// something must repeat, in a header, what only the service's own pages can know.
@Component
final class DoorFilter extends OncePerRequestFilter {

  /// Cookie of a session; scripts cannot read it.
  static final String COOKIE = "mote_session";

  /// Cookie for scripts to read and repeat in [#HEADER].
  static final String FORGERY_COOKIE = "mote_csrf";

  static final String HEADER = "X-Mote-CSRF";

  private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");
  private static final String BEARER = "Bearer ";

  private final Passes passes;
  private final OpenIdUsers users;
  private final ProblemWriter problems;

  DoorFilter(Passes passes, OpenIdUsers users, ProblemWriter problems) {
    this.passes = passes;
    this.users = users;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null) {
      if (header.startsWith(BEARER + Passes.PREFIX)) {
        Optional<Entered> entered = passes.enter(header.substring(BEARER.length()));
        if (entered.isEmpty()) {
          problems.write(
              response,
              AccessCodes.NOT_AUTHENTICATED.problem(
                  "the token is not valid: it has expired, was revoked or never was one",
                  "log in again, or ask for a new token."));
          return;
        }
        let(entered.get());
      } else if (header.startsWith(BEARER) && users.isConfigured()) {
        try {
          let(users.enter(header.substring(BEARER.length())));
        } catch (Problem e) {
          problems.write(response, e);
          return;
        }
      }
    } else {
      String secret = cookie(request);
      if (secret != null) {
        Optional<Entered> entered = passes.enter(secret);
        if (entered.isPresent() && !HARMLESS.contains(request.getMethod())) {
          if (!sameText(request.getHeader(HEADER), Passes.antiForgery(secret))) {
            problems.write(
                response,
                AccessCodes.FORGED.problem(
                    "the header " + HEADER + " is missing or wrong",
                    "send the value of the cookie " + FORGERY_COOKIE + " in it."));
            return;
          }
        }
        entered.ifPresent(DoorFilter::let);
      }
    }
    chain.doFilter(request, response);
  }

  private static void let(Entered entered) {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(entered);
    SecurityContextHolder.setContext(context);
  }

  private static @Nullable String cookie(HttpServletRequest request) {
    if (request.getCookies() != null) {
      for (Cookie cookie : request.getCookies()) {
        if (cookie.getName().equals(COOKIE)) {
          return cookie.getValue();
        }
      }
    }
    return null;
  }

  private static boolean sameText(@Nullable String shown, String expected) {
    return shown != null
        && MessageDigest.isEqual(
            shown.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }
}
