package dev.mote.module.cose;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.MapBuilder;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Map;
import javax.crypto.KeyAgreement;

/// Curves on which content keys are agreed. A point is x and then y on P-256, u on X25519; its
/// SubjectPublicKeyInfo is a constant and then the point.
public enum Curve {
  P256("EC", "ECDH", "3059301306072a8648ce3d020106082a8648ce3d03010703420004", 64),
  X25519("X25519", "X25519", "302a300506032b656e032100", 32);

  private static final int KEY_TYPE = 1;
  private static final int CURVE = -1;
  private static final int X = -2;
  private static final int Y = -3;

  private final String keyFactory;
  private final String agreement;
  private final Bytes prefix;
  private final int pointBytes;

  Curve(String keyFactory, String agreement, String prefix, int pointBytes) {
    this.keyFactory = keyFactory;
    this.agreement = agreement;
    this.prefix = Bytes.hex(prefix);
    this.pointBytes = pointBytes;
  }

  String keyFactory() {
    return keyFactory;
  }

  /// A new pair of keys.
  public KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(keyFactory);
      generator.initialize(
          this == P256 ? new ECGenParameterSpec("secp256r1") : NamedParameterSpec.X25519, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the Java platform makes no key on " + this, e);
    }
  }

  /// The point of a public key.
  Bytes point(PublicKey key) {
    Bytes encoded = Bytes.of(key.getEncoded());
    return encoded.slice(encoded.size() - pointBytes, encoded.size());
  }

  /// The public key of a SubjectPublicKeyInfo.
  PublicKey publicKey(Bytes encoded) throws CoseProblem {
    if (encoded.size() != prefix.size() + pointBytes
        || !encoded.slice(0, prefix.size()).equals(prefix)) {
      throw new CoseProblem("it is no public key on " + this);
    }
    try {
      return KeyFactory.getInstance(keyFactory)
          .generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new CoseProblem("it is no public key on " + this, e);
    }
  }

  /// The secret that `mine` and the owner of `point` share.
  Bytes agree(PrivateKey mine, Bytes point) throws CoseProblem {
    try {
      KeyAgreement agree = KeyAgreement.getInstance(agreement);
      agree.init(mine);
      agree.doPhase(publicKey(prefix.then(point)), true);
      return Bytes.of(agree.generateSecret());
    } catch (GeneralSecurityException e) {
      throw new CoseProblem("no secret can be agreed with the ephemeral key", e);
    }
  }

  /// A point as a COSE_Key.
  Cbor toCbor(Bytes point) {
    return switch (this) {
      case P256 ->
          new MapBuilder()
              .put(KEY_TYPE, Cbor.of(2))
              .put(CURVE, Cbor.of(1))
              .put(X, Cbor.of(point.slice(0, 32)))
              .put(Y, Cbor.of(point.slice(32, 64)))
              .build();
      case X25519 ->
          new MapBuilder()
              .put(KEY_TYPE, Cbor.of(1))
              .put(CURVE, Cbor.of(4))
              .put(X, Cbor.of(point))
              .build();
    };
  }

  /// A curve and a point on it.
  record Point(Curve curve, Bytes coordinates) {}

  /// Reads what [#toCbor] gives.
  static Point of(Cbor key) throws CoseProblem {
    if (key instanceof Cbor.Mapping(Map<Cbor, Cbor> entries)
        && entries.get(Cbor.of(X)) instanceof Cbor.ByteString(Bytes x)) {
      Bytes point = entries.get(Cbor.of(Y)) instanceof Cbor.ByteString(Bytes y) ? x.then(y) : x;
      for (Curve curve : values()) {
        if (point.size() == curve.pointBytes && curve.toCbor(point).equals(key)) {
          return new Point(curve, point);
        }
      }
    }
    throw new CoseProblem("the ephemeral key is none on P-256 or X25519");
  }
}
