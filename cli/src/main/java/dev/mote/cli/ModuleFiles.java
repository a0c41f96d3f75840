package dev.mote.cli;

import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.module.KeyFiles;
import dev.mote.module.ModuleException;
import dev.mote.module.ModuleFile;
import dev.mote.module.ModuleReader;
import dev.mote.module.ModuleWriter;
import dev.mote.module.TrustList;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SigningKey;
import dev.mote.module.cose.VerificationKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/// Files of modules and keys that the user names.
final class ModuleFiles {

  private static final long MAX_BYTES = 1L << 27;
  private static final long MAX_KEY_BYTES = 1L << 16;

  private ModuleFiles() {}

  static Diagnostic diagnostic(ModuleException problem) {
    return Diagnostic.user(
        problem.code().number(), problem.where(), problem.what(), problem.code().fix());
  }

  static ModuleFile read(Path file) {
    return read(file, ModuleReader::read);
  }

  /// As a device reads it: who signed it comes first.
  static ModuleFile read(Path file, TrustList trust) {
    return read(file, bytes -> ModuleReader.read(bytes, trust));
  }

  private static ModuleFile read(Path file, Function<Bytes, ModuleFile> reader) {
    Bytes bytes = bytes(file, MAX_BYTES);
    try {
      return reader.apply(bytes);
    } catch (ModuleException e) {
      throw new ModuleException(e.code(), file + ", " + e.where(), e.what());
    }
  }

  /// Writes a module; returns its size.
  static int write(Path file, ModuleFile module) {
    Bytes bytes = ModuleWriter.write(module);
    Output.write(file, bytes.toByteArray());
    return bytes.size();
  }

  static SigningKey signingKey(Path file) {
    return KeyFiles.signingKey(text(file), file.toString());
  }

  static VerificationKey verificationKey(Path file) {
    return KeyFiles.verificationKey(text(file), file.toString());
  }

  static List<RecipientKey> recipientKeys(List<Path> files) {
    return files.stream().map(file -> KeyFiles.recipientKey(text(file), file.toString())).toList();
  }

  private static String text(Path file) {
    return new String(bytes(file, MAX_KEY_BYTES).toByteArray(), StandardCharsets.ISO_8859_1);
  }

  static Bytes bytes(Path file, long most) {
    try {
      if (!Files.isRegularFile(file)) {
        throw unreadable(file, Files.exists(file) ? "it is no file" : "there is no such file");
      }
      if (Files.size(file) > most) {
        throw unreadable(
            file, "it has %,d bytes, the limit is %,d".formatted(Files.size(file), most));
      }
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw unreadable(file, "it cannot be read (" + e.getMessage() + ")");
    }
  }

  private static DiagnosticException unreadable(Path file, String why) {
    return new DiagnosticException(
        Diagnostic.user(
            CliCodes.UNREADABLE_FILE, file.toString(), why, "give the path of a module or a key."));
  }
}
