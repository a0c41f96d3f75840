package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {

  @TempDir Path folder;

  private static final Path MODEL =
      Path.of(
          System.getProperty("mote.root", ".."),
          "examples/fashion-mnist/fashion_mnist_int8.tflite");

  @Test
  void aModelGoesToOnnxAndBack() throws Exception {
    Path onnx = folder.resolve("out/fashion.onnx");
    Run there = Run.of("convert", MODEL.toString(), "-o", onnx.toString());
    assertThat(there.exitCode()).as(there.err()).isZero();
    assertThat(there.out()).contains("onnx");
    Path tflite = folder.resolve("fashion.tflite");
    Run back = Run.of("convert", onnx.toString(), "-o", tflite.toString(), "--json");
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(back.out()).contains("\"format\" : \"tflite\"", "\"sha256\"");
    assertThat(Files.size(tflite)).isPositive();
  }

  @Test
  void anUnknownSuffixNamesTheKnownOnes() {
    Run run = Run.of("convert", MODEL.toString(), "-o", folder.resolve("net.pb").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains("MOTE-1364", "no model format that Mote writes", ".onnx or .tflite");
  }
}
