package dev.mote.ir;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Immutable bytes with their SHA-256; equal blobs have equal hashes.
public final class Blob {

  private final byte[] bytes;
  private final String sha256;

  private Blob(byte[] bytes) {
    this.bytes = bytes;
    try {
      this.sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /// A copy of `bytes`.
  public static Blob of(byte[] bytes) {
    return new Blob(bytes.clone());
  }

  /// A copy of the remaining bytes of `buffer`, whose position does not change.
  public static Blob of(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return new Blob(copy);
  }

  /// Length in bytes.
  public int size() {
    return bytes.length;
  }

  /// A read-only, little-endian view.
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A copy of the bytes.
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /// SHA-256 as 64 lower-case hexadecimal digits.
  public String sha256() {
    return sha256;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Blob blob && sha256.equals(blob.sha256);
  }

  @Override
  public int hashCode() {
    return sha256.hashCode();
  }

  @Override
  public String toString() {
    return "Blob[" + bytes.length + " bytes, sha256 " + sha256.substring(0, 8) + "]";
  }
}
