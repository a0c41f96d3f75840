package dev.mote.service.device;

import org.springframework.dao.PessimisticLockingFailureException;

/// Transactions that are tried again when the database ended them in favour of another.
final class Deadlocks {

  private static final int MOST_TRIES = 4;

  private Deadlocks() {}

  static void retried(Runnable transaction) {
    for (int attempt = 1; ; attempt++) {
      try {
        transaction.run();
        return;
      } catch (PessimisticLockingFailureException e) {
        if (attempt == MOST_TRIES) {
          throw e;
        }
      }
    }
  }
}
