package dev.mote.testkit.mlperf;

import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.plugin.ModelReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The MLPerf Tiny models with their golden inputs and outputs, which lie outside the repository.
///
/// `NAME.tflite` is a model; for an int8 model `NAME.in.bin` is a fixed input and `NAME.out.bin`
/// the output that TensorFlow Lite Micro gives for it.
public final class MlperfTiny {

  /// The int8 models, in the order in which reports list them.
  public static final List<String> INT8 =
      List.of(
          "kws_ref_model",
          "pretrainedResnet_quant",
          "vww_96_int8",
          "ad01_int8",
          "str_ww_ref_model");

  /// The float models.
  public static final List<String> FLOAT =
      List.of("kws_ref_model_float32", "pretrainedResnet", "vww_96_float", "ad01_fp32");

  private MlperfTiny() {}

  /// Whether model `name` is of fully connected layers, which desktop TFLite rounds otherwise than
  /// TensorFlow Lite Micro: by one step per layer, see docs/reference/tflite-differences.md.
  public static boolean isFullyConnected(String name) {
    return name.equals("ad01_int8");
  }

  /// The folder with the models; empty when this machine does not have it.
  public static Optional<Path> folder() {
    Path root = Path.of(System.getProperty("mote.root", "."));
    Path folder = root.resolve("../shared/models/mlperf-tiny").normalize();
    return Files.isDirectory(folder) ? Optional.of(folder) : Optional.empty();
  }

  /// Why tests with these models are skipped where the folder is absent.
  public static String absence() {
    return "no MLPerf Tiny models: expected in ../shared/models/mlperf-tiny beside the repository";
  }

  /// Bytes of `NAME.tflite`.
  public static byte[] model(String name) {
    return read(name + ".tflite");
  }

  /// Model `name` as Mote reads it.
  ///
  /// @throws IllegalStateException when the reader refuses it
  public static Graph graph(String name) {
    return switch (new TfliteReader()
        .read(Blob.of(model(name)), name + ".tflite", ModelReader.Options.standard())) {
      case ModelReader.Result.Model(Graph graph) -> graph;
      case ModelReader.Result.Refused(var problems) ->
          throw new IllegalStateException(problems.toString());
    };
  }

  /// Bytes of a file of the folder.
  public static byte[] read(String file) {
    try {
      return Files.readAllBytes(
          folder().orElseThrow(() -> new IllegalStateException(absence())).resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
