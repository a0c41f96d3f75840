package dev.mote.optimizer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.ir.Blob;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleSetsTest {

  private static final SampleOptions PLAIN = SampleOptions.standard();

  @TempDir private Path folder;
  private SampleFiles files = new SampleFiles(Path.of(""));

  @BeforeEach
  void useTheFolder() {
    files = new SampleFiles(folder);
  }

  @Test
  void arraysAreSplitAlongTheirFirstAxis() throws IOException {
    Path file =
        files.npy(
            "x.npy", "<f4", "3, 2, 2, 1", SampleFiles.floats(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    SampleSet set = SampleSets.read(file, graph(floatInput(1, 2, 2, 1)), PLAIN);
    assertThat(set.size()).isEqualTo(3);
    assertThat(numbers(set, 1)).containsExactly(4, 5, 6, 7);
    assertThat(set.isLabelled()).isFalse();
  }

  @Test
  void bytesOfAnArrayArePixels() throws IOException {
    Path file = files.npy("x.npy", "|u1", "2, 2", new byte[] {0, -1, 51, 102});
    assertThat(numbers(SampleSets.read(file, graph(floatInput(1, 2)), PLAIN), 0))
        .containsExactly(0, 1);
    Graph quantized =
        graph(new TensorType(ElementType.INT8, Shape.of(1, 2), new Quantization.PerTensor(1, 0)));
    assertThat(numbers(SampleSets.read(file, quantized, PLAIN), 1)).containsExactly(-77, -26);
    assertThat(
            numbers(
                SampleSets.read(
                    file, graph(floatInput(1, 2)), PLAIN.withScaling(Scaling.parse("51/2"))),
                1))
        .containsExactly(0, 25.5f);
  }

  @Test
  void channelsMoveWhenTheLayoutIsSaid() throws IOException {
    Path file = files.npy("x.npy", "<f4", "1, 3, 1, 2", SampleFiles.floats(1, 2, 10, 20, 100, 200));
    Graph last = graph(floatInput(1, 1, 2, 3));
    Path square = files.npy("y.npy", "<f4", "1, 3, 2, 2", SampleFiles.floats(new float[12]));
    assertThatThrownBy(() -> SampleSets.read(square, graph(floatInput(1, 2, 2, 3)), PLAIN))
        .hasMessageStartingWith("MOTE-4015")
        .hasMessageContaining("its samples are [3, 2, 2] (of an array [1, 3, 2, 2])");
    assertThat(numbers(SampleSets.read(file, last, PLAIN.withLayout(SampleOptions.Layout.NCHW)), 0))
        .containsExactly(1, 10, 100, 2, 20, 200);
  }

  @Test
  void aFileOfTextHasASampleOnEachLine() throws IOException {
    Path file = files.text("x.csv", "a,b,kind\n# comment\n1,2.5,cat\n3,4,ant\n5,6,cat\n");
    SampleSet set = SampleSets.read(file, graph(floatInput(1, 2)), PLAIN.withLabelColumn("kind"));
    assertThat(numbers(set, 1)).containsExactly(3, 4);
    assertThat(set.labels()).containsExactly(1, 0, 1);
    assertThat(set.classNames()).containsExactly("ant", "cat");
  }

  @Test
  void idxFilesBringTheirLabels() throws IOException {
    Path images = folder.resolve("train-images-idx3-ubyte.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(images))) {
      out.write(new byte[] {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, -1, 51, 0});
    }
    Files.write(
        folder.resolve("train-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 1, 0});
    Files.move(
        folder.resolve("train-labels-idx1-ubyte"), folder.resolve("train-labels-idx1-ubyte.gz"));
    SampleSet set = SampleSets.read(folder, graph(floatInput(1, 1, 2, 1)), PLAIN);
    assertThat(numbers(set, 0)).containsExactly(0, 1);
    assertThat(set.labels()).containsExactly(1, 0);
  }

  @Test
  void foldersAreClassesInOrder() throws IOException {
    files.image("cats/b.png", 2, 1, 0xffffff);
    files.image("cats/a.png", 2, 1, 0x000000);
    files.image("ants/sub/c.png", 2, 1, 0x333333);
    Files.writeString(folder.resolve("README"), "not a sample");
    SampleSet set = SampleSets.read(folder, graph(floatInput(1, 1, 2, 1)), PLAIN);
    assertThat(set.classNames()).containsExactly("ants", "cats");
    assertThat(set.labels()).containsExactly(0, 1, 1);
    assertThat(numbers(set, 0)).containsExactly(0.2f, 0.2f);
    assertThat(numbers(set, 1)).containsExactly(0, 0);
    SampleSet named =
        SampleSets.read(
            folder,
            graph(floatInput(1, 1, 2, 1)),
            PLAIN.withClasses(List.of("cats", "dogs", "ants")));
    assertThat(named.labels()).containsExactly(2, 0, 0);
  }

  @Test
  void numberedFoldersAreIndices() throws IOException {
    files.image("10/a.png", 1, 1, 0);
    files.image("2/b.png", 1, 1, 0);
    SampleSet set = SampleSets.read(folder, graph(floatInput(1, 1, 1, 1)), PLAIN);
    assertThat(set.labels()).containsExactly(2, 10);
  }

  @Test
  void channelsFirstModelsGetPlanes() throws IOException {
    files.image("a.png", 2, 1, 0x336699);
    SampleSet set =
        SampleSets.read(folder, graph(floatInput(1, 3, 1, 2)), PLAIN.withScaling(Scaling.RAW));
    assertThat(numbers(set, 0)).containsExactly(0x33, 0x33, 0x66, 0x66, 0x99, 0x99);
  }

  @Test
  void imagesAreResizedOnlyWhenAsked() throws IOException {
    files.image("a.png", 4, 4, 0x808080);
    Graph graph = graph(floatInput(1, 2, 3, 1));
    assertThatThrownBy(() -> SampleSets.read(folder, graph, PLAIN))
        .hasMessageContaining("the image is 4x4 pixels (width x height), the model takes 3x2");
    SampleSet set = SampleSets.read(folder, graph, PLAIN.withResize(true).withScaling(Scaling.RAW));
    assertThat(numbers(set, 0)).hasSize(6).containsOnly(128);
    assertThat(set.preparation()).contains("resized");
  }

  @Test
  void shrinkingIsAMeanAndGrowingInterpolates() {
    Geometry half = new Geometry(1, 2, 1, false);
    assertThat(Resizing.resize(new float[] {0, 0, 8, 8}, 1, 4, 1, half))
        .containsExactly(8 / 7f, 48 / 7f);
    Geometry twice = new Geometry(1, 4, 1, false);
    assertThat(Resizing.resize(new float[] {0, 8}, 1, 2, 1, twice)).containsExactly(0, 2, 6, 8);
    Geometry tall = new Geometry(4, 1, 2, false);
    assertThat(Resizing.resize(new float[] {0, 1, 8, 1}, 2, 1, 2, tall))
        .containsExactly(0, 1, 2, 1, 6, 1, 8, 1);
  }

  @Test
  void soundsAreCheckedNotChanged() throws IOException {
    files.sound("a/x.wav", 8000, 1, 4);
    files.sound("b/y.wav", 8000, 1, 4);
    SampleSet set = SampleSets.read(folder, graph(floatInput(1, 4)), PLAIN);
    assertThat(numbers(set, 0)).containsExactly(0, 0.5f, 0, 0.5f);
    assertThatThrownBy(
            () -> SampleSets.read(folder, graph(floatInput(1, 4)), PLAIN.withSampleRate(16000)))
        .hasMessageStartingWith("MOTE-1310")
        .hasMessageContaining("it has 8,000 samples per second, not 16,000");
    files.sound("b/z.wav", 8000, 2, 4);
    assertThatThrownBy(() -> SampleSets.read(folder, graph(floatInput(1, 4)), PLAIN))
        .hasMessageContaining("it has 2 channels");
  }

  @Test
  void aModelOfSeveralInputsTakesAnArrayForEach() throws IOException {
    files.npy("0.npy", "<f4", "2, 2", SampleFiles.floats(1, 2, 3, 4));
    files.npy("1.npy", "<f4", "2, 1", SampleFiles.floats(5, 6));
    Graph graph = graph(floatInput(1, 2), floatInput(1, 1));
    SampleSet set = SampleSets.read(folder, graph, PLAIN);
    assertThat(set.inputs().get(1).get(0).buffer().getFloat(0)).isEqualTo(3);
    assertThat(set.inputs().get(1).get(1).buffer().getFloat(0)).isEqualTo(6);
    files.npy("1.npy", "<f4", "3, 1", SampleFiles.floats(5, 6, 7));
    assertThatThrownBy(() -> SampleSets.read(folder, graph, PLAIN))
        .hasMessageContaining("it has 3 samples, 0.npy has 2");
  }

  @Test
  void fewSamplesAreSpreadOverTheClasses() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 90; i++) {
      lines.append(i).append(',').append(i < 80 ? 0 : 1).append('\n');
    }
    Path file = files.text("x.csv", lines.toString());
    SampleOptions options = PLAIN.withLabelColumn("2").withSamples(20, 7);
    SampleSet set = SampleSets.read(file, graph(floatInput(1, 1)), options);
    assertThat(set.labels()).hasSize(20).filteredOn(label -> label == 1).hasSize(10);
    assertThat(SampleSets.read(file, graph(floatInput(1, 1)), options).sha256())
        .isEqualTo(set.sha256());
    assertThat(SampleSets.read(file, graph(floatInput(1, 1)), options.withSamples(20, 8)).sha256())
        .isNotEqualTo(set.sha256());
  }

  @Test
  void labelsMayLieInAFileOfTheirOwn() throws IOException {
    Path data = files.npy("x.npy", "<f4", "3, 1", SampleFiles.floats(1, 2, 3));
    Path array =
        files.npy(
            "y.npy",
            "<i8",
            "3",
            new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0});
    Path words = files.text("y.txt", "b\na\nb\n");
    Graph graph = graph(floatInput(1, 1));
    assertThat(SampleSets.read(data, graph, PLAIN.withLabels(array)).labels())
        .containsExactly(0, 2, 1);
    assertThat(SampleSets.read(data, graph, PLAIN.withLabels(words)).labels())
        .containsExactly(1, 0, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | MOTE-1301 | it holds no samples",
        "'a,b\n' | MOTE-1301 | it holds no samples",
        "'1,2\n3\n' | MOTE-4015 | line 2 has 1 cells",
        "'1,2,3\n' | MOTE-4015 | --label-column",
        "'1,2\n3,x\n' | MOTE-4014 | line 2: 'x' is no number",
        "'1,2\n3,NaN\n' | MOTE-1306 | element 1 is NaN",
        "'1,Infinity\n' | MOTE-1306 | element 1 is Infinity",
      })
  void badTextIsRefused(String content, String code, String message) throws IOException {
    Path file = files.text("x.csv", content);
    assertRefused(file, graph(floatInput(1, 2)), PLAIN, code, message);
  }

  @Test
  void targetsOfARegressionAreNoClasses() throws IOException {
    Path file = files.text("x.csv", "1,2.5\n2,3\n");
    Graph graph = graph(floatInput(1, 1));
    SampleSet set = SampleSets.read(file, graph, PLAIN.withLabelColumn("2"));
    assertThat(set.isLabelled()).isFalse();
    assertThat(numbers(set, 1)).containsExactly(2);
    Path signs = files.text("y.csv", "1,-1\n2,1\n");
    assertRefused(signs, graph, PLAIN.withLabelColumn("2"), "MOTE-1307", "labels below 0");
  }

  @Test
  void badLabelsAreRefused() throws IOException {
    Path data = files.npy("x.npy", "<f4", "3, 1", SampleFiles.floats(1, 2, 3));
    Graph graph = graph(floatInput(1, 1));
    assertRefused(
        data,
        graph,
        PLAIN.withLabels(files.text("l.txt", "0\n1\n")),
        "MOTE-1307",
        "2 labels for 3");
    assertRefused(
        data,
        graph,
        PLAIN.withLabels(files.text("l.txt", "0\n1\n7\n")),
        "MOTE-1307",
        "it has 8 classes, the model has 3 scores");
    assertRefused(
        data,
        graph,
        PLAIN.withLabels(files.text("l.txt", "1\n1\n1\n")),
        "MOTE-1308",
        "all of the 3 samples are of one class");
    assertRefused(
        data,
        graph,
        PLAIN.withLabels(files.npy("l.npy", "<f4", "3", SampleFiles.floats(0, 0.5f, 1))),
        "MOTE-1307",
        "label 1 is 0.5, no index");
    assertRefused(
        data,
        graph,
        PLAIN.withLabels(files.text("l.txt", "a\nb\nz\n")).withClasses(List.of("a", "b")),
        "MOTE-1307",
        "'z' is none of the classes a, b");
  }

  @Test
  void badFoldersAreRefused() throws IOException {
    Graph graph = graph(floatInput(1, 1, 1, 1));
    assertRefused(folder, graph, PLAIN, "MOTE-1301", "it holds no samples");
    files.image("a/x.png", 1, 1, 0);
    assertRefused(folder, graph, PLAIN.withSamples(0, 1), "MOTE-1308", "class, 'a'", "a/y.png");
    files.image("b/x.png", 1, 1, 0);
    Path loop = Files.createSymbolicLink(folder.resolve("b/loop"), folder.resolve("b"));
    assertRefused(folder, graph, PLAIN, "MOTE-1304", "a link in it leads back");
    Files.delete(loop);
    files.image("stray.png", 1, 1, 0);
    assertRefused(folder, graph, PLAIN, "MOTE-1304", "it holds samples ('stray.png') and folders");
    Files.delete(folder.resolve("stray.png"));
    Files.write(folder.resolve("b/broken.png"), new byte[] {1, 2, 3});
    assertRefused(folder, graph, PLAIN, "MOTE-4014", "it is no image that can be read");
    Files.delete(folder.resolve("b/broken.png"));
    files.sound("b/x.wav", 8000, 1, 1);
    assertRefused(folder, graph, PLAIN, "MOTE-1304", "it is of another kind");
  }

  /// Every prefix of a good file, and every byte changed, ends in samples or in a diagnostic.
  @Test
  void brokenFilesEndInDiagnostics() throws IOException {
    Path npy = files.npy("x.npy", "<f4", "3, 2", SampleFiles.floats(1, 2, 3, 4, 5, 6));
    Path idx = folder.resolve("x.idx");
    Files.write(idx, new byte[] {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4});
    Path csv = files.text("x.csv", "a;b\n1;2\n3;4e3\n");
    Graph graph = graph(floatInput(1, 2));
    java.util.Random random = new java.util.Random(1);
    for (Path file : List.of(npy, idx, csv)) {
      byte[] good = Files.readAllBytes(file);
      for (int length = 0; length < good.length; length++) {
        endsWell(file, graph, Arrays.copyOf(good, length));
      }
      for (int round = 0; round < 1500; round++) {
        byte[] bad = good.clone();
        for (int change = random.nextInt(3); change >= 0; change--) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
        }
        endsWell(file, graph, bad);
      }
    }
  }

  private static void endsWell(Path file, Graph graph, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try {
      assertThat(SampleSets.read(file, graph, PLAIN).size()).isPositive();
      Labels.read(file, List.of());
    } catch (DiagnosticException e) {
      assertThat(e.getMessage()).contains("MOTE-", "Fix: ");
    }
  }

  private void assertRefused(
      Path file, Graph graph, SampleOptions options, String code, String message, String... more)
      throws IOException {
    for (String image : more) {
      files.image(image, 1, 1, 0);
    }
    assertThatThrownBy(() -> SampleSets.read(file, graph, options))
        .isInstanceOf(DiagnosticException.class)
        .hasMessageStartingWith(code)
        .hasMessageContaining(message);
  }

  private static TensorType floatInput(int... dims) {
    return TensorType.plain(ElementType.FLOAT32, Shape.of(dims));
  }

  /// A graph of these inputs and three scores.
  private static Graph graph(TensorType... inputs) {
    Map<String, Tensor> tensors = new java.util.LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (TensorType input : inputs) {
      String name = "in" + names.size();
      names.add(name);
      tensors.put(name, Tensor.activation(name, input));
    }
    int scores = inputs[0].shape().equals(Shape.of(1, 1, 1, 1)) ? 1 : 3;
    tensors.put("out", Tensor.activation("out", floatInput(1, scores)));
    return new Graph("g", tensors, List.of(), names, List.of("out"), List.of(), List.of());
  }

  private static float[] numbers(SampleSet set, int sample) {
    Blob blob = set.inputs().get(sample).getFirst();
    float[] numbers = new float[blob.size() / Float.BYTES];
    blob.buffer().asFloatBuffer().get(numbers);
    return numbers;
  }
}
