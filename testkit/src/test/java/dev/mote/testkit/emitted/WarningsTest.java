package dev.mote.testkit.emitted;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The emitted C compiles without a warning by gcc and clang, cross and native.
class WarningsTest {

  private static final Path GOLDEN =
      Path.of(System.getProperty("mote.root", ".."), "compiler/pipeline/src/test/resources/golden");

  private static final List<String> WARNINGS =
      List.of(
          "-std=c99",
          "-O2",
          "-Wall",
          "-Wextra",
          "-Wconversion",
          "-Wpedantic",
          "-Werror",
          "-DRESIDUAL_OBSERVE");

  /// A golden model and the compiler that must accept it.
  record Row(String golden, List<String> compiler) {
    @Override
    public String toString() {
      return golden + " by " + String.join(" ", compiler);
    }
  }

  static Stream<Row> compilers() {
    List<String> newlib = List.of("-isystem", "/usr/lib/arm-none-eabi/include");
    return Stream.of(
        new Row("cortex-m4", List.of("arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb")),
        new Row("cortex-m4", List.of("arm-none-eabi-gcc", "-mcpu=cortex-m7", "-mthumb", "-Os")),
        new Row(
            "cortex-m4",
            join(List.of("clang-19", "--target=thumbv7em-none-eabi", "-mcpu=cortex-m4"), newlib)),
        new Row("cortex-m0plus", List.of("arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb")),
        new Row(
            "cortex-m0plus",
            join(
                List.of("clang-19", "--target=thumbv6m-none-eabi", "-mcpu=cortex-m0plus"), newlib)),
        // Its assembly is for another processor; what is C is checked.
        new Row("cortex-m0plus", List.of("gcc", "-fsyntax-only")),
        new Row("cortex-m0plus", List.of("clang-19", "-fsyntax-only")));
  }

  private static List<String> join(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  @ParameterizedTest
  @MethodSource("compilers")
  void noCompilerWarns(Row row) throws IOException, InterruptedException {
    List<String> command = join(row.compiler(), WARNINGS);
    Path source = GOLDEN.resolve(row.golden()).resolve("residual.c");
    command.addAll(List.of("-c", source.toString(), "-o", "/dev/null"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
  }

  @ParameterizedTest
  @MethodSource("standards")
  void cPlusPlusReadsTheHeader(String standard) throws IOException, InterruptedException {
    Path header = GOLDEN.resolve("cortex-m4").resolve("residual.h");
    Process process =
        new ProcessBuilder(
                "g++",
                "-std=" + standard,
                "-Wall",
                "-Wextra",
                "-Wpedantic",
                "-Werror",
                "-fsyntax-only",
                "-x",
                "c++",
                header.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
  }

  static Stream<String> standards() {
    return Stream.of("c++11", "c++20");
  }
}
