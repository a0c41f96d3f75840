package dev.mote.testkit.device;

import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.PipelineStep;
import dev.mote.module.Signal;
import dev.mote.module.StandardStep;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// A module with everything that a manifest may say.
final class FullModule {

  private static final int BLOCK = 2_048;

  private FullModule() {}

  static ModuleFile make() {
    byte[] contents = new byte[5000];
    new Random(3).nextBytes(contents);
    Bytes code = Bytes.of(contents);
    List<Bytes> hashes = new ArrayList<>();
    for (int at = 0; at < code.size(); at += BLOCK) {
      hashes.add(code.sha256(at, Math.min(code.size(), at + BLOCK)));
    }
    Payload payload =
        new Payload(
            Payload.Kind.NATIVE,
            code.size(),
            code.sha256(),
            BLOCK,
            hashes,
            new Payload.Requirements(
                "armv7e-m", List.of("dsp", "fpu-sp"), Optional.of("aapcs"), 256, 6000, 1002),
            List.of(new Payload.SourceFile("a", 1000), new Payload.SourceFile("b", 4000)),
            Optional.of("model"),
            Optional.of(new Payload.MemoryPlan(52, 4, List.of(0, 8), List.of(32, 40), 40, 12)),
            Optional.of(
                new Payload.Measured(
                    "a board",
                    Optional.of(1234L),
                    Optional.of(4000L),
                    Optional.of(100L),
                    Optional.of(12L))));
    Manifest manifest =
        new Manifest(
            7,
            new Manifest.Identity(
                Bytes.of(new byte[16]), Bytes.of(new byte[16]), "full", "1.0", Optional.of("all")),
            new Manifest.Provenance(
                code.sha256(), "tflite", "mote", "0.1.0", Map.of("kernels", "portable")),
            List.of(payload),
            List.of(signal("x", Signal.Type.INT8, 4), signal("f", Signal.Type.FLOAT32, 3)),
            List.of(signal("y", Signal.Type.INT8, 4), signal("g", Signal.Type.FLOAT32, 3)),
            steps(0),
            steps(1),
            golden(),
            Optional.of("Apache-2.0"),
            Map.of(-300L, Cbor.of("an extension")));
    return ModuleFile.of(manifest, List.of(code));
  }

  private static Signal signal(String name, Signal.Type type, int elements) {
    List<String> labels = List.of("one", "two", "three", "four").subList(0, elements);
    return new Signal(
        name,
        List.of(1, elements),
        type,
        Optional.of(0.5f),
        Optional.of(-3),
        Optional.of("a meaning"),
        labels);
  }

  /// One of each that there is.
  private static List<PipelineStep> steps(int signal) {
    List<PipelineStep> steps = new ArrayList<>();
    for (StandardStep step : StandardStep.values()) {
      List<Cbor> values =
          step.parameters().stream()
              .map(
                  parameter ->
                      switch (parameter.kind()) {
                        case NUMBER -> Cbor.of(0.5);
                        case WHOLE -> Cbor.of(3);
                        case NAME -> Cbor.of("name");
                      })
              .toList();
      steps.add(new PipelineStep(step, signal, values));
    }
    return steps;
  }

  /// Each form of a value for each type of a signal.
  private static List<Golden> golden() {
    Bytes bytes = Bytes.hex("01020304");
    Bytes floats = Bytes.hex("0000803f00000040000080bf");
    return List.of(
        new Golden(
            List.of(new Golden.Input.Linear(37, 11), new Golden.Input.LinearFloats(37, 11)),
            List.of(new Golden.Output.Exact(bytes), new Golden.Output.Near(floats, 0.25f))),
        new Golden(
            List.of(new Golden.Input.Literal(bytes), new Golden.Input.Literal(floats)),
            List.of(new Golden.Output.Hash(bytes.sha256()), new Golden.Output.Exact(floats))));
  }
}
