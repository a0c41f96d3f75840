package dev.mote.pluginhost;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.plugin.Progress;
import dev.mote.pluginhost.json.Json;
import dev.mote.pluginhost.json.JsonProblem;
import dev.mote.pluginhost.json.Members;
import dev.mote.pluginhost.process.Limits;
import dev.mote.pluginhost.process.LineProcess;
import dev.mote.pluginhost.process.LineProcess.Event;
import dev.mote.pluginhost.process.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/// One run of a compiler that is another program: JSON-RPC 2.0, a message on each line. Every way
/// in which the program can misbehave ends in a [DiagnosticException].
final class Conversation implements AutoCloseable {

  static final int PROTOCOL = 1;

  /// Of JSON-RPC error objects, as in the language server protocol.
  private static final int REQUEST_CANCELLED = -32800;

  private static final Duration TICK = Duration.ofMillis(50);
  private static final Duration GRACE = Duration.ofSeconds(2);
  private static final int MOST_PROGRESS = 100_000;

  /// What a program may take to start and answer the greeting.
  private static final Duration GREETING = Duration.ofSeconds(20);

  private final String who;
  private final Limits limits;
  private final long started = System.nanoTime();
  private final WorkFolder folder;
  private final LineProcess process;
  private int id;

  private Conversation(String who, Limits limits, WorkFolder folder, LineProcess process) {
    this.who = who;
    this.limits = limits;
    this.folder = folder;
    this.process = process;
  }

  /// Starts the program in `folder` and agrees on the protocol.
  static Conversation start(Path executable, Limits limits, WorkFolder folder) {
    String who = "compiler plugin " + executable;
    LineProcess process;
    try {
      process =
          LineProcess.start(
              folder.root(), List.of(executable.toAbsolutePath().normalize().toString()), limits);
    } catch (IOException e) {
      folder.close();
      throw new DiagnosticException(
          Diagnostic.resource(
              PluginCodes.NOT_STARTED,
              who,
              "it cannot be started (" + e.getMessage() + ")",
              "name an executable file."));
    }
    Conversation conversation = new Conversation(who, limits, folder, process);
    try {
      Members hello =
          conversation.ask(
              "hello",
              Map.of("protocols", List.of(PROTOCOL)),
              Progress.NONE,
              limits.time().compareTo(GREETING) < 0 ? limits.time() : GREETING);
      long version = hello.whole("protocol", 1, 1 << 20);
      if (version != PROTOCOL) {
        throw conversation.broken("it answers in version " + version + " of the protocol");
      }
      return conversation;
    } catch (JsonProblem e) {
      conversation.close();
      throw conversation.broken(e.what());
    } catch (RuntimeException e) {
      conversation.close();
      throw e;
    }
  }

  /// Sends a request and waits for its result.
  ///
  /// @throws CancellationException when `progress` was cancelled
  Members ask(String method, Map<String, Object> params, Progress progress) {
    return ask(method, params, progress, limits.time());
  }

  /// The same, to be answered before the program has run for `time`.
  private Members ask(String method, Map<String, Object> params, Progress progress, Duration time) {
    long deadline = started + time.toNanos();
    id++;
    send(method, params, true);
    boolean cancelled = false;
    long graceEnds = 0;
    int reports = 0;
    while (true) {
      if (progress.isCancelled() && !cancelled) {
        cancelled = true;
        graceEnds = System.nanoTime() + GRACE.toNanos();
        send("cancel", Map.of("id", id), false);
      }
      if (cancelled && System.nanoTime() > graceEnds) {
        throw new CancellationException(who + " was cancelled, and ended by force");
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw beyond("it did not answer '%s' within %s".formatted(method, seconds(time)));
      }
      Duration wait = left < TICK.toNanos() ? Duration.ofNanos(left).plusMillis(1) : TICK;
      switch (process.next(wait)) {
        case Event.Silence() -> {}
        case Event.TooLong() ->
            throw beyond(
                "it printed a line of more than %,d bytes".formatted(limits.messageBytes()));
        case Event.Closed() -> throw died(method, cancelled);
        case Event.Line(String line) -> {
          Members message = message(line);
          if (message.has("method")) {
            if (++reports > MOST_PROGRESS) {
              throw beyond("it reported progress more than %,d times".formatted(MOST_PROGRESS));
            }
            report(message, progress);
          } else if (cancelled) {
            throw new CancellationException(who + " was cancelled");
          } else {
            return result(message, method);
          }
        }
      }
    }
  }

  private void send(String method, Map<String, Object> params, boolean request) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("jsonrpc", "2.0");
    if (request) {
      message.put("id", id);
    }
    message.put("method", method);
    message.put("params", params);
    process.send(Json.line(message));
  }

  private Members message(String line) {
    try {
      return new Members("answer", Json.object(line));
    } catch (JsonProblem e) {
      throw broken(e.what() + "; it printed '" + quoted(line) + "'");
    }
  }

  private void report(Members message, Progress progress) {
    try {
      if (message.text("method").equals("progress")) {
        Members params = message.object("params");
        double done = params.number("done");
        if (!(done >= 0 && done <= 1)) {
          throw params.problem("done", "is not from 0 to 1");
        }
        progress.report(done, quoted(params.text("what")));
      }
    } catch (JsonProblem e) {
      throw broken(e.what());
    }
  }

  private Members result(Members message, String method) {
    try {
      if (message.has("error")) {
        Members error = message.object("error");
        String text = quoted(error.text("message"));
        throw error.whole("code", Integer.MIN_VALUE, Integer.MAX_VALUE) == REQUEST_CANCELLED
            ? broken("it says that '" + method + "' was cancelled, which nobody did")
            : failed("it answers '%s' with the error '%s'".formatted(method, text));
      }
      if (message.whole("id", 0, Integer.MAX_VALUE) != id) {
        throw message.problem("id", "is not that of the request");
      }
      return message.object("result");
    } catch (JsonProblem e) {
      throw broken(e.what());
    }
  }

  /// Whether a method that there is not is answered with an error, and a good one after it with a
  /// result.
  boolean refusesUnknownMethod() {
    try {
      ask("no-such-method", Map.of(), Progress.NONE);
      return false;
    } catch (DiagnosticException e) {
      if (e.diagnostics().getFirst().code() != PluginCodes.FAILED) {
        return false;
      }
    }
    return ask("describe", Map.of(), Progress.NONE).has("name");
  }

  /// Lets the program end by itself; it is killed when it does not.
  void end() {
    process.sendEnd();
    process.end(GRACE);
    process.close();
  }

  WorkFolder folder() {
    return folder;
  }

  @Override
  public void close() {
    process.close();
    folder.close();
  }

  private RuntimeException died(String method, boolean cancelled) {
    int status = process.end(GRACE);
    if (cancelled) {
      return new CancellationException(who + " was cancelled");
    }
    String said = process.complaint();
    return failed(
        "it ended%s before it answered '%s'%s"
            .formatted(
                status < 0 ? "" : " with status " + status,
                method,
                said.isEmpty() ? " and said nothing" : "; it said: " + said));
  }

  private static String seconds(Duration time) {
    return time.toMillis() / 1000.0 + " s";
  }

  /// What a stranger's text may be in a message: one line, not too long.
  static String quoted(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= 300 ? line : line.substring(0, 300) + "…";
  }

  private DiagnosticException beyond(String what) {
    return new DiagnosticException(
        Diagnostic.resource(
            PluginCodes.BEYOND_LIMIT,
            who,
            what,
            "raise the limit with --plugin-time or --plugin-memory, or ask its vendor."));
  }

  private DiagnosticException failed(String what) {
    return new DiagnosticException(
        Diagnostic.resource(PluginCodes.FAILED, who, what, "report it to the plugin's vendor."));
  }

  DiagnosticException broken(String what) {
    return new DiagnosticException(
        Diagnostic.resource(
            PluginCodes.BROKEN_PROTOCOL,
            who,
            what,
            "report it to the plugin's vendor; docs/spec/compiler-plugin.md is the protocol."));
  }
}
