package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes files that the user asked for.
final class Output {

  private Output() {}

  static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Writes `bytes` to `file`, whose folder is made when there is none.
  ///
  /// @throws DiagnosticException when that fails
  static void write(Path file, byte[] bytes) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new DiagnosticException(
          Diagnostic.resource(
              CliCodes.UNWRITABLE_FILE,
              file.toString(),
              "it cannot be written (" + e + ")",
              "name a place that you may write to."));
    }
  }
}
