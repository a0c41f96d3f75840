package dev.mote.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the service is and what opens it, as `mote login` stored them.
///
/// @param tokenId id of the token, to revoke it; empty for one that was given
record Credentials(String url, String token, String tokenId) {

  private static final long LARGEST = 64 * 1024;

  /// `$XDG_CONFIG_HOME/mote/credentials`, or below `~/.config`.
  static Path file(Surroundings around) {
    String config = around.variable("XDG_CONFIG_HOME");
    Path folder = config.isEmpty() ? around.home().resolve(".config") : Path.of(config);
    return folder.resolve("mote").resolve("credentials");
  }

  /// What is stored, if anything is.
  static Optional<Credentials> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      if (isOpenToOthers(file)) {
        throw refused(file, "others than you can read it", "chmod 600 " + file);
      }
      if (Files.size(file) > LARGEST) {
        throw refused(file, "it is too large", "mote login again.");
      }
      Map<String, Object> json = JSON.std.mapFrom(Files.readString(file));
      if (json.get("url") instanceof String url && json.get("token") instanceof String token) {
        Object id = json.get("tokenId");
        return Optional.of(new Credentials(url, token, id == null ? "" : id.toString()));
      }
    } catch (IOException _) {
      // Its message would cite the file, which is secret.
    }
    throw refused(file, "it cannot be read as one", "mote login writes it anew.");
  }

  private static boolean isOpenToOthers(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return false;
    }
    Set<PosixFilePermission> all = Files.getPosixFilePermissions(file);
    return all.stream().anyMatch(p -> !p.name().startsWith("OWNER_"));
  }

  /// Stores them where only their owner can read them.
  void write(Path file) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("url", url);
    json.put("token", token);
    json.put("tokenId", tokenId);
    delete(file);
    Output.writeSecret(file, dev.mote.builder.Json.text(json) + "\n");
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw refused(file, "it cannot be removed (" + e.getMessage() + ")", "remove it by hand.");
    }
  }

  private static DiagnosticException refused(Path file, String why, String fix) {
    return new DiagnosticException(
        Diagnostic.user(CliCodes.BAD_CREDENTIALS, file.toString(), why, fix));
  }

  @Override
  public String toString() {
    return "Credentials[" + url + "]";
  }
}
