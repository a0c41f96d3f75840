package dev.mote.testkit.device;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.NativePayload;
import dev.mote.emulator.SharedLibrary;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.NativeTable;
import dev.mote.module.Payload;
import dev.mote.module.Signal;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Two dense layers of some kilobytes, so that a module of them has several blocks; the second one
/// as it was trained with a seed.
final class TinyModel {

  static final int INPUTS = 64;
  private static final int HIDDEN = 96;
  private static final int OUTPUTS = 4;

  private final Graph graph;
  private final CompiledModel model;
  private final Bytes contents;
  private final Payload.Kind kind;
  private final String architecture;
  private final List<String> features;

  TinyModel(String target, int seed) {
    graph = GraphText.parse(text(seed));
    model =
        switch (MoteCompiler.compile(graph, Targets.find(target), Optimize.BALANCED, "tiny")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) ->
              throw new AssertionError(problems.toString());
        };
    if (target.equals("host")) {
      SharedLibrary library = SharedLibrary.build(model, BuildCache.standard());
      contents = library.contents();
      kind = Payload.Kind.SHARED_LIBRARY;
      architecture = library.architecture();
      features = List.of();
    } else {
      NativePayload code = NativePayload.build(model, BuildCache.standard());
      contents = code.contents();
      kind = Payload.Kind.NATIVE;
      architecture = code.architecture();
      features = code.features();
    }
  }

  private static String text(int seed) {
    return """
    graph "tiny" {
      tensor "x" int8 [1x64] scale 0.02 zero 3
      tensor "w" int8 [96x64] scale 0.01 zero 0 = base64 "%s"
      tensor "h" int8 [1x96] scale 0.05 zero -128
      tensor "v" int8 [4x96] scale 0.01 zero 0 = base64 "%s"
      tensor "y" int8 [1x4] scale 0.1 zero 5
      input "x"
      output "y"
      node "h" FullyConnected(activation: RELU) "x" "w" -> "h"
      node "y" FullyConnected(activation: NONE) "h" "v" -> "y"
    }
    """
        .formatted(weights(0, HIDDEN * INPUTS), weights(seed, OUTPUTS * HIDDEN));
  }

  private static String weights(int seed, int count) {
    byte[] weights = new byte[count];
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      weights[i] = (byte) (random.nextInt(255) - 127);
    }
    return Base64.getEncoder().encodeToString(weights);
  }

  /// What the reference interpreter answers.
  byte[] answer(byte[] input) {
    return new Interpreter(graph).run(List.of(input)).getFirst();
  }

  /// The model as a module that is not signed.
  ModuleFile module(long sequence) {
    return module(sequence, golden());
  }

  private Golden golden() {
    Golden.Input ramp = new Golden.Input.Linear(37, 11);
    Bytes result = Bytes.of(answer(ramp.expand(INPUTS).toByteArray()));
    return new Golden(List.of(ramp), List.of(new Golden.Output.Exact(result)));
  }

  /// The same, with this self-test.
  ModuleFile module(long sequence, Golden golden) {
    return module(sequence, golden, contents);
  }

  /// A module that nothing but its code speaks against: every instruction is an undefined one.
  ModuleFile faultyModule(long sequence) {
    byte undefined = (byte) (architecture.startsWith("arm") ? 0xde : 0);
    byte[] broken = contents.toByteArray();
    int table = NativeTable.bytes(2);
    Arrays.fill(broken, table, broken.length, undefined);
    return module(sequence, golden(), Bytes.of(broken));
  }

  private ModuleFile module(long sequence, Golden golden, Bytes contents) {
    Payload.Requirements requirements =
        new Payload.Requirements(
            architecture, features, Optional.empty(), model.arenaBytes(), contents.size(), 0);
    Payload stated =
        Payload.of(kind, contents, requirements)
            .withEntry(model.symbol())
            .withMemory(
                new Payload.MemoryPlan(
                    model.arenaBytes(),
                    model.arenaAlignment(),
                    model.inputs().stream().map(CompiledModel.Port::offset).toList(),
                    model.outputs().stream().map(CompiledModel.Port::offset).toList(),
                    contents.size(),
                    0));
    Manifest manifest =
        new Manifest(
            sequence,
            new Manifest.Identity(
                Bytes.of(new byte[16]), Bytes.of(new byte[16]), "tiny", "1.0", Optional.empty()),
            new Manifest.Provenance(contents.sha256(), "text", "mote", "0.1.0", Map.of()),
            List.of(stated),
            List.of(signal("x", INPUTS)),
            List.of(signal("y", OUTPUTS)),
            List.of(),
            List.of(),
            List.of(golden),
            Optional.empty(),
            Map.of());
    return ModuleFile.of(manifest, List.of(contents));
  }

  private static Signal signal(String name, int elements) {
    return new Signal(
        name,
        List.of(1, elements),
        Signal.Type.INT8,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
