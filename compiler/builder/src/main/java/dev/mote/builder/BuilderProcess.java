package dev.mote.builder;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.Manifest;
import dev.mote.module.ModuleWriter;
import dev.mote.module.cbor.Bytes;
import dev.mote.plugin.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The program that [IsolatedBuilder] starts: one request from a folder, one answer into it.
///
/// `in/request.json` says what to do with `in/model`. Lines on its output are `progress PERCENT
/// TEXT`, and at the end `done BYTES BYTES BYTES`: the sizes of `out/answer.json`, of `out/module`
/// and of `out/page.html`, 0 for what there is not.
public final class BuilderProcess {

  static final String CHECK = "check";
  static final String PLAN = "plan";
  static final String BUILD = "build";

  private static final Duration CHECK_BUDGET = Duration.ofSeconds(6);

  private final Path folder;
  private final PrintStream out;
  private int moduleBytes;
  private int pageBytes;

  private BuilderProcess(Path folder, PrintStream out) {
    this.folder = folder;
    this.out = out;
  }

  /// @param arguments the folder
  public static void main(String[] arguments) throws IOException {
    PrintStream lines = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // What any library prints must not end up among the lines.
    System.setOut(System.err);
    new BuilderProcess(Path.of(arguments[0]), lines).run();
  }

  private void run() throws IOException {
    Map<String, Object> request =
        JSON.std.mapFrom(Files.readString(folder.resolve("in/request.json")));
    Blob file = Blob.of(Files.readAllBytes(folder.resolve("in/model")));
    String fileName = String.valueOf(request.get("fileName"));
    Map<String, Object> answer;
    try {
      answer =
          switch (String.valueOf(request.get("command"))) {
            case CHECK ->
                ModelCheck.of(
                        file, fileName, new ModelCheck.Budget(System.nanoTime(), CHECK_BUDGET))
                    .json();
            case PLAN -> plan(request, ModelSource.read(file, fileName));
            default -> build(request, ModelSource.read(file, fileName));
          };
    } catch (DiagnosticException e) {
      answer = refused(e.diagnostics(), Map.of());
    }
    byte[] json = Json.text(answer).getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("out/answer.json"), json);
    out.println("done %d %d %d".formatted(json.length, moduleBytes, pageBytes));
  }

  private static Map<String, Object> refused(
      List<Diagnostic> problems, Map<String, Object> choice) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("problems", Describe.json(problems));
    answer.put("choice", choice);
    return answer;
  }

  private Map<String, Object> plan(Map<String, Object> request, ModelSource model) {
    List<Object> choices = new ArrayList<>();
    List<Map<String, Object>> facts = maps(request.get("facts"));
    BuildOptions options = BuildOptions.parse(map(request.get("options")));
    for (int i = 0; i < facts.size(); i++) {
      report((double) i / facts.size(), "asking compilers");
      choices.add(
          new ModuleBuild(model, DeviceFacts.parse(facts.get(i)), options)
              .plan(Progress.NONE)
              .json());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("choices", choices);
    return answer;
  }

  private Map<String, Object> build(Map<String, Object> request, ModelSource model)
      throws IOException {
    ModuleBuild wanted =
        new ModuleBuild(
            model,
            DeviceFacts.parse(maps(request.get("facts")).getFirst()),
            BuildOptions.parse(map(request.get("options"))));
    Map<String, Object> label = map(request.get("identity"));
    Manifest.Identity identity =
        new Manifest.Identity(
            Bytes.hex(String.valueOf(label.get("vendor"))),
            Bytes.hex(String.valueOf(label.get("module"))),
            String.valueOf(label.get("name")),
            String.valueOf(label.get("version")),
            Optional.empty());
    return switch (wanted.run(identity, 1, new Lines())) {
      case ModuleBuild.Outcome.Refused(BuildChoice choice, Diagnostic problem) ->
          refused(List.of(problem), choice.json());
      case ModuleBuild.Outcome.Built built -> {
        Bytes module = ModuleWriter.write(built.module());
        byte[] page = built.page().getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("out/module"), module.toByteArray());
        Files.write(folder.resolve("out/page.html"), page);
        moduleBytes = module.size();
        pageBytes = page.length;
        yield new LinkedHashMap<>(built.report());
      }
    };
  }

  private void report(double done, String what) {
    out.println(
        "progress %d %s".formatted(Math.round(100 * done), what.replaceAll("\\p{Cntrl}", " ")));
  }

  /// Progress as lines; who wants to stop ends the process.
  private final class Lines implements Progress {

    @Override
    public void report(double done, String what) {
      BuilderProcess.this.report(done, what);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static List<Map<String, Object>> maps(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().map(BuilderProcess::map).toList()
        : List.of();
  }
}
