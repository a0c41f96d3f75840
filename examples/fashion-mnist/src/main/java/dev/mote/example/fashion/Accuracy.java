package dev.mote.example.fashion;

import dev.mote.emulator.BuildCache;
import dev.mote.emulator.HostRunner;
import dev.mote.emulator.Inference;
import dev.mote.emulator.RunOptions;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.ModelReader;
import dev.mote.targets.Targets;
import java.util.ArrayList;
import java.util.List;

/// Runs the int8 model as C on this machine.
final class Accuracy {

  private Accuracy() {}

  /// The class that the model gives each picture.
  static List<Integer> classes(byte[] model, Pictures pictures) {
    List<List<Blob>> inputs = new ArrayList<>();
    for (int i = 0; i < pictures.count(); i++) {
      inputs.add(List.of(Blob.of(pictures.quantized(i))));
    }
    try (HostRunner runner = HostRunner.open(compile(model), BuildCache.standard())) {
      return runner.run(inputs, RunOptions.standard()).stream().map(Accuracy::best).toList();
    }
  }

  private static int best(Inference inference) {
    byte[] scores = inference.outputs().getFirst().toByteArray();
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  private static CompiledModel compile(byte[] model) {
    Graph graph =
        switch (new TfliteReader()
            .read(Blob.of(model), "fashion_mnist", ModelReader.Options.standard())) {
          case ModelReader.Result.Model(Graph read) -> read;
          case ModelReader.Result.Refused(var problems) ->
              throw new IllegalStateException(problems.toString());
        };
    return switch (MoteCompiler.compile(
        graph, Targets.find("host"), Compiler.Optimize.SPEED, "fashion_mnist")) {
      case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
      case MoteCompiler.Outcome.Refused(var problems) ->
          throw new IllegalStateException(problems.toString());
    };
  }
}
