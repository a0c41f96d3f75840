package dev.mote.module.cose;

import dev.mote.module.cbor.Bytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;

/// A private key that signs, and the public key that checks it.
public final class SigningKey {

  private final PrivateKey secret;
  private final VerificationKey verification;

  private SigningKey(PrivateKey secret, VerificationKey verification) {
    this.secret = secret;
    this.verification = verification;
  }

  /// The key of a PKCS#8 encoding and the public key that belongs to it.
  ///
  /// @throws CoseProblem when it is no such key, or belongs to another public key
  public static SigningKey of(Bytes pkcs8, VerificationKey verification) throws CoseProblem {
    try {
      PrivateKey secret =
          KeyFactory.getInstance(verification.algorithm().keyFactory())
              .generatePrivate(new PKCS8EncodedKeySpec(pkcs8.toByteArray()));
      SigningKey key = new SigningKey(secret, verification);
      Bytes probe = Bytes.utf8("do these keys belong together?");
      if (!verification.verify(probe, key.sign(probe))) {
        throw new CoseProblem("the private key does not belong to the public key");
      }
      return key;
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw new CoseProblem("it is no private key of " + verification.algorithm(), e);
    }
  }

  /// A new key.
  public static SigningKey generate(SignatureAlgorithm algorithm, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.keyFactory());
      generator.initialize(
          switch (algorithm) {
            case ED25519 -> NamedParameterSpec.ED25519;
            case ES256 -> new ECGenParameterSpec("secp256r1");
            case ML_DSA_65 -> NamedParameterSpec.ML_DSA_65;
          },
          random);
      KeyPair pair = generator.generateKeyPair();
      return new SigningKey(
          pair.getPrivate(),
          VerificationKey.of(algorithm, Bytes.of(pair.getPublic().getEncoded())));
    } catch (GeneralSecurityException | CoseProblem e) {
      throw new IllegalStateException("the Java platform makes no key of " + algorithm, e);
    }
  }

  public VerificationKey verification() {
    return verification;
  }

  /// PKCS#8 in DER.
  public Bytes encoded() {
    return Bytes.of(secret.getEncoded());
  }

  /// A signature of `message`.
  public Bytes sign(Bytes message) {
    try {
      Signature maker = Signature.getInstance(verification.algorithm().signature());
      maker.initSign(secret);
      maker.update(message.toByteArray());
      return Bytes.of(maker.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign by " + verification.algorithm(), e);
    }
  }
}
