package dev.mote.module.cose;

import dev.mote.module.cbor.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;

/// A public key that checks signatures.
///
/// @param id its identifier; the first 8 bytes of the SHA-256 of `encoded`
/// @param algorithm the only one that it is used with
/// @param encoded SubjectPublicKeyInfo in DER
/// @param key the key itself
public record VerificationKey(
    Bytes id, SignatureAlgorithm algorithm, Bytes encoded, PublicKey key) {

  private static final int ID_BYTES = 8;

  /// The key whose SubjectPublicKeyInfo is `encoded`.
  ///
  /// @throws CoseProblem when it is no key of `algorithm`
  public static VerificationKey of(SignatureAlgorithm algorithm, Bytes encoded) throws CoseProblem {
    try {
      PublicKey key =
          KeyFactory.getInstance(algorithm.keyFactory())
              .generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
      if (key instanceof ECPublicKey curve && curve.getParams().getOrder().bitLength() != 256) {
        throw new CoseProblem("it is on another curve than P-256");
      }
      if (!Bytes.of(key.getEncoded()).equals(encoded)) {
        throw new CoseProblem("it is not in the usual encoding");
      }
      return new VerificationKey(idOf(encoded), algorithm, encoded, key);
    } catch (GeneralSecurityException e) {
      throw new CoseProblem("it is no public key of " + algorithm, e);
    }
  }

  /// The identifier of the key whose SubjectPublicKeyInfo is `encoded`.
  public static Bytes idOf(Bytes encoded) {
    return encoded.sha256().slice(0, ID_BYTES);
  }

  /// Whether `signature` is one of `message` by this key's owner.
  public boolean verify(Bytes message, Bytes signature) {
    if (signature.size() != algorithm.signatureBytes()) {
      return false;
    }
    try {
      Signature check = Signature.getInstance(algorithm.signature());
      check.initVerify(key);
      check.update(message.toByteArray());
      return check.verify(signature.toByteArray());
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the Java platform cannot check " + algorithm, e);
    }
  }
}
