package dev.mote.testkit.representative;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.Blob;
import dev.mote.pipeline.CompiledModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Emitted C on the host under the sanitizers of addresses and undefined behaviour, all warnings
/// errors.
///
/// @param folder where files go
record SanitizedRun(Path folder) {

  /// The first output for one input of int8, as numbers.
  String output(String compiler, CompiledModel model, Blob input)
      throws IOException, InterruptedException {
    String name = model.symbol();
    Files.writeString(folder.resolve(name + ".h"), model.header());
    Files.writeString(folder.resolve(name + ".c"), model.source());
    Files.writeString(folder.resolve("main.c"), main(name, input));
    run(
        compiler,
        "-std=c99",
        "-O1",
        "-Wall",
        "-Wextra",
        "-Wconversion",
        "-Wpedantic",
        "-Werror",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "-o",
        name,
        "main.c",
        name + ".c");
    return run("./" + name).strip();
  }

  /// `bytes` as [#output] prints them.
  static String numbers(Blob bytes) {
    List<String> numbers = new ArrayList<>();
    for (byte value : bytes.toByteArray()) {
      numbers.add(Byte.toString(value));
    }
    return String.join(" ", numbers);
  }

  private static String main(String name, Blob input) {
    byte[] bytes = input.toByteArray();
    String values =
        IntStream.range(0, bytes.length)
            .mapToObj(i -> Byte.toString(bytes[i]))
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
    return """
    #include <stdio.h>
    #include <string.h>
    #include "NAME.h"
    static const int8_t input[] = {VALUES};
    static uint8_t arena[UPPER_ARENA_BYTES] __attribute__((aligned(UPPER_ARENA_ALIGN)));
    int main(void) {
      (void)NAME_init(arena, sizeof(arena));
      memcpy(NAME_input_0(arena), input, sizeof(input));
      (void)NAME_invoke(arena);
      for (unsigned i = 0; i < UPPER_OUTPUT_0_LENGTH; ++i) {
        printf("%d ", NAME_output_0(arena)[i]);
      }
      return 0;
    }
    """
        .replace("VALUES", values)
        .replace("UPPER", name.toUpperCase(Locale.ROOT))
        .replace("NAME", name);
  }

  private String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }
}
