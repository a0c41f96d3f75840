package dev.mote.service.device;

import dev.mote.service.http.Problem;
import org.springframework.http.HttpStatus;

/// Why something with a device is refused; a page each in `docs/errors`.
enum DeviceCodes {
  ENDPOINT_TAKEN(8301),
  CREDENTIAL(8302),
  UPDATE_RUNS(8303),
  NOTHING_KNOWN(8304),
  NO_UPDATE_OBJECT(8305),
  DELIVERY(8306),
  TOO_MANY_REQUESTS(8307),
  REQUEST(8308),
  FIRMWARE(8310);

  private final int number;

  DeviceCodes(int number) {
    this.number = number;
  }

  private HttpStatus status() {
    return switch (this) {
      case ENDPOINT_TAKEN, UPDATE_RUNS, NOTHING_KNOWN, NO_UPDATE_OBJECT, DELIVERY, FIRMWARE ->
          HttpStatus.CONFLICT;
      case CREDENTIAL, REQUEST -> HttpStatus.BAD_REQUEST;
      case TOO_MANY_REQUESTS -> HttpStatus.TOO_MANY_REQUESTS;
    };
  }

  Problem problem(String what, String fix) {
    return Problem.of(number, status(), what, fix);
  }
}
