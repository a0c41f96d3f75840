package dev.mote.builder;

import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Compiler.Request;
import dev.mote.plugin.Compiler.Result;
import dev.mote.plugin.Device;
import dev.mote.plugin.Parameters;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import dev.mote.plugin.SourceModel;
import dev.mote.pluginhost.CheckedCompiler;
import dev.mote.pluginhost.choice.Choice;
import java.util.Optional;

/// What a compiler plugin is asked to build.
///
/// @param model the model
/// @param device the device
/// @param optimize what to prefer
/// @param symbol name of the module
/// @param constraints what it must not exceed
public record PluginBuild(
    SourceModel model,
    Device device,
    Compiler.Optimize optimize,
    String symbol,
    Compiler.Constraints constraints) {

  /// What was compiled, and by whom.
  ///
  /// @param compiler who
  /// @param parameters with what parameters
  /// @param payload what
  /// @param report at what cost
  /// @param choice among whom, if it was chosen
  public record Built(
      CheckedCompiler compiler,
      Parameters parameters,
      Payload payload,
      Compiler.Report report,
      Optional<Choice> choice) {}

  /// The request to a compiler with these parameters.
  public Request request(Parameters parameters) {
    return new Request(model, device, optimize, symbol, constraints, parameters);
  }

  /// Compiles with `compiler`.
  ///
  /// @throws DiagnosticException with every reason when it is refused
  public Built by(
      CheckedCompiler compiler, Parameters parameters, Optional<Choice> choice, Progress progress) {
    return switch (compiler.compile(request(parameters), progress)) {
      case Result.Refused(var problems) -> throw new DiagnosticException(problems);
      case Result.Module(Payload payload, Compiler.Report report) ->
          new Built(compiler, parameters, payload, report, choice);
    };
  }
}
