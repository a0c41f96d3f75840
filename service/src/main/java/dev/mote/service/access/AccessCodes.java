package dev.mote.service.access;

import dev.mote.service.http.Problem;
import org.springframework.http.HttpStatus;

/// Why someone is not let in; a page each in `docs/errors`.
enum AccessCodes {
  NOT_AUTHENTICATED(8010),
  FORBIDDEN(8011),
  LOGIN(8012),
  TOO_MANY_FAILURES(8013),
  FORGED(8014),
  OPENID(8015),
  QUOTA(8030),
  TAKEN(8031),
  LAST_ADMIN(8032),
  PASSWORD(8033),
  SECRETS(8034);

  private final int number;

  AccessCodes(int number) {
    this.number = number;
  }

  private HttpStatus status() {
    return switch (this) {
      case NOT_AUTHENTICATED, LOGIN, OPENID -> HttpStatus.UNAUTHORIZED;
      case FORBIDDEN, FORGED, QUOTA -> HttpStatus.FORBIDDEN;
      case TOO_MANY_FAILURES -> HttpStatus.TOO_MANY_REQUESTS;
      case TAKEN, LAST_ADMIN -> HttpStatus.CONFLICT;
      case PASSWORD -> HttpStatus.BAD_REQUEST;
      case SECRETS -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  int number() {
    return number;
  }

  Problem problem(String what, String fix) {
    return Problem.of(number, status(), what, fix);
  }

  /// The same refusal for something that passes: 429 in place of 403.
  static Problem busy(Problem problem) {
    return Problem.of(problem.code(), HttpStatus.TOO_MANY_REQUESTS, problem.what(), problem.fix());
  }

  static Problem notAuthenticated() {
    return NOT_AUTHENTICATED.problem(
        "this needs a login or a token",
        "log in at POST /v1/sessions, or send 'Authorization: Bearer TOKEN'.");
  }
}
