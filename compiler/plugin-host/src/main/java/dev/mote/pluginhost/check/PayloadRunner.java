package dev.mote.pluginhost.check;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.plugin.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/// Runs payloads of some kind on this machine. Found by [ServiceLoader].
public interface PayloadRunner {

  /// Those of this module, for C sources and model files, and those on the class path.
  static List<PayloadRunner> all() {
    List<PayloadRunner> runners =
        new ArrayList<>(List.of(new CSourcesRunner(), new InterpretedRunner()));
    ServiceLoader.load(PayloadRunner.class).forEach(runners::add);
    return runners;
  }

  /// Why this payload is not for it; empty when it is.
  Optional<String> declines(Payload payload);

  /// Runs the model once for each of `inputs`, always from its initial state.
  ///
  /// @param graph the model that the payload is made from
  /// @param inputs one list for each run, in the model's order
  /// @return the outputs of each run, in the model's order
  /// @throws dev.mote.ir.DiagnosticException when the payload does not run
  List<List<Blob>> run(Payload payload, Graph graph, List<List<Blob>> inputs);
}
