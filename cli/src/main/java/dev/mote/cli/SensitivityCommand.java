package dev.mote.cli;

import dev.mote.builder.page.SensitivityPage;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.optimizer.calibrate.Activations;
import dev.mote.optimizer.calibrate.Calibrator;
import dev.mote.optimizer.calibrate.RangeMethod;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.sensitivity.Sensitivity;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sensitivity",
    description = {
      "Shows which layers of a float model bear few bits.",
      "Quantizes each layer with weights by itself, all others float, and measures what that costs"
          + " at the layer's output and at the model's."
    })
final class SensitivityCommand implements Callable<Integer> {

  private static final int STANDARD_SAMPLES = 500;

  private final Console console;

  @Parameters(paramLabel = "MODEL", description = "Float model file.")
  private Path file = Path.of("");

  @Option(
      names = "--formats",
      paramLabel = "FORMAT",
      split = ",",
      defaultValue = "int8,int4,int2",
      description =
          "int8; int4 and int2, weights of so many bits; 16x8, activations of 16 bits"
              + " (default: ${DEFAULT-VALUE}).")
  private List<String> formats = new ArrayList<>();

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page that draws it.")
  private @Nullable Path html;

  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ModelOptions modelOptions = new ModelOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  SensitivityCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<LayerFormat> wanted = formats.stream().map(SensitivityCommand::format).toList();
    Graph prepared = Quantizer.prepare(modelOptions.read(file));
    SampleSet samples = data.read(prepared, STANDARD_SAMPLES);
    Calibration ranges =
        new Calibrator(RangeMethod.MIN_MAX, QuantizationScheme.INT8)
            .calibrate(Activations.of(prepared, samples));
    Sensitivity result;
    try (Progress progress = console.progress("sensitivity", Sensitivity.runs(prepared, wanted))) {
      result = Sensitivity.measure(prepared, ranges, samples, wanted, progress::step);
    }
    SensitivityReport report = new SensitivityReport(prepared.name(), samples, result);
    if (common.json) {
      console.printJson(report.json());
    } else {
      report.print(console);
    }
    if (html != null) {
      Output.write(html, SensitivityPage.html(report.page()));
      console.say("wrote " + html);
    }
    return Mote.OK;
  }

  private static LayerFormat format(String name) {
    return SensitivityReport.FORMATS.entrySet().stream()
        .filter(entry -> entry.getValue().equals(name.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new DiagnosticException(
                    Diagnostic.user(
                        CliCodes.UNKNOWN_FORMAT,
                        "--formats " + name,
                        "there is no such format of layers",
                        "name some of: "
                            + String.join(", ", SensitivityReport.FORMATS.values())
                            + ".")))
        .getKey();
  }
}
