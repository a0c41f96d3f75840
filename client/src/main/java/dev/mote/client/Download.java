package dev.mote.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/// A file from the service. It takes its place when all of it is there and is what was said.
final class Download {

  private Download() {}

  static void of(Wire wire, String path, String sha256, long bytes, Path to) {
    Path place = to.toAbsolutePath();
    Path folder = place.getParent();
    Path part = place.resolveSibling(place.getFileName() + ".part");
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
      try {
        Wire.Call call =
            new Wire.Call("GET", wire.address().of(path, Map.of()), new Body.None(), true);
        HttpResponse<Path> response =
            wire.exchange(
                call,
                BodyHandlers.limiting(BodyHandlers.ofFile(part), Math.max(bytes, 64 * 1024)),
                wire.timeouts().transfer());
        check(wire, response.body(), sha256);
        Files.move(part, place, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw ServiceProblem.local(
          ClientCodes.LOCAL_FILE,
          "%s cannot be written (%s)".formatted(to, e.getMessage()),
          "name a place that you may write to.",
          e);
    }
  }

  private static void check(Wire wire, Path file, String sha256) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (DigestInputStream reader = new DigestInputStream(in, digest)) {
        reader.transferTo(java.io.OutputStream.nullOutputStream());
      }
      if (!HexFormat.of().formatHex(digest.digest()).equalsIgnoreCase(sha256)) {
        throw Answer.bad(
            wire.address().service(), "the file is not the one whose digest was given");
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
