package dev.mote.service.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.Principal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/// Answers a repeated `POST` with the answer to the first one, when both carry the same
/// `Idempotency-Key`: whoever lost an answer can ask again, and nothing is done twice.
@Component
@Order(0) // after Spring Security's filters: keys are the user's own
final class IdempotencyFilter extends OncePerRequestFilter {

  private static final String HEADER = "Idempotency-Key";
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
  private static final List<String> KEPT_HEADERS = List.of("Content-Type", "Location", "ETag");
  private static final int LONGEST_ANSWER = 256 * 1024;

  private final Answers answers;
  private final ProblemWriter problems;

  IdempotencyFilter(Answers answers, ProblemWriter problems) {
    this.answers = answers;
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getMethod().equals("POST")
        || request.getHeader(HEADER) == null
        || request.getUserPrincipal() == null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String key = request.getHeader(HEADER);
    if (!KEY.matcher(key).matches()) {
      throw HttpCodes.IDEMPOTENCY_KEY.problem(
          HEADER + " must be 1 to 255 printable characters", "send a random UUID.");
    }
    Principal user = request.getUserPrincipal();
    UUID account = UUID.fromString(user.getName());
    LimitedBody body = new LimitedBody(request, Long.MAX_VALUE);
    String address = address(request);
    Optional<Answers.Answer> former = answers.claim(account, key, address);
    if (former.isPresent()) {
      repeat(former.get(), address, body, response);
      return;
    }
    ContentCachingResponseWrapper copy = new ContentCachingResponseWrapper(response);
    boolean kept = false;
    try {
      try {
        chain.doFilter(body, copy);
      } catch (RuntimeException | ServletException e) {
        problems.write(
            copy, e.getCause() != null && e instanceof ServletException ? e.getCause() : e);
      }
      kept = isFinal(copy.getStatus()) && copy.getContentSize() <= LONGEST_ANSWER;
      if (kept) {
        answers.keep(account, key, answer(address, body, copy));
      }
    } finally {
      if (!kept) {
        answers.release(account, key);
      }
    }
    copy.copyBodyToResponse();
  }

  /// Whether a repetition would be answered the same.
  private static boolean isFinal(int status) {
    return status < 500 && status != 401 && status != 403 && status != 429;
  }

  private static void repeat(
      Answers.Answer former, String address, LimitedBody body, HttpServletResponse response)
      throws IOException {
    if (former.runs()) {
      throw HttpCodes.IDEMPOTENCY_RUNNING
          .problem("the first request with this key still runs", "repeat it a little later.")
          .retryAfter(Duration.ofSeconds(2));
    }
    if (!former.request().equals(address)
        || !MessageDigest.isEqual(former.digest(), body.finish())) {
      throw HttpCodes.IDEMPOTENCY_BODY.problem(
          "this key was sent before with another request", "send a new key with a new request.");
    }
    response.setStatus(former.status());
    former.headers().forEach(response::setHeader);
    response.setHeader("Idempotency-Replayed", "true");
    response.setContentLength(former.content().length);
    response.getOutputStream().write(former.content());
  }

  private static Answers.Answer answer(
      String address, LimitedBody body, ContentCachingResponseWrapper copy) throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : KEPT_HEADERS) {
      String value = name.equals("Content-Type") ? copy.getContentType() : copy.getHeader(name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    return new Answers.Answer(
        address, body.finish(), copy.getStatus(), headers, copy.getContentAsByteArray());
  }

  private static String address(HttpServletRequest request) {
    String query = request.getQueryString();
    return request.getMethod() + " " + request.getRequestURI() + (query == null ? "" : "?" + query);
  }
}
