package dev.mote.pluginhost.check;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.plugin.Payload;
import dev.mote.pluginhost.PluginCodes;
import dev.mote.pluginhost.process.Limits;
import dev.mote.pluginhost.process.LineProcess;
import dev.mote.pluginhost.process.LineProcess.Event;
import dev.mote.pluginhost.process.WorkFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Compiles C sources with this machine's compiler and runs them, both in a sandbox.
public final class CSourcesRunner implements PayloadRunner {

  private static final Path COMPILER = Path.of("/usr/bin/gcc");
  private static final int GUARD = 0xa5;
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private static final String HARNESS =
      """
      #include <stdint.h>
      #include <stdio.h>
      #include <string.h>

      #include "{entry}.h"

      static uint8_t arena[{arena} + 64] __attribute__((aligned({alignment})));
      static const size_t inputs[][2] = {{inputs}};
      static const size_t outputs[][2] = {{outputs}};

      int main(void) {
        FILE *in = fopen("in/cases", "rb");
        FILE *out = fopen("out/results", "wb");
        if (!in || !out) {
          return 20;
        }
        for (int c = 0; c < {cases}; c++) {
          memset(arena, {guard}, sizeof arena);
          if ({entry}_init(arena, {arena}) != 0) {
            return 21;
          }
          for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
            if (fread(arena + inputs[i][0], 1, inputs[i][1], in) != inputs[i][1]) {
              return 22;
            }
          }
          if ({entry}_invoke(arena) != 0) {
            return 23;
          }
          for (size_t i = 0; i < 64; i++) {
            if (arena[{arena} + i] != {guard}) {
              return 24;
            }
          }
          for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
            if (fwrite(arena + outputs[i][0], 1, outputs[i][1], out) != outputs[i][1]) {
              return 25;
            }
          }
        }
        return fclose(out) == 0 ? 0 : 25;
      }
      """;

  private static final Map<Integer, String> STATUS =
      Map.of(
          21, "its init fails",
          23, "its invoke fails",
          24, "it writes behind its arena");

  private final Limits limits;

  public CSourcesRunner() {
    this(LONGEST);
  }

  /// @param longest time of a compilation, and of all runs of a model together
  CSourcesRunner(Duration longest) {
    this.limits = Limits.STANDARD.withTime(longest);
  }

  @Override
  public Optional<String> declines(Payload payload) {
    if (payload.kind() != Payload.Kind.C_SOURCES) {
      return Optional.of("it is no C");
    }
    if (!payload.requires().architecture().equals(Payload.Requirements.ANY)) {
      return Optional.of("it is C for " + payload.requires().architecture());
    }
    if (payload.memory().isEmpty()) {
      return Optional.of("it does not say where its inputs and outputs lie");
    }
    return Files.isExecutable(COMPILER)
        ? Optional.empty()
        : Optional.of("there is no " + COMPILER + " to compile it");
  }

  @Override
  public List<List<Blob>> run(Payload payload, Graph graph, List<List<Blob>> inputs) {
    Payload.Memory memory = payload.memory().orElseThrow();
    try (WorkFolder folder = WorkFolder.create()) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  COMPILER.toString(),
                  "-std=c99",
                  "-O1",
                  "-ffp-contract=off",
                  "-Iin",
                  "-o",
                  "run"));
      payload.files().forEach((name, bytes) -> folder.put("in/" + name, bytes.toByteArray()));
      payload.files().keySet().stream()
          .filter(name -> name.endsWith(".c"))
          .forEach(name -> command.add("in/" + name));
      folder.put("harness.c", harness(payload, memory, graph, inputs.size()));
      command.addAll(List.of("harness.c", "-lm"));
      run(folder, command, graph, "it does not compile");
      ByteArrayOutputStream cases = new ByteArrayOutputStream();
      inputs.forEach(set -> set.forEach(input -> cases.writeBytes(input.toByteArray())));
      folder.put("in/cases", cases.toByteArray());
      run(folder, List.of("./run"), graph, "it does not run");
      return outputs(folder, graph, inputs.size());
    }
  }

  private static byte[] harness(Payload payload, Payload.Memory memory, Graph graph, int cases) {
    String entry = payload.entry().orElseThrow();
    if (!entry.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw problem(graph, "'" + entry + "' cannot start the names of C functions");
    }
    return HARNESS
        .replace("{entry}", entry)
        .replace("{arena}", String.valueOf(memory.arenaBytes()))
        .replace("{alignment}", String.valueOf(memory.alignment()))
        .replace("{cases}", String.valueOf(cases))
        .replace("{guard}", String.valueOf(GUARD))
        .replace("{inputs}", places(graph, graph.inputs(), memory.inputOffsets()))
        .replace("{outputs}", places(graph, graph.outputs(), memory.outputOffsets()))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String places(Graph graph, List<String> names, List<Integer> offsets) {
    return IntStream.range(0, names.size())
        .mapToObj(i -> "{%d, %d}".formatted(offsets.get(i), bytes(graph, names.get(i))))
        .collect(Collectors.joining(", "));
  }

  private static long bytes(Graph graph, String name) {
    return graph.tensor(name).type().bytes();
  }

  private static List<List<Blob>> outputs(WorkFolder folder, Graph graph, int cases) {
    long each = graph.outputs().stream().mapToLong(name -> bytes(graph, name)).sum();
    ByteBuffer results =
        ByteBuffer.wrap(
            folder
                .taken("results", Math.toIntExact(each * cases))
                .orElseThrow(() -> problem(graph, "it did not write all outputs")));
    List<List<Blob>> outputs = new ArrayList<>();
    for (int i = 0; i < cases; i++) {
      List<Blob> set = new ArrayList<>();
      for (String name : graph.outputs()) {
        byte[] output = new byte[Math.toIntExact(bytes(graph, name))];
        results.get(output);
        set.add(Blob.of(output));
      }
      outputs.add(set);
    }
    return outputs;
  }

  private void run(WorkFolder folder, List<String> command, Graph graph, String otherwise) {
    long deadline = System.nanoTime() + limits.time().toNanos();
    try (LineProcess process = LineProcess.start(folder.root(), command, limits)) {
      process.sendEnd();
      Event event = process.next(limits.time());
      while (event instanceof Event.Line && System.nanoTime() < deadline) {
        event = process.next(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      }
      int status = process.end(Duration.ofSeconds(2));
      if (status != 0) {
        throw problem(
            graph,
            otherwise
                + ": "
                + STATUS.getOrDefault(status, "status " + status)
                + " "
                + process.complaint());
      }
    } catch (IOException e) {
      throw problem(graph, otherwise + ": " + e.getMessage());
    }
  }

  private static DiagnosticException problem(Graph graph, String what) {
    return new DiagnosticException(
        Diagnostic.resource(
            PluginCodes.WRONG_MODULE,
            "C sources of " + graph.name(),
            what.strip(),
            "report it to the plugin's vendor."));
  }
}
