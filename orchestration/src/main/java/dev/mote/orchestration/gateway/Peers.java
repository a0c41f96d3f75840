package dev.mote.orchestration.gateway;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.RawPublicKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.jspecify.annotations.Nullable;

/// What the other end of a connection has proved to be.
public final class Peers {

  /// The name of who proves nothing begins with this.
  static final String UNPROVED = "address ";

  private Peers() {}

  public static Peer of(EndpointContext context) {
    return switch (context.getPeerIdentity()) {
      case null -> new Peer.Unknown();
      case PreSharedKeyIdentity psk -> new Peer.PreShared(psk.getIdentity());
      case RawPublicKeyIdentity raw ->
          new Peer.RawKey(HexFormat.of().formatHex(raw.getKey().getEncoded()));
      case X509CertPath path -> new Peer.Certified(commonName(path));
      case Principal other ->
          throw new IllegalStateException("unknown kind of identity: " + other.getClass());
    };
  }

  /// The same in words, as the journal keeps and finds it; who proves nothing is an address.
  static String name(EndpointContext context) {
    return switch (context.getPeerIdentity()) {
      case null -> UNPROVED + address(context.getPeerAddress());
      case PreSharedKeyIdentity psk -> "psk " + psk.getIdentity();
      case RawPublicKeyIdentity raw ->
          "rpk " + Base64.getEncoder().encodeToString(raw.getKey().getEncoded());
      case X509CertPath path -> "x509 " + commonName(path);
      case Principal other ->
          throw new IllegalStateException("unknown kind of identity: " + other.getClass());
    };
  }

  static String address(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private static String commonName(X509CertPath path) {
    String name = commonName(path.getTarget());
    if (name == null) {
      throw new IllegalStateException("a certificate without a common name");
    }
    return name;
  }

  static @Nullable String commonName(X509Certificate certificate) {
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN") && rdn.getValue() instanceof String name) {
          return name;
        }
      }
    } catch (InvalidNameException e) {
      return null;
    }
    return null;
  }
}
