package dev.mote.service.http;

import org.springframework.http.HttpStatus;

/// Why a request is refused whatever it asks for; a page each in `docs/errors`.
enum HttpCodes {
  INVALID(8001),
  NOT_FOUND(8002),
  METHOD(8003),
  NOT_ACCEPTABLE(8004),
  TOO_LARGE(8005),
  MEDIA_TYPE(8006),
  IDEMPOTENCY_KEY(8020),
  IDEMPOTENCY_BODY(8021),
  IDEMPOTENCY_RUNNING(8022),
  DATABASE(8050),
  UNEXPECTED(8099);

  private final int number;

  HttpCodes(int number) {
    this.number = number;
  }

  private HttpStatus status() {
    return switch (this) {
      case INVALID, IDEMPOTENCY_KEY -> HttpStatus.BAD_REQUEST;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case METHOD -> HttpStatus.METHOD_NOT_ALLOWED;
      case NOT_ACCEPTABLE -> HttpStatus.NOT_ACCEPTABLE;
      case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
      case MEDIA_TYPE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      case IDEMPOTENCY_BODY -> HttpStatus.UNPROCESSABLE_CONTENT;
      case IDEMPOTENCY_RUNNING -> HttpStatus.CONFLICT;
      case DATABASE -> HttpStatus.SERVICE_UNAVAILABLE;
      case UNEXPECTED -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  Problem problem(String what, String fix) {
    return Problem.of(number, status(), what, fix);
  }
}
