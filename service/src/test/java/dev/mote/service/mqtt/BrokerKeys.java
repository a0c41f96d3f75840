package dev.mote.service.mqtt;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Keys and certificates by the JDK's own tool: an authority, a broker at `localhost` and a client
/// that it vouches for, and a stranger that vouches for itself.
final class BrokerKeys {

  static final String PASSWORD = "secret";
  private static final char[] SECRET = PASSWORD.toCharArray();
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private final Path folder;
  private final KeyStore all;

  BrokerKeys(Path folder) {
    this.folder = folder;
    Path file = folder.resolve("all.p12");
    keytool(file, "authority", "-ext", "bc:c");
    keytool(file, "broker", "-signer", "authority", "-ext", "san=dns:localhost");
    keytool(file, "client", "-signer", "authority");
    keytool(file, "stranger", "-ext", "bc:c");
    try {
      all = KeyStore.getInstance(file.toFile(), SECRET);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(Path file, String name, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(more));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool: " + process.exitValue());
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// The broker's own key with its chain, as brokers in Java take it.
  Path brokerStore() {
    return store(
        "broker.p12",
        store ->
            store.setKeyEntry(
                "broker", all.getKey("broker", SECRET), SECRET, all.getCertificateChain("broker")));
  }

  /// Whom the broker takes clients from.
  Path trustStore() {
    return store(
        "trust.p12",
        store -> store.setCertificateEntry("authority", all.getCertificate("authority")));
  }

  private interface Filling {
    void fill(KeyStore store) throws GeneralSecurityException;
  }

  private Path store(String name, Filling filling) {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, SECRET);
      filling.fill(store);
      store.store(out, SECRET);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return file;
  }

  /// A PEM file with a certificate and those above it.
  Path certificate(String name) {
    StringBuilder text = new StringBuilder();
    try {
      for (Certificate each : all.getCertificateChain(name)) {
        text.append(pem("CERTIFICATE", each.getEncoded()));
      }
      return Files.writeString(folder.resolve(name + ".pem"), text);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A PEM file with a private key.
  Path key(String name) {
    try {
      return Files.writeString(
          folder.resolve(name + "-key.pem"),
          pem("PRIVATE KEY", all.getKey(name, SECRET).getEncoded()));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(kind, LINES.encodeToString(content), kind);
  }
}
