package dev.mote.builder;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.Measurement;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleCodes;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import dev.mote.plugin.Target;
import dev.mote.wasm.WasmBuild;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A module from a compiled model: the payloads that are asked for. The golden outputs are those of
/// the reference interpreter.
///
/// @param graph the model as it was read
/// @param compiled the same, compiled
/// @param source the model's file
/// @param format its format
/// @param labels names of the first output's elements
/// @param measurement what was measured on an emulated board; native code is then run there too
public record ModuleBuilder(
    Graph graph,
    CompiledModel compiled,
    Bytes source,
    String format,
    List<String> labels,
    Optional<Measurement> measurement) {

  /// @param kinds the payloads, in the order of the manifest
  public ModuleFile build(
      long sequence,
      Manifest.Identity identity,
      Optional<String> licence,
      List<Payload.Kind> kinds) {
    return pack(
        sequence,
        identity,
        licence,
        kinds.stream().map(this::payload).toList(),
        new ModuleBorder(graph, labels).golden());
  }

  /// @param all the payloads, in the order of the manifest
  /// @param golden outputs of the reference interpreter
  ModuleFile pack(
      long sequence,
      Manifest.Identity identity,
      Optional<String> licence,
      List<CodePayload> all,
      List<Golden> golden) {
    List<Payload> payloads = all.stream().map(CodePayload::payload).toList();
    List<Bytes> contents = all.stream().map(CodePayload::contents).toList();
    ModuleBorder border = new ModuleBorder(graph, labels);
    try {
      return ModuleFile.of(
          new Manifest(
              sequence,
              identity,
              provenance(),
              payloads,
              border.inputs(),
              border.outputs(),
              List.of(),
              List.of(),
              golden,
              licence,
              Map.of()),
          contents);
    } catch (IllegalArgumentException e) {
      throw new ModuleException(ModuleCodes.FIELD, graph.name(), String.valueOf(e.getMessage()));
    }
  }

  private CodePayload payload(Payload.Kind kind) {
    return switch (kind) {
      case NATIVE ->
          CodePayload.nativeCode(
              compiled, measurement.map(_ -> SampleInputs.fixed(compiled.graph())));
      case SHARED_LIBRARY -> CodePayload.sharedLibrary(compiled);
      case C_SOURCES -> {
        Bytes header = Bytes.utf8(compiled.header());
        Bytes code = Bytes.utf8(compiled.source());
        Bytes both = header.then(code);
        yield new CodePayload(sources(header.size(), code.size(), both), both);
      }
      case TFLITE ->
          new CodePayload(
              Payload.of(
                  Payload.Kind.TFLITE,
                  source,
                  new Payload.Requirements(
                      Payload.Requirements.ANY, List.of(), Optional.empty(), 0, source.size(), 0)),
              source);
      case WEBASSEMBLY -> {
        Blob module = WasmBuild.of(compiled, BuildCache.standard());
        Bytes contents = Bytes.of(module.toByteArray());
        yield new CodePayload(
            code(
                Payload.Kind.WEBASSEMBLY,
                contents,
                new Payload.Requirements(
                    Payload.Requirements.ANY,
                    List.of(),
                    Optional.empty(),
                    WasmBuild.memoryBytes(module),
                    module.size(),
                    0)),
            contents);
      }
    };
  }

  private Payload sources(int headerBytes, int sourceBytes, Bytes contents) {
    String symbol = compiled.symbol();
    Payload payload =
        code(Payload.Kind.C_SOURCES, contents, requirements())
            .withFiles(
                List.of(
                    new Payload.SourceFile(symbol + ".h", headerBytes),
                    new Payload.SourceFile(symbol + ".c", sourceBytes)));
    return measurement
        .map(
            figures ->
                payload.withMeasured(
                    new Payload.Measured(
                        compiled.target().name() + " emulated",
                        Optional.of(figures.instructions()),
                        Optional.of(figures.imageSize().codeBytes()),
                        Optional.of(figures.stackBytes()),
                        Optional.of(compiled.macs()))))
        .orElse(payload);
  }

  /// Code that is called by the model's name, with its arena.
  private Payload code(Payload.Kind kind, Bytes contents, Payload.Requirements requirements) {
    return Payload.of(kind, contents, requirements)
        .withEntry(compiled.symbol())
        .withMemory(CodePayload.memory(compiled));
  }

  /// What runs the sources: kernels of an instruction set run only there.
  private Payload.Requirements requirements() {
    long flash =
        measurement
            .map(figures -> figures.imageSize().flashBytes())
            .orElse(compiled.weightBytes() + compiled.tableBytes());
    String architecture = architecture(compiled.target().instructionSet());
    return new Payload.Requirements(
        architecture,
        features(compiled.target().instructionSet()),
        Optional.empty(),
        compiled.arenaBytes(),
        flash,
        0);
  }

  private static String architecture(Target.InstructionSet set) {
    return switch (set) {
      case HOST, WASM32 -> Payload.Requirements.ANY;
      case ARMV6M -> "armv6-m";
      case ARMV7M -> "armv7-m";
      case ARMV7EM -> "armv7e-m";
      case ARMV81M_MVE -> "armv8.1-m.main";
      case RV32IMC -> "rv32imc";
    };
  }

  private static List<String> features(Target.InstructionSet set) {
    return switch (set) {
      case HOST, WASM32, ARMV6M, ARMV7M, RV32IMC -> List.of();
      case ARMV7EM -> List.of("dsp");
      case ARMV81M_MVE -> List.of("dsp", "mve");
    };
  }

  private Manifest.Provenance provenance() {
    return new Manifest.Provenance(
        source.sha256(), format, "mote", MoteVersion.number(), options());
  }

  private Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    options.put("target", compiled.target().name());
    options.put("optimize", compiled.optimize().name().toLowerCase(Locale.ROOT));
    options.put("name", compiled.symbol());
    compiled.streamed().ifPresent(input -> options.put("stream-input", input));
    return options;
  }
}
