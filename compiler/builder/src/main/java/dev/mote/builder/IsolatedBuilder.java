package dev.mote.builder;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.Manifest;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.Compilers;
import dev.mote.pluginhost.process.Limits;
import dev.mote.pluginhost.process.LineProcess;
import dev.mote.pluginhost.process.LineProcess.Event;
import dev.mote.pluginhost.process.WorkFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// Checks, plans and builds in a process of its own for each request: whatever a model does to it,
/// who called goes on.
///
/// The process has no network, writes only in its folder, knows no secrets, and is ended with all
/// that it started when it takes too long, too much memory, or is not wanted any more.
///
/// @param time longest time of one request
/// @param heapBytes memory of its virtual machine
public record IsolatedBuilder(Duration time, long heapBytes) {

  /// What a request may take where nobody says otherwise.
  public static final IsolatedBuilder STANDARD =
      new IsolatedBuilder(Duration.ofMinutes(5), 1L << 30);

  /// Address space beside the heap: code, threads, and what compilers that it starts need.
  private static final long BESIDE_HEAP = 4L << 30;

  private static final long LARGEST_FILE = 256L << 20;
  private static final int LONGEST_LINE = 4_096;

  /// Exit status of a virtual machine with `-XX:+ExitOnOutOfMemoryError`.
  private static final int OUT_OF_MEMORY = 3;

  private static final Duration STEP = Duration.ofMillis(200);

  /// What was built, or why nothing was.
  public sealed interface Result {

    /// A module.
    ///
    /// @param module the file's bytes, unsigned
    /// @param report as [ModuleBuild] gives it
    /// @param page the same as HTML
    record Built(Blob module, Map<String, Object> report, String page) implements Result {}

    /// None.
    ///
    /// @param problems every reason, with what to do
    /// @param choice who was asked, as JSON; empty when it did not come to that
    record Refused(List<Diagnostic> problems, Map<String, Object> choice) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  private record Answer(Map<String, Object> json, Optional<Blob> module, Optional<String> page) {}

  /// What a model is, as [ModelCheck#json] has it; a check that had to be stopped is an issue.
  public Map<String, Object> check(Blob file, String fileName) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("command", BuilderProcess.CHECK);
    try {
      return ask(request, file, fileName, Progress.NONE).json();
    } catch (DiagnosticException e) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("usable", false);
      json.put("sha256", file.sha256());
      json.put("bytes", file.size());
      json.put("issues", Describe.json(e.diagnostics()));
      json.put("targets", List.of());
      return json;
    }
  }

  /// What devices would get, in their order, as [BuildChoice#json] has it.
  ///
  /// @throws DiagnosticException when the model cannot be read, or it had to be stopped
  public List<Map<String, Object>> plan(
      Blob file, String fileName, List<DeviceFacts> facts, BuildOptions options) {
    Answer answer =
        ask(request(BuilderProcess.PLAN, facts, options), file, fileName, Progress.NONE);
    List<Diagnostic> problems = problems(answer.json());
    if (!problems.isEmpty()) {
      throw new DiagnosticException(problems);
    }
    return maps(answer.json().get("choices"));
  }

  /// Builds a module; its sequence number is 1.
  ///
  /// @throws CancellationException when `progress` was cancelled
  public Result build(
      Blob file,
      String fileName,
      DeviceFacts facts,
      BuildOptions options,
      Manifest.Identity identity,
      Progress progress) {
    Map<String, Object> request = request(BuilderProcess.BUILD, List.of(facts), options);
    Map<String, Object> label = new LinkedHashMap<>();
    label.put("vendor", identity.vendor().toHex());
    label.put("module", identity.module().toHex());
    label.put("name", identity.name());
    label.put("version", identity.version());
    request.put("identity", label);
    try {
      Answer answer = ask(request, file, fileName, progress);
      List<Diagnostic> problems = problems(answer.json());
      return problems.isEmpty() && answer.module().isPresent()
          ? new Result.Built(answer.module().get(), answer.json(), answer.page().orElse(""))
          : new Result.Refused(problems, map(answer.json().get("choice")));
    } catch (DiagnosticException e) {
      return new Result.Refused(e.diagnostics(), Map.of());
    }
  }

  private static Map<String, Object> request(
      String command, List<DeviceFacts> facts, BuildOptions options) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("command", command);
    request.put("facts", facts.stream().map(DeviceFacts::json).toList());
    request.put("options", options.json());
    return request;
  }

  private Answer ask(Map<String, Object> request, Blob file, String fileName, Progress progress) {
    request.put("fileName", fileName);
    Limits limits = new Limits(time, heapBytes + BESIDE_HEAP, LARGEST_FILE, LONGEST_LINE);
    try (WorkFolder folder = WorkFolder.create()) {
      folder.put("in/request.json", Json.text(request).getBytes(StandardCharsets.UTF_8));
      folder.put("in/model", file.toByteArray());
      try (LineProcess process = LineProcess.start(folder.root(), command(folder.root()), limits)) {
        return answer(process, folder, fileName, progress);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(Path folder) {
    List<String> command = new ArrayList<>();
    String plugins = System.getenv().getOrDefault(Compilers.VARIABLE, "");
    if (!plugins.isEmpty()) {
      command.addAll(List.of("/usr/bin/env", Compilers.VARIABLE + "=" + plugins));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heapBytes,
            "-Xss4m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:CompressedClassSpaceSize=96m",
            "-XX:ReservedCodeCacheSize=96m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-Duser.home=" + folder,
            "-Djava.io.tmpdir=" + folder.resolve("tmp"),
            "-cp",
            System.getProperty("java.class.path"),
            BuilderProcess.class.getName(),
            folder.toString()));
    return command;
  }

  private Answer answer(LineProcess process, WorkFolder folder, String fileName, Progress progress)
      throws IOException {
    long end = System.nanoTime() + time.toNanos();
    String[] done = {};
    while (done.length == 0) {
      if (progress.isCancelled()) {
        throw new CancellationException("the build was cancelled");
      }
      if (System.nanoTime() > end) {
        throw stopped(fileName, "it took longer than " + time.toSeconds() + " seconds");
      }
      switch (process.next(STEP)) {
        case Event.Line(String text) -> done = line(text, progress);
        case Event.TooLong _ -> throw stopped(fileName, "it printed without end");
        case Event.Closed _ -> throw stopped(fileName, ended(process));
        case Event.Silence _ -> {}
      }
    }
    int[] sizes = new int[3];
    for (int i = 0; i < 3; i++) {
      sizes[i] = Integer.parseInt(done[i + 1]);
    }
    byte[] json =
        folder
            .taken("answer.json", sizes[0])
            .orElseThrow(() -> stopped(fileName, "it gave no answer"));
    return new Answer(
        JSON.std.mapFrom(json),
        sizes[1] == 0 ? Optional.empty() : folder.taken("module", sizes[1]).map(Blob::of),
        sizes[2] == 0
            ? Optional.empty()
            : folder
                .taken("page.html", sizes[2])
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8)));
  }

  /// The parts of the last line; none for others.
  private static String[] line(String text, Progress progress) {
    if (text.matches("done [0-9]{1,9} [0-9]{1,9} [0-9]{1,9}")) {
      return text.split(" ", -1);
    }
    if (text.matches("progress [0-9]{1,3} .*")) {
      String[] parts = text.split(" ", 3);
      progress.report(Math.min(100, Integer.parseInt(parts[1])) / 100.0, parts[2]);
    }
    return new String[0];
  }

  private String ended(LineProcess process) {
    int status = process.end(Duration.ofSeconds(2));
    String said = process.complaint();
    return status == OUT_OF_MEMORY || said.contains("OutOfMemoryError")
        ? "it needed more memory than %,d bytes".formatted(heapBytes)
        : "its process ended with status %d%s"
            .formatted(status, said.isEmpty() ? "" : " and said: " + said);
  }

  private static DiagnosticException stopped(String fileName, String why) {
    return new DiagnosticException(
        Diagnostic.resource(
            BuilderCodes.STOPPED,
            fileName,
            "work on the model was stopped: " + why,
            "try a smaller model, or let it have more time and memory"
                + " (mote.compilation.time, mote.compilation.memory)."));
  }

  private static List<Diagnostic> problems(Map<String, Object> json) {
    return maps(json.get("problems")).stream()
        .map(
            problem ->
                new Diagnostic(
                    Integer.parseInt(String.valueOf(problem.get("code")).replaceAll("[^0-9]", "")),
                    Diagnostic.Kind.valueOf(
                        String.valueOf(problem.get("kind")).toUpperCase(Locale.ROOT)),
                    String.valueOf(problem.get("where")),
                    String.valueOf(problem.get("what")),
                    String.valueOf(problem.get("fix"))))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private static List<Map<String, Object>> maps(@Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream().map(IsolatedBuilder::map).toList()
        : List.of();
  }
}
