package dev.mote.builder;

import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.Graph;
import dev.mote.ir.MacCount;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.Progress;
import dev.mote.targets.Targets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What is found when a model file is looked at, as at the door of a registry: what is wrong with
/// it, what it takes and gives, and what it would need on each target.
///
/// A file of any contents ends in a check. One that is made to be slow or large is stopped by who
/// calls: [IsolatedBuilder] does it in a process of its own.
///
/// @param format what it was read as, such as `tflite`, `onnx`; empty when no reader takes it
/// @param sha256 of the file
/// @param bytes of the file
/// @param issues everything that is wrong; empty for a model that can be compiled
/// @param summary inputs, outputs and sizes as JSON; empty when it cannot be read
/// @param targets what it would take of each target
public record ModelCheck(
    Optional<String> format,
    String sha256,
    long bytes,
    List<Diagnostic> issues,
    Map<String, Object> summary,
    List<TargetFit> targets) {

  /// How long targets are tried.
  private static final Duration BUDGET = Duration.ofSeconds(6);

  public ModelCheck {
    issues = List.copyOf(issues);
    targets = List.copyOf(targets);
    summary = new LinkedHashMap<>(summary);
  }

  /// Looks at the file called `fileName`, in this process.
  public static ModelCheck of(byte[] file, String fileName) {
    return of(Blob.of(file), fileName, new Budget(System.nanoTime(), BUDGET));
  }

  /// Looks at the file called `fileName`; no further target is tried once `progress` is cancelled.
  public static ModelCheck of(Blob file, String fileName, Progress progress) {
    Optional<String> format = ModelFiles.format(file, fileName);
    try {
      Graph graph = ModelFiles.read(file, fileName, ModelReader.Options.standard());
      return new ModelCheck(
          format,
          file.sha256(),
          file.size(),
          List.of(),
          summary(graph),
          TargetFit.of(graph, Targets.all(), progress));
    } catch (DiagnosticException e) {
      return refused(format, file, e.diagnostics());
    } catch (RuntimeException e) {
      // A defect of ours is the file's refusal, not the service's end.
      return refused(
          format,
          file,
          List.of(
              Diagnostic.internal(
                  BuilderCodes.CHECK_FAILED,
                  fileName,
                  "the check failed: " + e,
                  "this is a defect of Mote: please report it with the model.")));
    }
  }

  private static ModelCheck refused(Optional<String> format, Blob file, List<Diagnostic> problems) {
    return new ModelCheck(
        format, file.sha256(), file.size(), problems, new LinkedHashMap<>(), List.of());
  }

  /// Whether it can be compiled for anything at all.
  public boolean isUsable() {
    return issues.isEmpty();
  }

  private static Map<String, Object> summary(Graph graph) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", graph.name());
    json.put("inputs", Describe.json(graph, graph.inputs()));
    json.put("outputs", Describe.json(graph, graph.outputs()));
    json.put("variables", Describe.json(graph, graph.variables()));
    json.put("classes", graph.classes());
    json.put("macs", MacCount.of(graph));
    json.put(
        "weightBytes",
        graph.tensors().values().stream()
            .filter(Tensor::isConstant)
            .mapToLong(tensor -> tensor.type().bytes())
            .sum());
    Map<String, Integer> operators = new TreeMap<>();
    for (Node node : graph.nodes()) {
      operators.merge(node.op().label(), 1, Integer::sum);
    }
    json.put("operators", operators);
    return json;
  }

  /// All of it, as JSON has it.
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("usable", isUsable());
    format.ifPresent(value -> json.put("format", value));
    json.put("sha256", sha256);
    json.put("bytes", bytes);
    json.put("issues", Describe.json(issues));
    json.putAll(summary);
    json.put("targets", targets.stream().map(TargetFit::json).toList());
    json.put("checkedBy", "mote " + MoteVersion.number());
    return json;
  }

  /// The same as text.
  public String jsonText() {
    return Json.text(json());
  }

  /// Cancelled when a time is over.
  record Budget(long startNanos, Duration time) implements Progress {

    @Override
    public void report(double done, String what) {}

    @Override
    public boolean isCancelled() {
      return System.nanoTime() - startNanos > time.toNanos();
    }
  }
}
