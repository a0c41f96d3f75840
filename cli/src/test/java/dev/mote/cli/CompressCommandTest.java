package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressCommandTest {

  @TempDir private Path folder;
  private String classifier;

  private static final String FLOATS =
      Path.of(System.getProperty("mote.root", ".."))
          .resolve("examples/fashion-mnist/fashion_mnist_float.tflite")
          .toString();

  @BeforeEach
  void writeModel() throws IOException {
    classifier = Run.write(folder, "classifier", Run.CLASSIFIER).toString();
  }

  @Test
  void aTableShowsEachLayerBeforeAndAfter() {
    Run run = Run.of("compress", FLOATS, "--channels", "0.5", "--prune", "0.5");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("parameters            60,874 -> 15,466  (25.4%)")
        .contains("multiply-accumulates  3,726,208 -> 959,936  (25.8%)")
        .contains("FullyConnected");
  }

  @Test
  void theResultIsWrittenAndCanBeRead() throws IOException {
    String to = folder.resolve("small.tflite").toString();
    Run run =
        Run.of(
            "compress", FLOATS, "--low-rank", "ratio=0.5", "--clusters", "16", "-o", to, "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Map<String, Object> json = run.jsonObject();
    assertThat(json.get("methods")).isEqualTo(List.of("low rank ratio=0.5", "clusters 16"));
    Run inspect = Run.of("inspect", to);
    assertThat(inspect.exitCode()).isZero();
    Map<?, ?> after = (Map<?, ?>) Objects.requireNonNull(json.get("after"));
    Run again = Run.of("compress", to, "--clusters", "16", "--json");
    // The file gives the first factors, which have no bias, one of zeros: parameters differ by
    // that.
    Map<?, ?> read = (Map<?, ?>) Objects.requireNonNull(again.jsonObject().get("after"));
    assertThat(read.get("macs")).isEqualTo(after.get("macs"));
    assertThat(read.get("entropyBytes")).isEqualTo(after.get("entropyBytes"));
  }

  @Test
  void integerModelsKeepTheirBytesAndLoseTheirVariety() {
    // each of the three rows has a 4 and zeros: two values already
    Run run = Run.of("compress", classifier, "--clusters", "2", "-o", folder + "/c.tflite");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("bytes                 12 -> 12  (100.0%)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--channels|half|MOTE-2225",
        "--channels|0.5,0.25|MOTE-2225",
        "--channels|1|MOTE-2221",
        "--channels|0.5,nowhere=0.25|MOTE-2222",
        "--low-rank|0.5|MOTE-2225",
        "--low-rank|energy=2|MOTE-2221",
        "--low-rank|rank=x|MOTE-2225",
        "--groups|0.5:x|MOTE-2225",
        "--groups|3of2|MOTE-2221",
        "--clusters|1|MOTE-2221",
        "--clusters|16.5|MOTE-2225",
        "--prune|NaN|MOTE-2221",
        "--entropy|-1|MOTE-2221",
      })
  void mistakesHaveCodes(String option, String value, String code) {
    Run run = Run.of("compress", FLOATS, option, value);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith(code + " ");
  }

  @Test
  void withoutAMethodThereIsNothingToDo() {
    Run run = Run.of("compress", classifier);
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith("MOTE-2223 " + classifier + ": no method is asked for");
  }

  @Test
  void otherOptionsOfDataNeedData() {
    Run run = Run.of("compress", classifier, "--clusters", "2", "--samples", "5");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--data");
  }
}
