package dev.mote.plugin;

import dev.mote.ir.Diagnostic;
import java.util.List;

/// Whether a compiler can serve a request.
public sealed interface Estimate {

  /// It can.
  ///
  /// @param cost at what cost, as far as it knows
  /// @param notes what whoever chooses should know; may be empty
  record Serves(Cost cost, List<String> notes) implements Estimate {
    public Serves {
      notes = List.copyOf(notes);
    }
  }

  /// It cannot.
  ///
  /// @param reasons every reason; at least one
  record Refuses(List<Diagnostic> reasons) implements Estimate {
    public Refuses {
      reasons = List.copyOf(reasons);
      if (reasons.isEmpty()) {
        throw new IllegalArgumentException("a refusal has a reason");
      }
    }
  }
}
