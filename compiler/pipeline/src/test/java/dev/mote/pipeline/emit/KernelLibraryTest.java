package dev.mote.pipeline.emit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLibraryTest {

  /// A model can use any of them together, so that no two may define the same name.
  @Test
  void allPortableKernelsCompileTogetherWithoutAWarning(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path kernels = Path.of(System.getProperty("mote.root", "../..")).resolve("device/kernels");
    List<String> names;
    try (Stream<Path> files = Files.list(kernels.resolve("portable"))) {
      names =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".c"))
              .map(name -> "portable/" + name.replace(".c", ""))
              .toList();
    }
    KernelLibrary library = new KernelLibrary(names);
    StringBuilder unit = new StringBuilder("#include <string.h>\n");
    library.systemHeaders().forEach(header -> unit.append("#include <" + header + ">\n"));
    Path source = folder.resolve("all.c");
    Files.writeString(source, unit.append(library.text()));
    Process gcc =
        new ProcessBuilder(
                "gcc",
                "-std=c99",
                "-fsyntax-only",
                "-Wall",
                "-Wextra",
                "-Wconversion",
                "-Wpedantic",
                "-Werror",
                source.toString())
            .redirectErrorStream(true)
            .start();
    String complaints = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    gcc.waitFor();
    assertThat(complaints).isEmpty();
  }
}
