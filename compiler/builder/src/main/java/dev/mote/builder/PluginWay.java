package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleWriter;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.Cost;
import dev.mote.plugin.Device;
import dev.mote.plugin.Estimate;
import dev.mote.plugin.Parameters;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.CheckedCompiler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A payload of a compiler plugin, with its own parameters' defaults.
record PluginWay(
    Payload.Kind kind,
    CheckedCompiler by,
    ModelSource model,
    TargetChoice choice,
    DeviceFacts facts,
    BuildOptions options)
    implements Way {

  private static final int ENVELOPE_BYTES = 512;

  @Override
  public String compiler() {
    return by.name();
  }

  private PluginBuild wanted() {
    return new PluginBuild(
        model.forCompilers(),
        new Device(choice.target(), known()),
        options.optimize(),
        model.symbol(),
        options.constraints(facts.ramBytes(), facts.flashBytes()));
  }

  /// What the device's words mean to compilers.
  private Map<String, String> known() {
    Map<String, String> known = new TreeMap<>();
    facts.ramBytes().ifPresent(bytes -> known.put("ram-bytes", String.valueOf(bytes)));
    facts.flashBytes().ifPresent(bytes -> known.put("flash-bytes", String.valueOf(bytes)));
    if (facts.payloadKinds().contains(Payload.Kind.WEBASSEMBLY.label())) {
      known.put("firmware.webassembly", "there");
    }
    if (facts.payloadKinds().contains(Payload.Kind.TFLITE.label())) {
      known.put("firmware.tflm", "there");
    }
    if (facts.features().contains("cmsis-nn")) {
      known.put("firmware.cmsis-nn", "there");
    }
    return known;
  }

  @Override
  public Estimated estimate(Progress progress) {
    try {
      return switch (by.estimate(wanted().request(Parameters.NONE), progress)) {
        case Estimate.Refuses(List<Diagnostic> reasons) ->
            new Estimated(Cost.UNKNOWN, List.of(), reasons);
        case Estimate.Serves(Cost cost, List<String> notes) ->
            new Estimated(cost, notes, List.of());
      };
    } catch (DiagnosticException e) {
      return new Estimated(Cost.UNKNOWN, List.of(), e.diagnostics());
    }
  }

  @Override
  public Made make(Label label, Progress progress) {
    progress.report(0.2, "compiling with " + by.name());
    PluginBuild.Built built = wanted().by(by, Parameters.NONE, Optional.empty(), progress);
    if (built.payload().kind() != kind) {
      throw new DiagnosticException(
          Diagnostic.user(
              BuilderCodes.NO_MODULE_FITS,
              model.graph().name() + " for " + facts.name(),
              "the compiler made %s, not %s"
                  .formatted(built.payload().kind().label(), kind.label()),
              "let the device take another kind of payload."));
    }
    progress.report(0.7, "packing");
    ModuleFile module =
        new PluginModule(
                wanted(),
                built,
                Bytes.of(model.file().toByteArray()),
                model.format(),
                ModuleBorder.labels(model.graph()))
            .pack(label.sequence(), label.identity(), Optional.empty(), label.golden());
    requireRoom(ModuleWriter.write(module).size() + ENVELOPE_BYTES);
    return new Made(
        module,
        built.report().cost(),
        new ArrayList<>(
            built.report().details().entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .toList()),
        by.describe().version(),
        Optional.empty(),
        proof(module, built),
        new LinkedHashMap<>());
  }

  private void requireRoom(long bytes) {
    long most = facts.flashBytes().orElse(Long.MAX_VALUE);
    if (bytes > most) {
      throw new DiagnosticException(
          Diagnostic.resource(
              BuilderCodes.NO_MODULE_FITS,
              model.graph().name() + " for " + facts.name(),
              "packed it has %,d bytes, the flash has room for %,d (%,d too few)"
                  .formatted(bytes, most, bytes - most),
              "free flash on the device, or choose a smaller model."));
    }
  }

  private List<String> proof(ModuleFile module, PluginBuild.Built built) {
    if (!options.verify()) {
      return List.of();
    }
    return switch (kind) {
      case WEBASSEMBLY -> {
        Blob code = built.payload().files().values().iterator().next();
        int vectors =
            new GoldenRun(module, model.graph().name(), 0).executed(Bytes.of(code.toByteArray()));
        yield List.of(
            "run in a sandbox: the outputs of %d golden vectors are the reference's"
                .formatted(vectors));
      }
      case TFLITE -> List.of("the model itself: the device's interpreter is held to the vectors");
      case NATIVE, SHARED_LIBRARY, C_SOURCES ->
          List.of("not run: the device's self-test holds it to the golden vectors");
    };
  }
}
