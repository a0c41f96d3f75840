package dev.mote.pluginhost.choice;

import dev.mote.ir.Diagnostic;
import dev.mote.plugin.Cost;
import dev.mote.pluginhost.CheckedCompiler;
import java.util.List;

/// A compiler that was asked.
public sealed interface Candidate {

  CheckedCompiler compiler();

  /// It can serve.
  ///
  /// @param compiler who
  /// @param cost at what cost, the energy added where the device's facts give it
  /// @param notes what it said besides, and why figures are missing
  record Able(CheckedCompiler compiler, Cost cost, List<String> notes) implements Candidate {
    public Able {
      notes = List.copyOf(notes);
    }
  }

  /// It cannot, or failed.
  ///
  /// @param compiler who
  /// @param reasons every reason
  record Unable(CheckedCompiler compiler, List<Diagnostic> reasons) implements Candidate {
    public Unable {
      reasons = List.copyOf(reasons);
    }
  }
}
