package dev.mote.service.device;

import dev.mote.orchestration.gateway.Secret;
import dev.mote.service.http.Problem;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a device must prove, as people give it.
///
/// @param kind `psk`, `rpk`, `x509` or `none`
/// @param identity PSK identity; the endpoint unless given. Common name of the certificate for
/// `x509`
/// @param key pre-shared key in hexadecimal digits or Base64, 16 to 64 bytes; generated unless
/// given
/// @param publicKey raw public key as PEM or Base64 of its SubjectPublicKeyInfo
/// @param bootstrap whether it opens the bootstrap server, which gives the device another one for
/// the server itself; not so unless given
record CredentialSpec(
    @Nullable String kind,
    @Nullable String identity,
    @Nullable String key,
    @Nullable String publicKey,
    @Nullable Boolean bootstrap) {

  static final CredentialSpec GENERATED = new CredentialSpec("psk", null, null, null, null);

  private static final SecureRandom RANDOM = new SecureRandom();

  /// As strong as the suites, which are of AES-128; many clients in C have room for no more.
  private static final int KEY_BYTES = 16;

  private static final int SHORTEST_KEY = 16;
  private static final int LONGEST_KEY = 64;
  private static final int LONGEST_IDENTITY = 128;

  /// Kinds of credential.
  enum Kind {
    PSK,
    RPK,
    X509,
    NONE
  }

  /// A credential that is complete.
  ///
  /// @param identity by which it is found; empty for none
  /// @param key the pre-shared one
  /// @param isNew whether the key was made here, and is to be shown
  record Complete(Kind kind, Optional<String> identity, Optional<Secret> key, boolean isNew) {}

  boolean isBootstrap() {
    return Boolean.TRUE.equals(bootstrap);
  }

  Kind kindOrPsk() {
    String text = kind == null ? "PSK" : kind.toUpperCase(Locale.ROOT);
    for (Kind one : Kind.values()) {
      if (one.name().equals(text)) {
        return one;
      }
    }
    throw refused("kind must be psk, rpk, x509 or none, not '%s'".formatted(kind));
  }

  /// Checks it, and makes what is missing.
  Complete complete(String endpoint) {
    Kind which = kindOrPsk();
    if (which != Kind.PSK && key != null) {
      throw refused("only kind psk has a key");
    }
    if (isBootstrap() && which != Kind.PSK && which != Kind.X509) {
      throw refused("the bootstrap server takes kinds psk and x509");
    }
    return switch (which) {
      case PSK ->
          new Complete(
              which,
              Optional.of(name(identity == null ? endpoint : identity)),
              Optional.of(key == null ? generated() : Secret.of(bytes(key))),
              key == null);
      case RPK -> new Complete(which, Optional.of(fingerprint(decoded())), Optional.empty(), false);
      case X509 ->
          new Complete(
              which,
              Optional.of(name(identity == null ? endpoint : identity)),
              Optional.empty(),
              false);
      case NONE -> new Complete(which, Optional.empty(), Optional.empty(), false);
    };
  }

  private static String name(String text) {
    if (text.isEmpty()
        || text.length() > LONGEST_IDENTITY
        || text.chars().anyMatch(Character::isISOControl)) {
      throw refused("identity must have 1 to 128 characters, none of control");
    }
    return text;
  }

  static Secret generated() {
    byte[] bytes = new byte[KEY_BYTES];
    RANDOM.nextBytes(bytes);
    return Secret.of(bytes);
  }

  private static byte[] bytes(String text) {
    byte[] bytes;
    try {
      bytes =
          text.matches("([0-9a-fA-F]{2})+")
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      throw refused("key must be hexadecimal digits or Base64");
    }
    if (bytes.length < SHORTEST_KEY || bytes.length > LONGEST_KEY) {
      throw refused("key must have 16 to 64 bytes");
    }
    return bytes;
  }

  private byte[] decoded() {
    if (publicKey == null) {
      throw refused("kind rpk needs publicKey");
    }
    return publicKey(publicKey);
  }

  /// A public key as its SubjectPublicKeyInfo.
  static byte[] publicKey(String text) {
    String base64 = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    for (String algorithm : new String[] {"EC", "Ed25519", "XDH"}) {
      try {
        byte[] encoded = Base64.getDecoder().decode(base64);
        return KeyFactory.getInstance(algorithm)
            .generatePublic(new X509EncodedKeySpec(encoded))
            .getEncoded();
      } catch (GeneralSecurityException | IllegalArgumentException _) {
        // It may be of another kind.
      }
    }
    throw refused("a public key must be PEM or Base64 of an EC, Ed25519 or X25519 key");
  }

  /// By which a raw public key is found.
  static String fingerprint(byte[] encodedKey) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(encodedKey));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Problem refused(String what) {
    return DeviceCodes.CREDENTIAL.problem(
        "credential: " + what, "see the kinds of credentials in the reference of devices.");
  }

  @Override
  public String toString() {
    return "CredentialSpec[" + kind + ", " + identity + "]";
  }
}
