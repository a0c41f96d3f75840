package dev.mote.service.store;

import dev.mote.service.http.Problem;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/// Why nothing can be stored or read; a page each in `docs/errors`.
enum StoreCodes {
  UNAVAILABLE(8051);

  private static final Logger LOG = LoggerFactory.getLogger(StoreCodes.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final int number;

  StoreCodes(int number) {
    this.number = number;
  }

  /// What a fault of the folder or the bucket is to those who asked for an artifact; the log holds
  /// the rest.
  static Problem unavailable(IOException fault) {
    LOG.warn("The store of artifacts cannot be used", fault);
    return Problem.of(
            UNAVAILABLE.number,
            HttpStatus.SERVICE_UNAVAILABLE,
            "the store of artifacts cannot be used",
            "try again in a moment; nothing was changed.")
        .retryAfter(PAUSE);
  }
}
