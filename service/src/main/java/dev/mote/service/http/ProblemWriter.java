package dev.mote.service.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Answers with problems, from controllers and from filters alike.
@Component
public final class ProblemWriter {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemWriter.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final JsonMapper json;

  ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  /// Answers with what an exception stands for. One that nobody expected is logged under a number
  /// that the sender is told, and nothing else of it is.
  public void write(HttpServletResponse response, Throwable thrown) throws IOException {
    if (response.isCommitted()) {
      // Half an answer is out: only a broken connection says that the rest is missing.
      throw new IOException("failed in the middle of an answer", thrown);
    }
    Optional<Problem> problem = Problems.of(thrown);
    ProblemBody body = problem.map(Problem::body).orElseGet(() -> unexpected(thrown));
    response.resetBuffer();
    problem
        .flatMap(Problem::retryAfter)
        .ifPresent(
            time ->
                response.setHeader(
                    HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, time.toSeconds()))));
    if (body.status() == HttpStatus.UNAUTHORIZED.value()) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    byte[] bytes = json.writeValueAsBytes(body);
    response.setStatus(body.status());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setContentLength(bytes.length);
    OutputStream out = response.getOutputStream();
    out.write(bytes);
  }

  private static ProblemBody unexpected(Throwable thrown) {
    byte[] bytes = new byte[6];
    RANDOM.nextBytes(bytes);
    String incident = HexFormat.of().formatHex(bytes);
    LOG.error("incident {}", incident, thrown);
    Problem problem =
        HttpCodes.UNEXPECTED.problem(
            "something went wrong that should not",
            "tell the operator of the service the incident, under which its log says more.");
    return ProblemBody.of(problem, Optional.of(incident));
  }
}
