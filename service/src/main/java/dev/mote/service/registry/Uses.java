package dev.mote.service.registry;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/// A bean that knows what uses modules, for lineage and for refusing to delete them; besides what
/// was said by [Registry#use].
public interface Uses {

  /// What uses any of some modules.
  ///
  /// @param most uses wanted in all; there may be more
  List<Use> of(UUID tenant, Collection<UUID> modules, int most);
}
