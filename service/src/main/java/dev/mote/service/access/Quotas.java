package dev.mote.service.access;

import java.util.UUID;

/// How much of everything a tenant uses, and may use.
public interface Quotas {

  /// Takes an amount within the caller's transaction; a rollback gives it back.
  ///
  /// @throws dev.mote.service.http.Problem 403 when it is more than what is left, 429 where waiting
  /// helps
  void take(UUID tenant, Quota what, long amount);

  /// Gives an amount back within the caller's transaction.
  void give(UUID tenant, Quota what, long amount);
}
