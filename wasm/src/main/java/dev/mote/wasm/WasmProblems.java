package dev.mote.wasm;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.util.List;

/// The diagnostics of this module, each with its code.
final class WasmProblems {

  private WasmProblems() {}

  static DiagnosticException refused(String where, String what) {
    return new DiagnosticException(
        Diagnostic.user(
            5040,
            where,
            what,
            "Give a WebAssembly module as docs/spec/inference-module.md describes it."));
  }

  static DiagnosticException trapped(String where, String what) {
    return new DiagnosticException(
        Diagnostic.user(
            5041,
            where,
            "the WebAssembly module stopped: " + what,
            "Build it again; if Mote built it, report it, with the model if you may."));
  }

  static DiagnosticException timedOut(String where, long seconds) {
    return new DiagnosticException(
        Diagnostic.resource(
            5006,
            where,
            "the run did not end within " + seconds + " s",
            "Raise the time limit, or run fewer inputs at once."));
  }

  static DiagnosticException noCompiler() {
    return new DiagnosticException(
        Diagnostic.resource(
            5042,
            "clang with WebAssembly",
            "there is no clang on the PATH that compiles for wasm32, or no wasm-ld of its version",
            "On Debian: apt-get install clang lld."));
  }

  static DiagnosticException compileFailed(String where, List<String> command, String output) {
    return new DiagnosticException(
        Diagnostic.internal(
            5002,
            where,
            "the C compiler refused it\n$ " + String.join(" ", command) + "\n" + output.strip(),
            "Report it, with the model if you may."));
  }
}
