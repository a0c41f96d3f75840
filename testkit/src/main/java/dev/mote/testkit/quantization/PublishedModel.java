package dev.mote.testkit.quantization;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Quantization.PerTensor;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.testkit.mlperf.MlperfTiny;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;

/// A float model of MLPerf Tiny with the int8 model that was published beside it.
///
/// @param name of the pair, for reports
/// @param floats name of the float model
/// @param integers name of the int8 model
/// @param real what makes inputs like those that the model is for
record PublishedModel(String name, String floats, String integers, Content real) {

  /// What inputs are like.
  enum Content {
    PICTURES,
    CEPSTRA,
    SPECTRA
  }

  private static final Path DRAWINGS = Path.of("/usr/share/datasets/fashion-mnist");
  private static final int DRAWING_BYTES = 28 * 28;
  private static final int DRAWING_HEADER = 16;
  private static final int MOST_DRAWINGS = 1_000;

  static List<PublishedModel> all() {
    return List.of(
        new PublishedModel(
            "keyword spotting", "kws_ref_model_float32", "kws_ref_model", Content.CEPSTRA),
        new PublishedModel(
            "image classification", "pretrainedResnet", "pretrainedResnet_quant", Content.PICTURES),
        new PublishedModel("visual wake words", "vww_96_float", "vww_96_int8", Content.PICTURES),
        new PublishedModel("anomaly detection", "ad01_fp32", "ad01_int8", Content.SPECTRA));
  }

  /// Why its realistic inputs are fewer kinds than they should be, if they are.
  Optional<String> missing() {
    return real != Content.PICTURES || Files.isDirectory(DRAWINGS)
        ? Optional.empty()
        : Optional.of("no Fashion-MNIST: Debian package dataset-fashion-mnist");
  }

  Graph floatGraph() {
    return MlperfTiny.graph(floats);
  }

  Graph integerGraph() {
    return MlperfTiny.graph(integers);
  }

  /// Inputs of which every number is equally likely within the input range of the published model,
  /// in the steps of that model's input.
  SampleSet random(int count, long seed) {
    Graph graph = integerGraph();
    PerTensor input = graph.tensor(graph.inputs().getFirst()).quantization().perTensor();
    int size = graph.tensor(graph.inputs().getFirst()).shape().count();
    SplittableRandom random = new SplittableRandom(seed);
    return set(
        name + ", random",
        count,
        _ -> {
          float[] values = new float[size];
          for (int i = 0; i < size; i++) {
            values[i] = input.scale() * (random.nextInt(256) - 128 - input.zeroPoint());
          }
          return values;
        });
  }

  /// Inputs like those that the model is for.
  ///
  /// @param held whether they are to test with: other drawings than those to calibrate on
  SampleSet realistic(int count, long seed, boolean held) {
    Graph graph = integerGraph();
    PerTensor input = graph.tensor(graph.inputs().getFirst()).quantization().perTensor();
    List<Integer> dims = graph.tensor(graph.inputs().getFirst()).shape().dims();
    float low = input.scale() * (ElementType.INT8.minValue() - input.zeroPoint());
    float high = input.scale() * (ElementType.INT8.maxValue() - input.zeroPoint());
    SplittableRandom random = new SplittableRandom(seed);
    return switch (real) {
      case PICTURES -> {
        Pictures pictures = new Pictures(dims.get(1), drawings(held));
        yield set(name + ", pictures", count, _ -> scaled(pictures.next(random), high));
      }
      case CEPSTRA ->
          set(
              name + ", cepstra",
              count,
              _ -> Sounds.cepstra(dims.get(1), dims.get(2), low, high, random));
      case SPECTRA ->
          set(
              name + ", spectra",
              count,
              _ -> Sounds.spectra(5, dims.get(1) / 5, low, high, random));
    };
  }

  /// Both kinds in equal parts.
  SampleSet calibration(int count, long seed) {
    List<List<Blob>> inputs = new ArrayList<>();
    SampleSet realistic = realistic(count - count / 2, seed, false);
    SampleSet random = random(count / 2, seed + 1);
    for (int i = 0; i < count; i++) {
      inputs.add((i % 2 == 0 ? realistic : random).inputs().get(i / 2));
    }
    return new SampleSet(name + ", calibration", inputs, List.of(), List.of());
  }

  private static float[] scaled(float[] values, float factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }

  private static SampleSet set(String name, int count, Function<Integer, float[]> make) {
    List<List<Blob>> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] values = make.apply(i);
      ByteBuffer bytes =
          ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      inputs.add(List.of(Blob.of(bytes.array())));
    }
    return new SampleSet(name, inputs, List.of(), List.of());
  }

  /// Pictures of Fashion-MNIST, where it is installed.
  private static List<byte[]> drawings(boolean test) {
    Path file = DRAWINGS.resolve((test ? "t10k" : "train") + "-images-idx3-ubyte.gz");
    if (!Files.exists(file)) {
      return List.of();
    }
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      in.skipNBytes(DRAWING_HEADER);
      List<byte[]> drawings = new ArrayList<>();
      for (int i = 0; i < MOST_DRAWINGS; i++) {
        drawings.add(in.readNBytes(DRAWING_BYTES));
      }
      return drawings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
