package dev.mote.bench;

import dev.mote.emulator.BoardRunner;
import dev.mote.emulator.BuildCache;
import dev.mote.emulator.ImageSize;
import dev.mote.emulator.Inference;
import dev.mote.emulator.RunOptions;
import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.targets.Targets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Compiles the project's own model for chips of three instruction sets and classifies its samples
/// on each; then tells the life of a module on a device. Arguments: the folder of the model, and
/// for the second part those of the sample application and of what is made. Ends with status 1 when
/// a chip and the reference interpreter disagree, or a device does not do as it should.
public final class Demo {

  private static final List<String> TARGETS = List.of("cortex-m4", "cortex-m0plus", "rv32imc");
  private static final String HEAD =
      "target         instruction set  right  as reference   arena   stack    code  weights  instructions";

  private final LabelledModel model;

  private Demo(Path folder) throws IOException {
    model = LabelledModel.read(folder);
  }

  public static void main(String[] arguments) throws IOException {
    Demo demo = new Demo(Path.of(arguments[0]));
    System.out.printf(
        "%d pictures of Fashion-MNIST, %d of them right in the reference interpreter%n%n",
        demo.model.pictures().size(), demo.model.right(demo.model.answers()));
    System.out.println(HEAD);
    boolean agreed = true;
    for (String target : TARGETS) {
      agreed &= demo.show(target);
    }
    System.out.println();
    System.out.println(
        "arena, stack, code and weights in bytes, code with tables; instructions: the most that one"
            + " picture took");
    System.out.println();
    if (arguments.length > 1) {
      agreed &= DeviceDemo.tell(demo.model, Path.of(arguments[1]), Path.of(arguments[2]));
    } else {
      System.out.println(
          "Left out, as there is no Mbed TLS for devices: the life of a module on one.");
    }
    System.exit(agreed ? 0 : 1);
  }

  /// Prints the line of `target`; whether it gave what the reference gives, bit for bit.
  private boolean show(String target) {
    CompiledModel compiled = compile(target);
    try (BoardRunner board = BoardRunner.open(compiled, BuildCache.standard())) {
      List<Inference> inferences =
          board.run(model.pictures().stream().map(List::of).toList(), RunOptions.standard());
      List<Blob> scores =
          inferences.stream().map(inference -> inference.outputs().getFirst()).toList();
      int equal = model.equal(scores);
      ImageSize size = board.imageSize();
      System.out.printf(
          Locale.ROOT,
          "%-14s %-15s %5d%% %6d of %3d %,7d %,7d %,7d  %,7d  %,12d%n",
          target,
          compiled.target().instructionSet().toString().toLowerCase(Locale.ROOT),
          Math.round(100.0 * model.right(scores) / scores.size()),
          equal,
          scores.size(),
          compiled.arenaBytes(),
          inferences.stream().mapToLong(i -> i.stackBytes().orElseThrow()).max().orElseThrow(),
          size.codeBytes(),
          size.weightBytes(),
          inferences.stream().mapToLong(i -> i.instructions().orElseThrow()).max().orElseThrow());
      return equal == scores.size();
    }
  }

  private CompiledModel compile(String target) {
    return switch (MoteCompiler.compile(
        model.graph(), Targets.find(target), Optimize.BALANCED, LabelledModel.NAME)) {
      case MoteCompiler.Outcome.Compiled(CompiledModel compiled) -> compiled;
      case MoteCompiler.Outcome.Refused(var problems) -> throw new DiagnosticException(problems);
    };
  }
}
