package dev.mote.optimizer.data;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// What can be wrong with a file of numbers.
final class FileProblem {

  static final int UNREADABLE = 4010;
  static final int UNKNOWN_SUFFIX = 4013;
  static final int MALFORMED = 4014;
  static final int MISFIT = 4015;

  /// Larger files than any tensor of a microcontroller needs are refused before they are read.
  private static final long MAX_BYTES = 256L << 20;

  private FileProblem() {}

  static byte[] bytes(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw of(
            UNREADABLE,
            file,
            "it has %,d bytes, the limit is %,d".formatted(size, MAX_BYTES),
            "give one input only, not a data set.");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw of(UNREADABLE, file, "there is no such file", "check the path.");
    } catch (IOException e) {
      throw of(UNREADABLE, file, "it cannot be read (" + e.getMessage() + ")", "check the path.");
    }
  }

  static DiagnosticException malformed(Path file, String what, String fix) {
    return of(MALFORMED, file, what, fix);
  }

  static DiagnosticException misfit(Path file, String what, String fix) {
    return of(MISFIT, file, what, fix);
  }

  static DiagnosticException of(int code, Path file, String what, String fix) {
    return new DiagnosticException(Diagnostic.user(code, file.toString(), what, fix));
  }
}
