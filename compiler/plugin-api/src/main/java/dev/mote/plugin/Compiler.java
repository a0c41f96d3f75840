package dev.mote.plugin;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Turns a model into a module for a device. Found by [java.util.ServiceLoader], or adapted from an
/// executable of another language.
///
/// Whoever calls has checked the request against [#describe] before: the model is there in a format
/// that the compiler takes, the device has the facts that it needs, and the parameters follow its
/// schema. Equal requests give equal bytes.
///
/// A user's mistake, and a model that cannot be served, is a refusal with its reasons; an exception
/// is a defect of the compiler, but for [java.util.concurrent.CancellationException] from
/// [Progress#checkCancelled].
public interface Compiler {

  /// Who it is and what it needs; the same at every call.
  PluginDescription describe();

  /// Whether it can serve the request, and at what cost, without building more than that takes.
  Estimate estimate(Request request, Progress progress);

  /// Compiles; returns every reason when it cannot.
  Result compile(Request request, Progress progress);

  /// Unique name, for instance `mote-c`.
  default String name() {
    return describe().name();
  }

  /// What is to be compiled.
  ///
  /// @param model the model
  /// @param device the device, by its facts
  /// @param optimize what to prefer
  /// @param symbol name of the module and prefix of its C names: a C identifier in lower case
  /// @param constraints what the module must not exceed
  /// @param parameters what the compiler's schema allows; defaults are not filled in
  record Request(
      SourceModel model,
      Device device,
      Optimize optimize,
      String symbol,
      Constraints constraints,
      Parameters parameters) {

    /// A request without constraints or parameters.
    public Request(SourceModel model, Device device, Optimize optimize, String symbol) {
      this(model, device, optimize, symbol, Constraints.NONE, Parameters.NONE);
    }

    public Graph graph() {
      return model.graph();
    }

    public Target target() {
      return device.target();
    }

    /// How errors call this: the model and the target.
    public String where() {
      return graph().name() + " for " + target().name();
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

  /// A module, or every reason why there is none.
  sealed interface Result {

    /// The model was compiled.
    ///
    /// @param payload what was built
    /// @param report what was decided, and what it costs
    record Module(Payload payload, Report report) implements Result {}

    /// The model was refused.
    ///
    /// @param problems every reason; at least one
    record Refused(List<Diagnostic> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
        if (problems.isEmpty()) {
          throw new IllegalArgumentException("a refusal has a reason");
        }
      }
    }
  }

  /// What a compiler says of a module that it built.
  ///
  /// @param cost figures of this very module
  /// @param details other things that were decided, name → text, in the order in which they are
  /// shown
  record Report(Cost cost, Map<String, String> details) {
    public Report {
      details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
  }
}
