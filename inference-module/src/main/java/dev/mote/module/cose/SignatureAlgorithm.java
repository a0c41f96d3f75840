package dev.mote.module.cose;

import java.util.Arrays;
import java.util.Optional;

/// Algorithms by which modules are signed, with their numbers in COSE.
public enum SignatureAlgorithm {
  /// EdDSA with Ed25519 (RFC 8032, RFC 9053).
  ED25519(-8, "Ed25519", "Ed25519", 64),
  /// ECDSA with P-256 and SHA-256 (RFC 9053); r and s of 32 bytes each.
  ES256(-7, "EC", "SHA256withECDSAinP1363Format", 64),
  /// ML-DSA-65 (FIPS 204), pure, with an empty context.
  ML_DSA_65(-49, "ML-DSA-65", "ML-DSA-65", 3309);

  private final int number;
  private final String keyFactory;
  private final String signature;
  private final int signatureBytes;

  SignatureAlgorithm(int number, String keyFactory, String signature, int signatureBytes) {
    this.number = number;
    this.keyFactory = keyFactory;
    this.signature = signature;
    this.signatureBytes = signatureBytes;
  }

  /// The number in the COSE registry of algorithms.
  public int number() {
    return number;
  }

  /// Size of a signature.
  public int signatureBytes() {
    return signatureBytes;
  }

  /// As the Java platform calls the algorithm of keys.
  String keyFactory() {
    return keyFactory;
  }

  /// As the Java platform calls the algorithm of signatures.
  String signature() {
    return signature;
  }

  public static Optional<SignatureAlgorithm> of(long number) {
    return Arrays.stream(values()).filter(known -> known.number == number).findFirst();
  }
}
