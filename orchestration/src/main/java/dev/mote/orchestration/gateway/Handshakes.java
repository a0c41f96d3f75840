package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.DEBUG;

import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.x500.X500Principal;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertLevel;
import org.eclipse.californium.scandium.dtls.CertificateMessage;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.CertificateVerificationResult;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.HandshakeResultHandler;
import org.eclipse.californium.scandium.dtls.PskPublicInformation;
import org.eclipse.californium.scandium.dtls.PskSecretResult;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.PskStore;
import org.eclipse.californium.scandium.dtls.x509.CertificateVerifier;
import org.eclipse.californium.scandium.dtls.x509.SingleCertificateProvider;
import org.eclipse.californium.scandium.dtls.x509.StaticCertificateVerifier;
import org.eclipse.californium.scandium.util.ServerNames;
import org.jspecify.annotations.Nullable;

/// DTLS by pre-shared keys, raw public keys and certificates, with connection ids (RFC 9146).
/// Credentials are asked on workers, not on the threads of the network.
public final class Handshakes {

  private static final System.Logger LOG = System.getLogger(Handshakes.class.getName());
  private static final int CONNECTION_ID_BYTES = 6;
  private static final int MOST_CONNECTIONS = 500_000;
  private static final int MOST_PENDING = 2_000;
  private static final int LONGEST_IDENTITY = 255;

  private static final List<CipherSuite> PRE_SHARED =
      List.of(
          CipherSuite.TLS_PSK_WITH_AES_128_CCM_8,
          CipherSuite.TLS_PSK_WITH_AES_128_CCM,
          CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_PSK_WITH_AES_128_CBC_SHA256);

  private static final List<CipherSuite> PUBLIC_KEY =
      List.of(
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256);

  private Handshakes() {}

  /// A connector that knows devices by `credentials`, which it asks on `workers`.
  public static DTLSConnector connector(
      Configuration configuration,
      InetSocketAddress address,
      Optional<ServerKey> serverKey,
      Credentials credentials,
      Executor workers) {
    Configuration dtls =
        new Configuration(configuration)
            .set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY)
            .set(DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, CONNECTION_ID_BYTES)
            .set(DtlsConfig.DTLS_MAX_CONNECTIONS, MOST_CONNECTIONS)
            .set(DtlsConfig.DTLS_MAX_PENDING_HANDSHAKE_RESULT_JOBS, MOST_PENDING)
            .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
            // A device may fetch a package by a second connection.
            .set(DtlsConfig.DTLS_REMOVE_STALE_DOUBLE_PRINCIPALS, false);
    List<CipherSuite> suites = new ArrayList<>();
    if (serverKey.isPresent()) {
      suites.addAll(PUBLIC_KEY);
    }
    suites.addAll(PRE_SHARED);
    dtls.setAsList(DtlsConfig.DTLS_CIPHER_SUITES, suites.toArray(CipherSuite[]::new));
    DtlsConnectorConfig.Builder builder =
        DtlsConnectorConfig.builder(dtls)
            .setAddress(address)
            .setPskStore(new Keys(credentials, workers));
    serverKey.ifPresent(
        key ->
            builder
                .setCertificateIdentityProvider(
                    key.chain().isEmpty()
                        ? new SingleCertificateProvider(key.secret(), key.open())
                        : new SingleCertificateProvider(
                            key.secret(),
                            key.chain().toArray(X509Certificate[]::new),
                            CertificateType.X_509,
                            CertificateType.RAW_PUBLIC_KEY))
                .setCertificateVerifier(new Verifier(credentials, workers)));
    return new DTLSConnector(builder.build());
  }

  private static final class Keys implements PskStore {

    private final Credentials credentials;
    private final Executor workers;
    private volatile @Nullable HandshakeResultHandler handler;

    Keys(Credentials credentials, Executor workers) {
      this.credentials = credentials;
      this.workers = workers;
    }

    @Override
    public boolean hasEcdhePskSupported() {
      return false;
    }

    @Override
    public @Nullable PskSecretResult requestPskSecretResult(
        ConnectionId connection,
        ServerNames names,
        PskPublicInformation identity,
        String hmac,
        SecretKey otherSecret,
        byte[] seed,
        boolean extended) {
      workers.execute(
          () -> {
            SecretKey key = null;
            try {
              key = key(identity);
            } catch (RuntimeException e) {
              LOG.log(DEBUG, "no key could be looked up", e);
            }
            HandshakeResultHandler waiting = handler;
            if (waiting != null) {
              waiting.apply(new PskSecretResult(connection, identity, key, false, false));
            }
          });
      return null;
    }

    private @Nullable SecretKey key(PskPublicInformation identity) {
      String name = identity.getPublicInfoAsString();
      if (name.isEmpty() || name.length() > LONGEST_IDENTITY) {
        return null;
      }
      return credentials
          .byIdentity(name)
          .map(psk -> new SecretKeySpec(psk.key().reveal(), PskSecretResult.ALGORITHM_PSK))
          .orElse(null);
    }

    @Override
    public @Nullable PskPublicInformation getIdentity(
        InetSocketAddress peer, ServerNames virtualHost) {
      return null;
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
      handler = resultHandler;
    }
  }

  private static final class Verifier implements CertificateVerifier {

    private final Credentials credentials;
    private final Executor workers;
    private volatile @Nullable HandshakeResultHandler handler;

    Verifier(Credentials credentials, Executor workers) {
      this.credentials = credentials;
      this.workers = workers;
    }

    @Override
    public List<CertificateType> getSupportedCertificateTypes() {
      return List.of(CertificateType.RAW_PUBLIC_KEY, CertificateType.X_509);
    }

    @Override
    public @Nullable CertificateVerificationResult verifyCertificate(
        ConnectionId connection,
        ServerNames names,
        InetSocketAddress peer,
        boolean clientUsage,
        boolean verifySubject,
        boolean truncate,
        CertificateMessage message) {
      workers.execute(
          () -> {
            CertificateVerificationResult result;
            try {
              result =
                  message.getCertificateChain() == null
                      ? raw(connection, message.getPublicKey())
                      : certified(connection, names, peer, clientUsage, truncate, message);
            } catch (RuntimeException e) {
              LOG.log(DEBUG, "a certificate could not be verified", e);
              result = refused(connection, AlertDescription.INTERNAL_ERROR);
            }
            HandshakeResultHandler waiting = handler;
            if (waiting != null) {
              waiting.apply(result);
            }
          });
      return null;
    }

    private CertificateVerificationResult raw(ConnectionId connection, @Nullable PublicKey key) {
      return key != null && credentials.knows(key)
          ? new CertificateVerificationResult(connection, key, null)
          : refused(connection, AlertDescription.BAD_CERTIFICATE);
    }

    private CertificateVerificationResult certified(
        ConnectionId connection,
        ServerNames names,
        InetSocketAddress peer,
        boolean clientUsage,
        boolean truncate,
        CertificateMessage message) {
      X509Certificate[] authorities = credentials.authorities().toArray(X509Certificate[]::new);
      if (authorities.length == 0
          || message.getCertificateChain().getCertificates().isEmpty()
          || !(message.getCertificateChain().getCertificates().getFirst()
              instanceof X509Certificate own)
          || Peers.commonName(own) == null) {
        return refused(connection, AlertDescription.UNKNOWN_CA);
      }
      return StaticCertificateVerifier.builder()
          .setTrustedCertificates(authorities)
          .build()
          .verifyCertificate(connection, names, peer, clientUsage, false, truncate, message);
    }

    private static CertificateVerificationResult refused(
        ConnectionId connection, AlertDescription why) {
      return new CertificateVerificationResult(
          connection,
          new HandshakeException("not a key of a device", new AlertMessage(AlertLevel.FATAL, why)));
    }

    @Override
    public List<X500Principal> getAcceptedIssuers() {
      return List.of();
    }

    @Override
    public void setResultHandler(HandshakeResultHandler resultHandler) {
      handler = resultHandler;
    }
  }
}
