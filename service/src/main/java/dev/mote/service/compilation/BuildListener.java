package dev.mote.service.compilation;

import java.util.UUID;

/// A bean that acts on the end of builds, in the transaction which ends them.
public interface BuildListener {

  /// @param build see [Compilation#result]
  void ended(UUID tenant, UUID build);
}
