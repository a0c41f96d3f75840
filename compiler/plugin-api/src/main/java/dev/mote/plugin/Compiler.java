package dev.mote.plugin;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import java.util.List;
import java.util.Map;

/// Turns a graph into a module for a target.
public interface Compiler {

  /// Unique name, for instance `mote-c`.
  String name();

  /// Compiles; returns every reason when it cannot.
  Result compile(Request request);

  /// What is to be compiled.
  ///
  /// @param graph the model
  /// @param target the chip
  /// @param optimize what to prefer
  /// @param symbol prefix of the emitted C names: a C identifier in lower case
  record Request(Graph graph, Target target, Optimize optimize, String symbol) {}

  /// What to prefer when they conflict.
  enum Optimize {
    SPEED,
    SIZE,
    MEMORY,
    BALANCED
  }

  /// Sources, or every reason why there are none.
  sealed interface Result {

    /// The model was compiled.
    ///
    /// @param files file name → contents
    /// @param report what was decided
    record Module(Map<String, String> files, Report report) implements Result {
      public Module {
        files = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(files));
      }
    }

    /// The model was refused.
    record Refused(List<Diagnostic> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /// Figures of a compiled module.
  ///
  /// @param arenaBytes size of the caller's arena, all scratch buffers included
  /// @param arenaLowerBoundBytes what no plan without in-place execution can go below
  /// @param weightBytes constants as emitted
  /// @param macs multiply-accumulate operations of one inference
  record Report(long arenaBytes, long arenaLowerBoundBytes, long weightBytes, long macs) {}
}
