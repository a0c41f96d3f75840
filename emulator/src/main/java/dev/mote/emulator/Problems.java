package dev.mote.emulator;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.util.List;

/// The diagnostics of this module, each with its code.
final class Problems {

  private static final String REPORT = "Report it, with the model if you may.";

  private Problems() {}

  static DiagnosticException missingTool(RequiredTools.Tool tool) {
    return resource(
        5001,
        "tool '" + tool.executable() + "'",
        "it is not on the PATH",
        "On Debian: apt-get install " + String.join(" ", tool.debianPackages()) + ".");
  }

  static DiagnosticException compileFailed(String where, List<String> command, String output) {
    return internal(
        5002,
        where,
        "the C compiler refused it\n$ " + String.join(" ", command) + "\n" + output.strip(),
        REPORT);
  }

  static DiagnosticException boardTooSmall(String where, String board, String output) {
    return resource(
        5003,
        where,
        "it does not fit the memory of the emulated board " + board + "\n" + output.strip(),
        "Use a smaller model, or a target whose board has more memory.");
  }

  static DiagnosticException fault(String where, String what) {
    return internal(5004, where, what, REPORT);
  }

  static DiagnosticException budgetExhausted(String where, long instructions) {
    return resource(
        5005,
        where,
        "one inference took more than %,d instructions".formatted(instructions),
        "Raise the instruction budget if the model is that large.");
  }

  static DiagnosticException timedOut(String where, long seconds) {
    return resource(
        5006,
        where,
        "the run did not end within " + seconds + " s",
        "Raise the time limit, or run fewer inputs at once.");
  }

  static DiagnosticException refused(String where, String call, long status) {
    return internal(5007, where, call + " returned status " + status, REPORT);
  }

  static DiagnosticException broken(String where, String what) {
    return internal(5008, where, what, REPORT);
  }

  static DiagnosticException noBoard(String target) {
    return user(
        5009,
        "target '" + target + "'",
        "no emulated board runs its code",
        "Use a target with a board (see 'mote targets'), or host.");
  }

  static DiagnosticException wrongInputs(String where, String what) {
    return user(5010, where, what, "Give every input, in the model's order, as raw bytes.");
  }

  static DiagnosticException stackOverflow(String where, long bytes) {
    return internal(
        5011,
        where,
        "it used the whole stack of the emulated board, %,d bytes".formatted(bytes),
        REPORT);
  }

  static DiagnosticException noPayload(String where, String what) {
    return resource(
        5012,
        where,
        "it cannot be made code that runs anywhere: " + what,
        "Carry C sources, and build the firmware with them.");
  }

  private static DiagnosticException user(int code, String where, String what, String fix) {
    return new DiagnosticException(Diagnostic.user(code, where, what, fix));
  }

  private static DiagnosticException resource(int code, String where, String what, String fix) {
    return new DiagnosticException(Diagnostic.resource(code, where, what, fix));
  }

  private static DiagnosticException internal(int code, String where, String what, String fix) {
    return new DiagnosticException(Diagnostic.internal(code, where, what, fix));
  }
}
