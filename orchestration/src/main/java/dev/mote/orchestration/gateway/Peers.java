package dev.mote.orchestration.gateway;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.RawPublicKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.leshan.core.peer.LwM2mIdentity;
import org.eclipse.leshan.core.peer.PskIdentity;
import org.eclipse.leshan.core.peer.RpkIdentity;
import org.eclipse.leshan.core.peer.SocketIdentity;
import org.eclipse.leshan.core.peer.X509Identity;
import org.jspecify.annotations.Nullable;

/// What the other end of a connection has proved to be.
public final class Peers {

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

  /// The same as the journal keeps it.
  static LwM2mIdentity identity(EndpointContext context) {
    InetSocketAddress address = context.getPeerAddress();
    Principal principal = context.getPeerIdentity();
    return switch (principal) {
      case null -> new SocketIdentity(address);
      case PreSharedKeyIdentity psk -> new PskIdentity(psk.getIdentity());
      case RawPublicKeyIdentity raw -> new RpkIdentity(raw.getKey());
      case X509CertPath path -> new X509Identity(commonName(path));
      case Principal other ->
          throw new IllegalStateException("unknown kind of identity: " + other.getClass());
    };
  }

  static boolean isSecure(LwM2mIdentity identity) {
    return !(identity instanceof SocketIdentity);
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
