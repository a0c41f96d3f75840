package dev.mote.plugin;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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
  /// @param constraints what the module must not exceed
  record Request(
      Graph graph, Target target, Optimize optimize, String symbol, Constraints constraints) {

    /// A request that only the target's memories limit.
    public Request(Graph graph, Target target, Optimize optimize, String symbol) {
      this(graph, target, optimize, symbol, Constraints.NONE);
    }
  }

  /// What a module must not exceed; the target's own memories limit it besides.
  ///
  /// @param latency longest time of one inference at the target's highest clock, as estimated
  /// @param ramBytes largest arena
  /// @param flashBytes most bytes of constants and code, the code as estimated
  record Constraints(Optional<Duration> latency, OptionalLong ramBytes, OptionalLong flashBytes) {

    /// No constraints.
    public static final Constraints NONE =
        new Constraints(Optional.empty(), OptionalLong.empty(), OptionalLong.empty());

    /// Whether there is none.
    public boolean isEmpty() {
      return latency.isEmpty() && ramBytes.isEmpty() && flashBytes.isEmpty();
    }
  }

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
