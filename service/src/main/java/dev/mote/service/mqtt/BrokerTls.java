package dev.mote.service.mqtt;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientSslConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/// TLS to the broker, from PEM files.
final class BrokerTls {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final int HANDSHAKE_SECONDS = 20;

  private BrokerTls() {}

  static MqttClientSslConfig of(MqttSettings settings)
      throws IOException, GeneralSecurityException {
    MqttClientSslConfigBuilder tls =
        MqttClientSslConfig.builder().handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
    if (!settings.trust().isEmpty()) {
      tls = tls.trustManagerFactory(trust(settings.trust()));
    }
    if (settings.certificate().isPresent() && settings.key().isPresent()) {
      tls =
          tls.keyManagerFactory(
              own(Path.of(settings.certificate().get()), Path.of(settings.key().get())));
    }
    return tls.build();
  }

  private static TrustManagerFactory trust(List<Path> files)
      throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    int number = 0;
    for (Path file : files) {
      for (Certificate certificate : certificates(file)) {
        store.setCertificateEntry("trusted" + number++, certificate);
      }
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory;
  }

  private static KeyManagerFactory own(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    KeyStore store = empty();
    List<Certificate> chain = certificates(certificate);
    if (chain.isEmpty()) {
      throw new IOException(certificate + " has no certificate");
    }
    store.setKeyEntry(
        "own",
        key(key, chain.getFirst().getPublicKey().getAlgorithm()),
        new char[0],
        chain.toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory;
  }

  private static KeyStore empty() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static List<Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return new ArrayList<>(CertificateFactory.getInstance("X.509").generateCertificates(in));
    }
  }

  private static PrivateKey key(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    Matcher key = KEY.matcher(Files.readString(file));
    if (!key.find()) {
      throw new IOException(file + " has no PRIVATE KEY");
    }
    byte[] bytes = Base64.getDecoder().decode(key.group(1).replaceAll("\\s", ""));
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
  }
}
