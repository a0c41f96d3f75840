package dev.mote.service.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/// Turns what controllers throw into problems.
@RestControllerAdvice
final class ProblemAdvice {

  private final ProblemWriter problems;

  ProblemAdvice(ProblemWriter problems) {
    this.problems = problems;
  }

  @ExceptionHandler
  void thrown(Throwable thrown, HttpServletResponse response) throws IOException {
    if (thrown instanceof HttpRequestMethodNotSupportedException method
        && method.getSupportedHttpMethods() != null) {
      response.setHeader(
          HttpHeaders.ALLOW,
          String.join(
              ", ",
              method.getSupportedHttpMethods().stream().map(HttpMethod::name).sorted().toList()));
    }
    problems.write(response, thrown);
  }

  /// The client has gone: nobody is left to tell.
  @ExceptionHandler
  void gone(AsyncRequestNotUsableException thrown) {
    // Nothing to do.
  }
}
