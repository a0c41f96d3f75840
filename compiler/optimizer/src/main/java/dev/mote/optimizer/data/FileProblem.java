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

  static final int NO_SAMPLES = 1301;
  static final int FOLDER = 1304;
  static final int TOO_LARGE = 1305;
  static final int NOT_FINITE = 1306;
  static final int LABELS = 1307;
  static final int ONE_CLASS = 1308;
  static final int PREPARATION = 1309;
  static final int SOUND = 1310;

  /// Larger files than any tensor of a microcontroller needs are refused before they are read.
  private static final long MAX_BYTES = 256L << 20;

  /// Most bytes of a file that must be in memory as a whole.
  private static final long MAX_SET_BYTES = 1L << 30;

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
      throw unreadable(file, e);
    }
  }

  static void requireReadable(Path file) {
    if (!Files.exists(file)) {
      throw of(UNREADABLE, file, "there is no such file", "check the path.");
    }
    if (!Files.isRegularFile(file)) {
      throw of(UNREADABLE, file, "it is no file", "give the path of a file.");
    }
  }

  static void requireSize(Path file, long bytes) {
    if (bytes > MAX_SET_BYTES) {
      throw of(
          TOO_LARGE,
          file,
          "it holds more than %,d bytes".formatted(MAX_SET_BYTES),
          "give a part of it, or a .npy file, which is read piece by piece.");
    }
  }

  static DiagnosticException unreadable(Path file, IOException e) {
    return of(UNREADABLE, file, "it cannot be read (" + e.getMessage() + ")", "check the path.");
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
