package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.fail;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.NativePayload;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.module.Golden;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleFile;
import dev.mote.module.Payload;
import dev.mote.module.Signal;
import dev.mote.module.cbor.Bytes;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.pipeline.Settings;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.ModelReader;
import dev.mote.reference.Interpreter;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The example model as a module with native code for a target.
///
/// @param file the module, not signed
/// @param code its payload
/// @param output what the reference interpreter gives for the input of the golden vector
record NativeModule(ModuleFile file, NativePayload code, Bytes output) {

  private static final Path MODEL =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  static NativeModule of(String target, Optimize optimize, boolean stream) throws IOException {
    Bytes source = Bytes.of(Files.readAllBytes(MODEL));
    Graph graph =
        switch (new TfliteReader()
            .read(Blob.of(source.toByteArray()), "example", ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused(var problems) -> fail(problems.toString());
        };
    Settings settings = Settings.preferring(optimize).withStreamInput(stream);
    CompiledModel model =
        switch (MoteCompiler.compile(graph, Targets.find(target), settings, "example")) {
          case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
          case MoteCompiler.Outcome.Refused(var problems) -> fail(problems.toString());
        };
    NativePayload code = NativePayload.build(model, BuildCache.standard());
    Golden.Input ramp = new Golden.Input.Linear(37, 11);
    Signal input = signal(graph, graph.inputs().getFirst());
    Bytes output =
        Bytes.of(
            new Interpreter(graph)
                .run(List.of(ramp.expand(input.bytes()).toByteArray()))
                .getFirst());
    Payload payload =
        Payload.of(
                Payload.Kind.NATIVE,
                code.contents(),
                new Payload.Requirements(
                    code.architecture(),
                    code.features(),
                    Optional.empty(),
                    model.arenaBytes(),
                    code.contents().size(),
                    0))
            .withMemory(
                new Payload.MemoryPlan(
                    model.arenaBytes(),
                    model.arenaAlignment(),
                    code.table().inputOffsets().stream().map(Math::toIntExact).toList(),
                    code.table().outputOffsets().stream().map(Math::toIntExact).toList(),
                    model.weightBytes(),
                    model.tableBytes()));
    Manifest manifest =
        new Manifest(
            1,
            new Manifest.Identity(
                Bytes.of(new byte[16]), Bytes.of(new byte[16]), "example", "1.0", Optional.empty()),
            new Manifest.Provenance(source.sha256(), "tflite", "mote", "0", Map.of()),
            List.of(payload),
            List.of(input),
            List.of(signal(graph, graph.outputs().getFirst())),
            List.of(),
            List.of(),
            List.of(new Golden(List.of(ramp), List.of(new Golden.Output.Exact(output)))),
            Optional.empty(),
            Map.of());
    return new NativeModule(ModuleFile.of(manifest, List.of(code.contents())), code, output);
  }

  private static Signal signal(Graph graph, String name) {
    Tensor tensor = graph.tensor(name);
    return new Signal(
        name,
        tensor.shape().dims(),
        Signal.Type.INT8,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}
