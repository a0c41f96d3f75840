package dev.mote.service.registry;

import dev.mote.service.http.Problem;
import org.springframework.http.HttpStatus;

/// Why the registry refuses; a page each in `docs/errors`.
enum RegistryCodes {
  MODEL_REFUSED(8101),
  MODEL_TOO_LARGE(8102),
  IN_USE(8103),
  NAME_TAKEN(8104),
  DOOR_BUSY(8106),
  CONTENT_GONE(8107);

  private final int number;

  RegistryCodes(int number) {
    this.number = number;
  }

  private HttpStatus status() {
    return switch (this) {
      case MODEL_REFUSED -> HttpStatus.UNPROCESSABLE_CONTENT;
      case MODEL_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
      case IN_USE, NAME_TAKEN -> HttpStatus.CONFLICT;
      case DOOR_BUSY -> HttpStatus.TOO_MANY_REQUESTS;
      case CONTENT_GONE -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  Problem problem(String what, String fix) {
    return Problem.of(number, status(), what, fix);
  }
}
