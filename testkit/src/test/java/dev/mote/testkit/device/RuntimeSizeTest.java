package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What the device runtime takes is what its documentation says, and within its limits.
class RuntimeSizeTest {

  private static final int CODE = 6 * 1024;
  private static final int RAM = 1024;

  @Test
  void theSmallestLoaderIsWithinItsLimits() throws IOException, InterruptedException {
    Path root = Path.of(System.getProperty("mote.root", "..")).toAbsolutePath().normalize();
    Process process =
        new ProcessBuilder(root.resolve("scripts/runtime-size").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String table = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();

    assertThat(Files.readString(root.resolve("device/runtime/README.md")))
        .as("run 'scripts/runtime-size device/runtime/README.md'")
        .contains(table.strip());
    assertThat(firstFigure(table, "**loader")).isLessThanOrEqualTo(CODE);
    assertThat(firstFigure(table, "together")).isLessThanOrEqualTo(RAM);
  }

  private static int firstFigure(String table, String row) {
    String line = table.lines().filter(l -> l.startsWith("| " + row)).findFirst().orElseThrow();
    return Integer.parseInt(Arrays.asList(line.split("\\|")).get(2).strip().replace(",", ""));
  }
}
