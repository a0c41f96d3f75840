package dev.mote.service.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Bounds every body: JSON, which is kept in memory, more narrowly than files.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class BodyLimitFilter extends OncePerRequestFilter {

  private final HttpSettings settings;

  BodyLimitFilter(HttpSettings settings) {
    this.settings = settings;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long limit = limit(request.getContentType());
    if (request.getContentLengthLong() > limit) {
      throw Problems.tooLarge("the body");
    }
    chain.doFilter(new LimitedBody(request, limit), response);
  }

  private long limit(@Nullable String type) {
    boolean file = type != null && !type.toLowerCase(Locale.ROOT).contains("json");
    return (file ? settings.uploadLimit() : settings.bodyLimit()).toBytes();
  }
}
