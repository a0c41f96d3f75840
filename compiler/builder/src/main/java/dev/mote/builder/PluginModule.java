package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.Cost;
import dev.mote.plugin.PluginDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A module from what a compiler plugin built.
///
/// @param build what was asked for
/// @param built what it made
/// @param source the model's file
/// @param format its format
/// @param labels names of the first output's elements
public record PluginModule(
    PluginBuild build, PluginBuild.Built built, Bytes source, String format, List<String> labels) {

  public ModuleFile build(long sequence, Manifest.Identity identity, Optional<String> licence) {
    return pack(
        sequence, identity, licence, new ModuleBorder(build.model().graph(), labels).golden());
  }

  /// @param golden outputs of the reference interpreter
  ModuleFile pack(
      long sequence, Manifest.Identity identity, Optional<String> licence, List<Golden> golden) {
    ModuleBorder border = new ModuleBorder(build.model().graph(), labels);
    Bytes contents = Bytes.of(new byte[0]);
    for (Blob file : built.payload().files().values()) {
      contents = contents.then(Bytes.of(file.toByteArray()));
    }
    try {
      return ModuleFile.of(
          new Manifest(
              sequence,
              identity,
              provenance(),
              List.of(payload(contents)),
              border.inputs(),
              border.outputs(),
              List.of(),
              List.of(),
              golden,
              licence,
              Map.of()),
          List.of(contents));
    } catch (IllegalArgumentException e) {
      throw new ModuleException(
          ModuleCodes.FIELD,
          build.model().graph().name(),
          "by compiler " + built.compiler().name() + ": " + e.getMessage());
    }
  }

  private Payload payload(Bytes contents) {
    dev.mote.plugin.Payload made = built.payload();
    dev.mote.plugin.Payload.Requirements requires = made.requires();
    Payload payload =
        Payload.of(
            Payload.Kind.valueOf(made.kind().name()),
            contents,
            new Payload.Requirements(
                requires.architecture(),
                requires.features(),
                requires.abi(),
                requires.ramBytes(),
                requires.flashBytes(),
                0));
    if (made.kind() == dev.mote.plugin.Payload.Kind.C_SOURCES) {
      List<Payload.SourceFile> files = new ArrayList<>();
      made.files().forEach((name, bytes) -> files.add(new Payload.SourceFile(name, bytes.size())));
      payload = payload.withFiles(files);
    }
    if (made.entry().isPresent()) {
      payload = payload.withEntry(made.entry().get());
    }
    if (made.memory().isPresent()) {
      dev.mote.plugin.Payload.Memory memory = made.memory().get();
      payload =
          payload.withMemory(
              new Payload.MemoryPlan(
                  memory.arenaBytes(),
                  memory.alignment(),
                  memory.inputOffsets(),
                  memory.outputOffsets(),
                  memory.weightBytes(),
                  memory.tableBytes()));
    }
    Cost.Figure instructions = built.report().cost().instructions();
    return instructions.certainty() == Cost.Certainty.MEASURED
        ? payload.withMeasured(
            new Payload.Measured(
                build.device().target().name() + ", by " + built.compiler().name(),
                Optional.of(instructions.amount()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()))
        : payload;
  }

  /// What the module can be built from again: parameters stand by their names behind a dot.
  private Manifest.Provenance provenance() {
    PluginDescription about = built.compiler().describe();
    Map<String, String> options = new TreeMap<>();
    options.put("target", build.device().target().name());
    options.put("optimize", build.optimize().name().toLowerCase(Locale.ROOT));
    options.put("name", build.symbol());
    built
        .parameters()
        .values()
        .forEach((name, value) -> options.put("parameter." + name, String.valueOf(value)));
    return new Manifest.Provenance(source.sha256(), format, about.name(), about.version(), options);
  }
}
