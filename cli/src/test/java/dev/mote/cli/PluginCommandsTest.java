package dev.mote.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginCommandsTest {

  /// A dense layer that the example in Python compiles as well.
  private static final String DENSE =
      """
      graph "dense" {
        tensor "x" int8 [1x4] scale 0.5 zero 0
        tensor "w" int8 [3x4] scales 0 [0.25 0.25 0.25] = hex "040000000004000000000404"
        tensor "y" int8 [1x3] scale 0.25 zero 0
        input "x"
        output "y"
        node "dense" FullyConnected(activation: NONE) "x" "w" -> "y"
      }
      """;

  private static final String EXAMPLE =
      Path.of(System.getProperty("mote.root", ".."), "examples/dense-compiler/dense_compiler.py")
          .toAbsolutePath()
          .toString();

  @TempDir private Path folder;

  @Test
  void compilersAreListedAndDescribed() throws IOException {
    Run list = Run.of("plugin", "list", "--plugin", EXAMPLE, "--json");
    Run described = Run.of("plugin", "describe", EXAMPLE);

    assertThat(list.exitCode()).isZero();
    assertThat(list.jsonArray()).extracting("name").contains("mote-c", "dense-c");
    assertThat(described.out())
        .contains("dense-c 1.0: ", "parameter  unroll: integer of [1, 2, 4], default 1");
  }

  @Test
  void aPluginThatCannotBeUsedIsSaidAndTheOthersListed() {
    Run list = Run.of("plugin", "list", "--plugin", folder.resolve("nowhere").toString());

    assertThat(list.exitCode()).isZero();
    assertThat(list.out()).contains("mote-c");
    assertThat(list.err()).contains("MOTE-700", "nowhere");
  }

  @Test
  void anExecutableCompilesByItsPath() throws IOException {
    Path model = Run.write(folder, "dense", DENSE);

    Run run =
        Run.of(
            "compile",
            model.toString(),
            "--compiler",
            EXAMPLE,
            "--parameter",
            "unroll=2",
            "-o",
            folder.toString(),
            "--json");

    assertThat(run.err()).isEmpty();
    assertThat(run.jsonObject())
        .containsEntry("compiler", "dense-c")
        .containsEntry("kind", "c-sources")
        .containsEntry("entry", "dense")
        .containsEntry("arenaBytes", 8);
    assertThat(Files.readString(folder.resolve("dense.c"))).contains("i += 2");
    assertThat(folder.resolve("dense.h")).exists();
  }

  @Test
  void theBestIsChosenAndExplained() throws IOException {
    Path model = Run.write(folder, "dense", DENSE);

    Run run =
        Run.of(
            "compile",
            model.toString(),
            "--compiler=auto",
            "--policy",
            "vendor:examples.mote.dev",
            "--payload",
            "c-sources",
            "--plugin",
            EXAMPLE,
            "-t",
            "nrf52840",
            "--parameter",
            "dense-c:unroll=4",
            "--explain",
            "-o",
            folder.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "compilers can serve; the order is by the policy 'vendor:examples.mote.dev'.",
            "1. dense-c: ",
            "2. mote-c: ",
            "dense-c is chosen: it is of the vendor that is preferred.",
            "dense.c for nrf52840, by dense-c 1.0 (c-sources)");
    assertThat(Files.readString(folder.resolve("dense.c"))).contains("i += 4");
  }

  @Test
  void theChoiceStandsInTheJson() throws IOException {
    Path model = Run.write(folder, "dense", DENSE);

    Run run =
        Run.of(
            "compile",
            model.toString(),
            "--compiler=auto",
            "-t",
            "nrf52840",
            "--json",
            "-o",
            folder.toString());

    assertThat(run.jsonObject()).containsEntry("compiler", "mote-c").containsKey("choice");
    assertThat((Map<?, ?>) run.jsonObject().get("choice"))
        .extracting("policy")
        .isEqualTo("fastest");
  }

  @Test
  void aPluginsModuleIsPackedAndNamesItsCompiler() throws IOException {
    Path model = Run.write(folder, "dense", DENSE);
    Path module = folder.resolve("dense.mote");

    Run build =
        Run.of(
            "module",
            "build",
            model.toString(),
            "--compiler",
            EXAMPLE,
            "--parameter",
            "unroll=2",
            "-o",
            module.toString());
    Run inspect = Run.of("module", "inspect", module.toString(), "--json");
    Run unpack =
        Run.of("module", "unpack", module.toString(), "-o", folder.resolve("u").toString());

    assertThat(build.err()).isEmpty();
    assertThat(inspect.out()).contains("dense-c", "parameter.unroll", "c-sources");
    assertThat(unpack.err()).isEmpty();
    try (var files = Files.walk(folder.resolve("u"))) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .contains("dense.h", "dense.c");
    }
  }

  @Test
  void whatNoCompilerCanServeIsRefusedWithEveryReason() throws IOException {
    Path model = Run.write(folder, "dense", DENSE);

    Run run =
        Run.of("compile", model.toString(), "--compiler=auto", "--max-ram", "1", "-o", "" + folder);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("MOTE-3004", "MOTE-7010 --compiler auto: none of ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--compiler nobody                        | 1 | MOTE-7001 compiler 'nobody'",
        "--compiler ./nobody                      | 1 | MOTE-700",
        "--compiler mote-c --parameter rows=1     | 1 | MOTE-7007 parameters of compiler 'mote-c'",
        "--compiler mote-c --explain              | 2 | go with --compiler auto",
        "--compiler mote-c --size                 | 2 | go without --compiler",
        "--policy fastest                         | 2 | go with --compiler",
        "--compiler auto --policy cheapest        | 2 | none of fastest, smallest",
        "--compiler mote-c --payload native      | 2 | --payload goes with --compiler auto",
        "--compiler auto --payload firmware       | 2 | none of native, c-sources",
        "--compiler auto --parameter x=1          | 2 | write COMPILER:NAME=VALUE",
        "--compiler mote-c --fact A=1             | 2 | --fact A: names are of",
      })
  void wrongUseIsExplained(String options, int exitCode, String message) throws IOException {
    Path model = Run.write(folder, "dense", DENSE);
    List<String> arguments = new ArrayList<>(List.of("compile", model.toString()));
    arguments.addAll(List.of(options.split(" ")));

    Run run = Run.of(arguments.toArray(String[]::new));

    assertThat(run.err()).contains(message);
    assertThat(run.exitCode()).isEqualTo(exitCode);
  }
}
