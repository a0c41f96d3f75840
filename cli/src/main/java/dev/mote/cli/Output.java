package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// Writes files that the user asked for.
final class Output {

  private Output() {}

  static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Writes `text` to a new file that nobody but its owner can read, where files have owners.
  ///
  /// @throws DiagnosticException when there is such a file already, or that fails
  static void writeSecret(Path file, String text) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      boolean owned = file.getFileSystem().supportedFileAttributeViews().contains("posix");
      Files.createFile(
          file,
          owned
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0]);
      Files.writeString(file, text);
    } catch (FileAlreadyExistsException e) {
      throw unwritable(file, "there is such a file already", "choose another name.");
    } catch (IOException e) {
      throw unwritable(
          file, "it cannot be written (" + e + ")", "name a place that you may write to.");
    }
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
      throw unwritable(
          file, "it cannot be written (" + e + ")", "name a place that you may write to.");
    }
  }

  private static DiagnosticException unwritable(Path file, String why, String fix) {
    return new DiagnosticException(
        Diagnostic.resource(CliCodes.UNWRITABLE_FILE, file.toString(), why, fix));
  }
}
