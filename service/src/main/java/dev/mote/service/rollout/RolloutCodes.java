package dev.mote.service.rollout;

import dev.mote.service.http.Problem;
import org.springframework.http.HttpStatus;

/// Why something with a rollout is refused; a page each in `docs/errors`.
enum RolloutCodes {
  NOT_NOW(8410),
  SAME_PERSON(8411);

  private final int number;

  RolloutCodes(int number) {
    this.number = number;
  }

  Problem problem(String what, String fix) {
    HttpStatus status =
        switch (this) {
          case NOT_NOW -> HttpStatus.CONFLICT;
          case SAME_PERSON -> HttpStatus.FORBIDDEN;
        };
    return Problem.of(number, status, what, fix);
  }
}
