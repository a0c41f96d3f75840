package dev.mote.service.store;

import java.util.UUID;

/// A bean that counts what tenants hold, in the transaction that changes it. An artifact counts
/// once for a tenant, however many of its things hold it.
public interface HoldListener {

  /// A tenant holds an artifact of which it had nothing before; an exception refuses it.
  void taken(UUID tenant, long bytes);

  /// A tenant has let go of an artifact altogether.
  void given(UUID tenant, long bytes);
}
