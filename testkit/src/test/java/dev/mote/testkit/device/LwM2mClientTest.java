package dev.mote.testkit.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client of `device/lwm2m` on its own, under the sanitizers: `device/test/lwm2m` plays the
/// server, and a hostile network.
class LwM2mClientTest {

  private static final int PACKETS = 20_000;

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "clang-19"})
  void codecsBlocksRepetitionsAndHostilePackets(String compiler, @TempDir Path folder)
      throws Exception {
    Path program = folder.resolve("lwm2m-test");
    List<String> command = new ArrayList<>(List.of(compiler, "-std=c99"));
    command.addAll(List.of("-O1", "-g", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic"));
    command.addAll(List.of("-Werror", "-fsanitize=address,undefined"));
    command.addAll(List.of("-fno-sanitize-recover=all", RuntimeProgram.includes()));
    command.addAll(List.of("-o", program.toString()));
    command.addAll(RuntimeProgram.sources("lwm2m", "runtime", "test/lwm2m"));
    RuntimeProgram.run(command);
    for (int seed = 1; seed <= 3; seed++) {
      assertThat(
              RuntimeProgram.run(
                  List.of(program.toString(), String.valueOf(seed), String.valueOf(PACKETS))))
          .isEqualTo("all held\n");
    }
  }
}
