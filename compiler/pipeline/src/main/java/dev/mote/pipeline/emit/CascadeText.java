package dev.mote.pipeline.emit;

import static java.util.stream.Collectors.joining;

import dev.mote.ir.TensorType;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.cascade.Cascade.Home;
import dev.mote.pipeline.cascade.Cascade.Lines;
import dev.mote.pipeline.cascade.Cascade.Reading;
import dev.mote.pipeline.cascade.Cascade.Stage;
import dev.mote.pipeline.cascade.Strips;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.plan.LoweredStep;
import dev.mote.pipeline.plan.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The C text of a chain of layers that run row by row: a function for a row of each, and the
/// tables that `cascade.c` runs them by.
final class CascadeText {

  private static final String DRIVER = "portable/cascade";
  private static final String PATCH_DRIVER = "portable/cascade_patches";

  private final Layout layout;
  private final ConstantPool pool;
  private final int step;
  private final List<String> readings = new ArrayList<>();

  CascadeText(Layout layout, ConstantPool pool, int step) {
    this.layout = layout;
    this.pool = pool;
    this.step = step;
  }

  /// The kernel files that `steps` need.
  static List<String> kernels(List<LoweredStep> steps) {
    List<String> kernels = new ArrayList<>();
    for (LoweredStep step : steps) {
      step.calls().stream().map(KernelCall::kernel).forEach(kernels::add);
      if (step instanceof LoweredStep.Rows) {
        kernels.add(hasPatches(steps) ? PATCH_DRIVER : DRIVER);
      }
    }
    return kernels;
  }

  private static boolean hasPatches(List<LoweredStep> steps) {
    return steps.stream()
        .anyMatch(step -> step instanceof LoweredStep.Rows(Cascade c) && c.strips().count() > 1);
  }

  String text(Cascade cascade) {
    // Writes down the readings as well.
    String stages =
        cascade.stages().stream()
            .map(stage -> "    " + stage(cascade, stage))
            .collect(joining(",\n"));
    String tables =
        CTemplates.CASCADE.fill(
            Map.ofEntries(
                Map.entry("symbol", layout.symbol()),
                Map.entry("index", Integer.toString(step)),
                Map.entry(
                    "rows",
                    IntStream.range(0, cascade.stages().size())
                        .mapToObj(i -> row(cascade.stages().get(i), i))
                        .collect(joining("\n"))),
                Map.entry(
                    "lines",
                    IntStream.range(0, cascade.lines().size())
                        .mapToObj(i -> "    " + lines(cascade, i))
                        .collect(joining(",\n"))),
                Map.entry("readings", String.join(",\n", readings)),
                Map.entry("stages", stages),
                Map.entry("line_count", Integer.toString(cascade.lines().size())),
                Map.entry("stage_count", Integer.toString(cascade.stages().size())),
                Map.entry("pushed", Integer.toString(cascade.pushed())),
                Map.entry("patches", patches(cascade)),
                Map.entry("state", Integer.toString(work(Workload.STATE)))));
    if (cascade.streamed()) {
      return tables;
    }
    Lines pushed = cascade.lines().get(cascade.pushed());
    return tables
        + "\n"
        + CTemplates.CASCADE_LAYER.fill(
            Map.of(
                "index",
                Integer.toString(step),
                "what",
                CLiteral.comment(layout.steps().get(step).name()) + ", row by row",
                "symbol",
                layout.symbol(),
                "input",
                Integer.toString(layout.tensorOffsets().getOrDefault(pushed.tensor(), 0))));
  }

  private String row(Stage stage, int number) {
    return CTemplates.STAGE.fill(
        Map.of(
            "index",
            Integer.toString(step),
            "stage",
            Integer.toString(number),
            "what",
            CLiteral.comment(CallText.describe(layout.graph(), stage.node())),
            "symbol",
            layout.symbol(),
            "statements",
            new CallText(layout, pool, step, number).row(stage)));
  }

  private String stage(Cascade cascade, Stage stage) {
    int first = readings.size();
    for (Reading r : stage.readings()) {
      readings.add(
          "    {.start = %d, .stride = %d, .rows = %d, .lines = %d%s}"
              .formatted(
                  r.start(),
                  r.stride(),
                  r.rows(),
                  r.lines(),
                  r.skip() == 0 ? "" : ", .skip = " + r.skip()));
    }
    return """
        {.make_row = %1$s_layer_%2$d_row_%3$d, .readings = %1$s_layer_%2$d_readings + %4$d, \
        .reading_count = %5$d, .output = %6$d, .collects = %7$d, .runs = %8$d}"""
        .formatted(
            layout.symbol(),
            step,
            cascade.stages().indexOf(stage),
            first,
            stage.readings().size(),
            stage.output(),
            stage.collects() ? 1 : 0,
            stage.runs());
  }

  private String lines(Cascade cascade, int index) {
    Lines line = cascade.lines().get(index);
    int offset =
        line.home() == Home.TENSOR
            ? layout.tensorOffsets().getOrDefault(line.tensor(), 0)
            : work(Workload.rows(index));
    boolean whole = line.producer() < 0 && index != cascade.pushed();
    return """
        {.offset = %d, .row_bytes = %d, .capacity = %d, .pad_top = %d, .image_end = %d, .extent = %d, \
        .zero = %d, .whole = %d, .first_reader = %d, .last_reader = %d%s}"""
        .formatted(
            offset,
            line.rowBytes(),
            line.capacity(),
            line.padTop(),
            line.padTop() + line.height(),
            line.padTop() + line.height() + line.padBottom(),
            (byte) line.zero(),
            whole ? 1 : 0,
            Math.max(line.producer(), 0),
            Math.max(line.lastReader(), 0),
            hasPatches(layout.steps()) ? columns(cascade, line) : "");
  }

  private String columns(Cascade cascade, Lines line) {
    Strips.Columns c = cascade.strips().columns().get(line.tensor());
    TensorType type = layout.graph().tensor(line.tensor()).type();
    if (c == null) {
      return ", .image = 1, .pixel_bytes = " + line.rowBytes();
    }
    return ", .step = %d, .origin = %d, .columns = %d, .image = %d, .pixel_bytes = %d, .window = %d"
        .formatted(
            c.step(),
            c.origin(),
            c.width(),
            c.image(),
            type.bytes() / type.shape().count(1, 3),
            line.home() == Home.TENSOR ? 0 : 1);
  }

  private String patches(Cascade cascade) {
    if (!hasPatches(layout.steps())) {
      return "";
    }
    int columns =
        cascade.strips().count() == 1
            ? 0
            : layout.graph().output(cascade.nodes().getLast()).shape().dim(2);
    return ",\n    .patches = %d,\n    .patch_columns = %d,\n    .output_columns = %d"
        .formatted(cascade.strips().count(), cascade.strips().width(), columns);
  }

  private int work(String key) {
    return layout.workOffsets().get(step).getOrDefault(key, 0);
  }
}
