package dev.mote.cli;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.plugin.ModelWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "convert",
    description = {
      "Writes a model in another format.",
      "The suffix of the output says in which: .tflite, or .onnx (quantized layers as QDQ)."
    })
final class ConvertCommand implements Callable<Integer> {

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "The model file.")
  private Path model = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "File to write.")
  private Path output = Path.of("");

  @Mixin private ModelOptions modelOptions = new ModelOptions();

  @Mixin private CommonOptions common = new CommonOptions();

  ConvertCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModelWriter writer = writer(output);
    Graph graph = modelOptions.read(model);
    Blob file =
        switch (writer.write(graph)) {
          case ModelWriter.Result.Written(Blob bytes) -> bytes;
          case ModelWriter.Result.Refused(List<Diagnostic> problems) ->
              throw new DiagnosticException(problems);
        };
    Output.write(output, file.toByteArray());
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", output.toString());
      json.put("format", writer.format());
      json.put("bytes", file.size());
      json.put("sha256", file.sha256());
      json.put("nodes", graph.nodes().size());
      console.printJson(json);
    } else {
      console.print(
          "wrote %s: %s, %,d bytes from %,d nodes"
              .formatted(output, writer.format(), file.size(), graph.nodes().size()));
    }
    return Mote.OK;
  }

  /// The writer of the format that `file` is named after.
  ///
  /// @throws DiagnosticException when no writer has such a suffix
  static ModelWriter writer(Path file) {
    List<ModelWriter> writers =
        ServiceLoader.load(ModelWriter.class).stream().map(ServiceLoader.Provider::get).toList();
    String name = file.toString().toLowerCase(Locale.ROOT);
    return writers.stream()
        .filter(writer -> name.endsWith(writer.suffix()))
        .findFirst()
        .orElseThrow(
            () ->
                new DiagnosticException(
                    Diagnostic.user(
                        CliCodes.UNKNOWN_SUFFIX,
                        file.toString(),
                        "no model format that Mote writes has files with such a name",
                        "let the name end with %s."
                            .formatted(
                                writers.stream()
                                    .map(ModelWriter::suffix)
                                    .sorted()
                                    .collect(Collectors.joining(" or "))))));
  }
}
