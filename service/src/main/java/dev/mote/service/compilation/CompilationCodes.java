package dev.mote.service.compilation;

import dev.mote.service.http.Problem;
import org.springframework.http.HttpStatus;

/// Why a module is not built or handed out; a page each in `docs/errors`.
enum CompilationCodes {
  OPTIONS(8210),
  RECIPIENT(8211),
  NOTHING_ASKED(8212),
  TOO_MANY_FACTS(8213),
  MODEL_REFUSED(8214);

  private final int number;

  CompilationCodes(int number) {
    this.number = number;
  }

  private HttpStatus status() {
    return switch (this) {
      case OPTIONS, NOTHING_ASKED, TOO_MANY_FACTS -> HttpStatus.BAD_REQUEST;
      case RECIPIENT, MODEL_REFUSED -> HttpStatus.UNPROCESSABLE_CONTENT;
    };
  }

  Problem problem(String what, String fix) {
    return Problem.of(number, status(), what, fix);
  }
}
