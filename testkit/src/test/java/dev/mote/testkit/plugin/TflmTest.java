package dev.mote.testkit.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mote.emulator.RequiredTools;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Compiler.Optimize;
import dev.mote.plugin.Device;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.Parameters;
import dev.mote.plugin.Payload;
import dev.mote.plugin.Progress;
import dev.mote.plugin.SourceModel;
import dev.mote.targets.Targets;
import dev.mote.testkit.mlperf.MlperfTiny;
import dev.mote.tflm.ArenaEstimate;
import dev.mote.tflm.TfliteOutline;
import dev.mote.tflm.TflmCompiler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TflmTest {

  private static final Path MODEL =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("examples/fashion-mnist/fashion_mnist_int8.tflite");

  /// How far the estimate may be from what was measured, in bytes.
  private static final int MARGIN = 16;

  /// Figures that TensorFlow Lite Micro reports on a Cortex-M4 with CMSIS-NN.
  @ParameterizedTest
  @CsvSource({
    "kws_ref_model, 16000, 22820",
    "pretrainedResnet_quant, 49728, 54996",
    "vww_96_int8, 73728, 100708",
    "ad01_int8, 768, 2580",
    "str_ww_ref_model, 7936, 16596"
  })
  void theArenaIsWhatTheInterpreterTakes(String name, int planned, int used) {
    assumeTrue(MlperfTiny.folder().isPresent(), MlperfTiny.absence());
    TfliteOutline outline = TfliteOutline.of(Blob.of(MlperfTiny.model(name)));
    ArenaEstimate estimate = ArenaEstimate.of(outline, ArenaEstimate.Kernels.CMSIS_NN);
    assertThat(estimate.plannedBytes()).isEqualTo(planned);
    assertThat(estimate.usedBytes()).isBetween((long) used - MARGIN, (long) used + MARGIN);
    assertThat(estimate.arenaBytes()).isGreaterThan(used).isLessThan(used + 256);
    assertThat(estimate.unmeasured()).isEmpty();
  }

  @Test
  void thePayloadIsTheFileAndTheReportSaysWhatItNeeds() throws IOException {
    Blob file = Blob.of(Files.readAllBytes(MODEL));
    Compiler.Result.Module module = compile(file, Map.of());
    assertThat(module.payload().kind()).isEqualTo(Payload.Kind.TFLITE);
    assertThat(module.payload().files()).containsExactly(Map.entry("m.tflite", file));
    assertThat(module.report().details())
        .containsEntry(
            "operators", "AddConv2D, AddDepthwiseConv2D, AddFullyConnected, AddSoftmax, AddMean")
        .containsEntry("operators whose structures are a guess", "AddMean");
  }

  @Test
  void aFirmwareInCUsesTheSources(@TempDir Path folder) throws Exception {
    Compiler.Result.Module module =
        compile(Blob.of(Files.readAllBytes(MODEL)), Map.of("form", "sources"));
    assertThat(module.payload().files()).containsOnlyKeys("m.h", "m.cc", "m_model.cc");
    for (Map.Entry<String, Blob> file : module.payload().files().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue().toByteArray());
    }
    for (String name : List.of("library.h", "main.c")) {
      Files.writeString(folder.resolve(name), resource(name));
    }
    for (String name :
        List.of(
            "micro/micro_interpreter.h",
            "micro/micro_mutable_op_resolver.h",
            "schema/schema_generated.h")) {
      Path header = folder.resolve("tensorflow/lite").resolve(name);
      Files.createDirectories(Objects.requireNonNull(header.getParent()));
      Files.writeString(header, "#include \"library.h\"\n");
    }
    String flags =
        "-std=c++17 -Wall -Wextra -Wconversion -Wpedantic -Werror -fno-exceptions -fno-rtti -I.";
    if (RequiredTools.named("arm-none-eabi-g++").locate().isPresent()) {
      run(folder, "arm-none-eabi-g++ -mcpu=cortex-m4 -mthumb -fsyntax-only " + flags + " m.cc");
    }
    assumeTrue(RequiredTools.named("g++").locate().isPresent(), "no g++: apt-get install g++");
    run(folder, "gcc -std=c99 -Wall -Wextra -Wpedantic -Werror -c main.c");
    run(folder, "g++ " + flags + " m.cc m_model.cc main.o -o firmware");
    run(folder, "./firmware");
  }

  @Test
  void brokenFilesAreRefused() throws IOException {
    byte[] good = Files.readAllBytes(MODEL);
    Graph graph = graph(Blob.of(good));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 400; i++) {
      byte[] broken =
          random.nextBoolean() ? good.clone() : Arrays.copyOf(good, random.nextInt(good.length));
      for (int flips = random.nextInt(1, 8); flips > 0 && broken.length > 0; flips--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
      }
      Compiler.Result result =
          new TflmCompiler()
              .compile(
                  request(SourceModel.of(graph, "tflite", Blob.of(broken)), Map.of()),
                  Progress.NONE);
      if (result instanceof Compiler.Result.Refused(var problems)) {
        assertThat(problems.getFirst().toString()).containsPattern("MOTE-30(02|03|10)");
      }
    }
  }

  @Test
  void aModelOfAnotherFormatIsRefused() throws IOException {
    Graph graph = graph(Blob.of(Files.readAllBytes(MODEL)));
    assertThat(new TflmCompiler().compile(request(SourceModel.of(graph), Map.of()), Progress.NONE))
        .isInstanceOfSatisfying(
            Compiler.Result.Refused.class,
            refused ->
                assertThat(refused.problems().getFirst().toString())
                    .contains("MOTE-3010", "the model is no .tflite file"));
  }

  private static Compiler.Result.Module compile(Blob file, Map<String, Object> parameters) {
    return switch (new TflmCompiler()
        .compile(request(SourceModel.of(graph(file), "tflite", file), parameters), Progress.NONE)) {
      case Compiler.Result.Module module -> module;
      case Compiler.Result.Refused(var problems) -> fail(problems.toString());
    };
  }

  private static Compiler.Request request(SourceModel model, Map<String, Object> parameters) {
    return new Compiler.Request(
        model,
        new Device(Targets.find("cortex-m4"), Map.of("firmware.tflm", "2026")),
        Optimize.BALANCED,
        "m",
        Compiler.Constraints.NONE,
        new Parameters(parameters));
  }

  private static Graph graph(Blob file) {
    return switch (new TfliteReader().read(file, "m", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) -> fail(problems.toString());
    };
  }

  private static void run(Path folder, String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command.split(" ", -1))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(command + "\n" + output).isZero();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TflmTest.class.getResourceAsStream("/tflm/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
