package dev.mote.testkit.fuzz;

import com.sun.management.ThreadMXBean;
import dev.mote.frontends.tflite.TfliteReader;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.GraphText;
import dev.mote.ir.Tensor;
import dev.mote.ir.Verifier;
import dev.mote.pipeline.MoteCompiler;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.Target;
import dev.mote.targets.Targets;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Takes a hostile file through reading, verifying and compiling, and says what goes wrong: an
/// exception, a malformed graph or diagnostic, too much time or memory.
///
/// Memory is what the thread allocates, garbage included, so that the figure does not depend on
/// the collector. A compiler may refuse anything; what it must not do is fail.
public final class HostileCheck {

  /// Bytes that reading may allocate: this many for each byte of the file, and a fixed amount.
  static final long READING_PER_BYTE = 64;

  static final long READING_FIXED = 64L << 20;

  /// Bytes that the tensors of a graph may have for it to be compiled as well.
  private static final long COMPILED_BYTES = 4L << 20;

  private static final long COMPILING_BYTES = 2L << 30;
  private static final Duration READING_TIME = Duration.ofSeconds(5);
  private static final Duration COMPILING_TIME = Duration.ofSeconds(30);

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final ModelReader reader;
  private final String fileName;
  private final Target target = Targets.find("cortex-m4");
  private int models;
  private int compiled;

  /// A check of TFLite files.
  public HostileCheck() {
    this(new TfliteReader(), "mutant.tflite");
  }

  /// A check of files that `reader` reads under the name `fileName`.
  public HostileCheck(ModelReader reader, String fileName) {
    this.reader = reader;
    this.fileName = fileName;
  }

  /// Number of files so far that turned out to be models.
  public int models() {
    return models;
  }

  /// Number of models so far that were compiled.
  public int compiled() {
    return compiled;
  }

  /// What is wrong with the way `file` is dealt with; empty when nothing is.
  public Optional<String> run(byte[] file) {
    try {
      return read(file);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
      return Optional.of("reading failed: " + trace(e));
    }
  }

  private Optional<String> read(byte[] file) {
    Blob blob = Blob.of(file);
    Meter meter = new Meter();
    ModelReader.Result result = reader.read(blob, fileName, ModelReader.Options.standard());
    long limit = READING_PER_BYTE * file.length + READING_FIXED;
    Optional<String> excess = meter.excess("reading", limit, READING_TIME);
    if (excess.isPresent()) {
      return excess;
    }
    return switch (result) {
      case ModelReader.Result.Refused(List<Diagnostic> problems) -> faulty(problems);
      case ModelReader.Result.Model(Graph graph) -> {
        models++;
        yield examine(graph);
      }
    };
  }

  private static Optional<String> faulty(List<Diagnostic> problems) {
    if (problems.isEmpty()) {
      return Optional.of("the file is refused without a reason");
    }
    return problems.stream()
        .filter(
            p -> p.kind() == Diagnostic.Kind.INTERNAL || p.what().isBlank() || p.fix().isBlank())
        .findFirst()
        .map(Diagnostic::toString);
  }

  private Optional<String> examine(Graph graph) {
    List<Diagnostic> faults = Verifier.verify(graph);
    if (!faults.isEmpty()) {
      return Optional.of(faults.getFirst().toString());
    }
    if (models % 16 == 0 && !GraphText.parse(GraphText.print(graph)).equals(graph)) {
      return Optional.of("the graph's text is that of another graph");
    }
    long bytes = graph.tensors().values().stream().mapToLong(t -> t.type().bytes()).sum();
    return bytes <= COMPILED_BYTES ? compile(graph) : Optional.empty();
  }

  private Optional<String> compile(Graph graph) {
    Meter meter = new Meter();
    try {
      MoteCompiler.Outcome outcome =
          MoteCompiler.compile(graph, target, Compiler.Optimize.BALANCED, "mutant");
      Optional<String> excess = meter.excess("compiling", COMPILING_BYTES, COMPILING_TIME);
      if (excess.isPresent()) {
        return excess;
      }
      return switch (outcome) {
        case MoteCompiler.Outcome.Compiled _ -> {
          compiled++;
          yield Optional.empty();
        }
        case MoteCompiler.Outcome.Refused(List<Diagnostic> problems) -> faulty(problems);
      };
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
      return Optional.of(
          "compiling failed: "
              + trace(e)
              + graph.nodes().stream()
                  .map(
                      n ->
                          "\n  "
                              + n.op()
                              + describe(graph, n.inputs())
                              + describe(graph, n.outputs()))
                  .collect(Collectors.joining()));
    }
  }

  private static String describe(Graph graph, List<String> names) {
    return names.stream()
        .map(graph::tensor)
        .map(t -> t.element().label() + "[" + t.shape() + "]" + (constant(t) ? "=" : ""))
        .collect(Collectors.joining(" ", " (", ")"));
  }

  private static boolean constant(Tensor tensor) {
    return tensor.isConstant();
  }

  private static String trace(Throwable e) {
    StringBuilder text = new StringBuilder(String.valueOf(e));
    StackTraceElement[] frames = e.getStackTrace();
    for (int i = 0; i < Math.min(6, frames.length); i++) {
      text.append("\n    at ").append(frames[i]);
    }
    return text.toString();
  }

  /// What the thread has used since this was made.
  private final class Meter {
    private final long bytesBefore = threads.getCurrentThreadAllocatedBytes();
    private final long nanosBefore = threads.getCurrentThreadCpuTime();

    Optional<String> excess(String what, long byteLimit, Duration timeLimit) {
      long bytes = threads.getCurrentThreadAllocatedBytes() - bytesBefore;
      Duration time = Duration.ofNanos(threads.getCurrentThreadCpuTime() - nanosBefore);
      if (bytes > byteLimit) {
        return Optional.of(
            "%s allocated %d bytes; the limit is %d".formatted(what, bytes, byteLimit));
      }
      return time.compareTo(timeLimit) > 0
          ? Optional.of("%s took %s; the limit is %s".formatted(what, time, timeLimit))
          : Optional.empty();
    }
  }
}
