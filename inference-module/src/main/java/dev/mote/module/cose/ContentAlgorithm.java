package dev.mote.module.cose;

import java.util.Arrays;
import java.util.Optional;

/// Algorithms by which payloads are encrypted, with the numbers in COSE of all that belongs to a
/// key of their length.
public enum ContentAlgorithm {
  A128GCM(1, 16, -3, -29),
  A256GCM(3, 32, -5, -31);

  private final int number;
  private final int keyBytes;
  private final int keyWrap;
  private final int agreement;

  ContentAlgorithm(int number, int keyBytes, int keyWrap, int agreement) {
    this.number = number;
    this.keyBytes = keyBytes;
    this.keyWrap = keyWrap;
    this.agreement = agreement;
  }

  /// AES-GCM.
  public int number() {
    return number;
  }

  public int keyBytes() {
    return keyBytes;
  }

  /// AES key wrap (RFC 3394).
  int keyWrap() {
    return keyWrap;
  }

  /// ECDH-ES with HKDF-SHA-256, and AES key wrap by the result.
  int agreement() {
    return agreement;
  }

  public static Optional<ContentAlgorithm> of(long number) {
    return Arrays.stream(values()).filter(known -> known.number == number).findFirst();
  }
}
