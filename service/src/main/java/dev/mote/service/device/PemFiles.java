package dev.mote.service.device;

import dev.mote.orchestration.gateway.ServerKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys and certificates in PEM files.
final class PemFiles {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private PemFiles() {}

  static List<X509Certificate> certificates(List<Path> files)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        CertificateFactory.getInstance("X.509")
            .generateCertificates(in)
            .forEach(certificate -> all.add((X509Certificate) certificate));
      }
    }
    return all;
  }

  /// The server's key.
  ///
  /// @param keyFile holds a `PRIVATE KEY` and, without a certificate, a `PUBLIC KEY` beside it
  static ServerKey serverKey(Path keyFile, Optional<Path> certificateFile)
      throws IOException, GeneralSecurityException {
    String text = Files.readString(keyFile);
    KeyFactory keys = KeyFactory.getInstance("EC");
    PrivateKey secret =
        keys.generatePrivate(new PKCS8EncodedKeySpec(block(text, "PRIVATE KEY", keyFile)));
    List<X509Certificate> chain =
        certificateFile.isPresent() ? certificates(List.of(certificateFile.get())) : List.of();
    PublicKey open =
        chain.isEmpty()
            ? keys.generatePublic(new X509EncodedKeySpec(block(text, "PUBLIC KEY", keyFile)))
            : chain.getFirst().getPublicKey();
    return new ServerKey(secret, open, chain);
  }

  private static byte[] block(String text, String kind, Path file) throws IOException {
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      if (block.group(1).equals(kind)) {
        return Base64.getDecoder().decode(block.group(2).replaceAll("\\s", ""));
      }
    }
    throw new IOException(file + " has no " + kind);
  }
}
