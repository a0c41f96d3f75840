package dev.mote.service.access;

import java.util.Map;

/// The log of who changed what. Rows are appended and never changed.
public interface Audit {

  /// Appends a row within the transaction of the change itself.
  ///
  /// @param action what was done, such as `model.delete`
  /// @param object what it was done to: kind and id, such as `model/0199…`
  /// @param details more of it; never a secret
  void record(Caller caller, String action, String object, Map<String, ?> details);
}
