package dev.mote.module.cose;

import dev.mote.module.cbor.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;

/// A key for which, or by which, content keys are wrapped.
public sealed interface RecipientKey {

  /// Its identifier.
  Bytes id();

  /// A secret shared with a device or a group: AES key wrap.
  record Shared(Bytes secret) implements RecipientKey {
    public Shared {
      if (secret.size() != 16 && secret.size() != 32) {
        throw new IllegalArgumentException("a shared key has 16 or 32 bytes");
      }
    }

    /// The first 8 bytes of the SHA-256 of `mote-kek` and the secret.
    @Override
    public Bytes id() {
      return Bytes.utf8("mote-kek").then(secret).sha256().slice(0, 8);
    }

    @Override
    public String toString() {
      return "Shared[" + id() + "]";
    }
  }

  /// A device's public key: agreement with a fresh key.
  record Public(Curve curve, Bytes encoded, PublicKey key) implements RecipientKey {

    /// The key whose SubjectPublicKeyInfo is `encoded`.
    public static Public of(Curve curve, Bytes encoded) throws CoseProblem {
      return new Public(curve, encoded, curve.publicKey(encoded));
    }

    @Override
    public Bytes id() {
      return VerificationKey.idOf(encoded);
    }
  }

  /// A device's private key, and its public one.
  record Private(Public publicKey, PrivateKey key) implements RecipientKey {

    /// The key of a PKCS#8 encoding.
    public static Private of(Bytes pkcs8, Public publicKey) throws CoseProblem {
      try {
        return new Private(
            publicKey,
            KeyFactory.getInstance(publicKey.curve().keyFactory())
                .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.toByteArray())));
      } catch (GeneralSecurityException e) {
        throw new CoseProblem("it is no private key on " + publicKey.curve(), e);
      }
    }

    @Override
    public Bytes id() {
      return publicKey.id();
    }
  }
}
