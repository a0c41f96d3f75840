package dev.mote.module.cbor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// Immutable bytes, equal when their contents are.
public final class Bytes {

  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] contents;

  private Bytes(byte[] contents) {
    this.contents = contents;
  }

  /// A copy of `contents`.
  public static Bytes of(byte[] contents) {
    return new Bytes(contents.clone());
  }

  /// A copy of the bytes of `contents` in `[from, to)`.
  public static Bytes of(byte[] contents, int from, int to) {
    return new Bytes(Arrays.copyOfRange(contents, from, to));
  }

  /// The UTF-8 encoding of `text`.
  public static Bytes utf8(String text) {
    return new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// @param digits pairs of hexadecimal digits of either case
  public static Bytes hex(String digits) {
    return new Bytes(HexFormat.of().parseHex(digits));
  }

  public int size() {
    return contents.length;
  }

  public boolean isEmpty() {
    return contents.length == 0;
  }

  /// The byte at `index`, 0 to 255.
  public int at(int index) {
    return contents[index] & 0xff;
  }

  /// The bytes in `[from, to)`.
  public Bytes slice(int from, int to) {
    return new Bytes(Arrays.copyOfRange(contents, from, to));
  }

  /// These bytes and then `other`.
  public Bytes then(Bytes other) {
    byte[] both = Arrays.copyOf(contents, contents.length + other.contents.length);
    System.arraycopy(other.contents, 0, both, contents.length, other.contents.length);
    return new Bytes(both);
  }

  /// SHA-256 of the contents.
  public Bytes sha256() {
    return sha256(0, contents.length);
  }

  /// SHA-256 of the bytes in `[from, to)`.
  public Bytes sha256(int from, int to) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(contents, from, to - from);
      return new Bytes(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /// A copy of the contents.
  public byte[] toByteArray() {
    return contents.clone();
  }

  /// Two lower-case hexadecimal digits for each byte.
  public String toHex() {
    return HexFormat.of().formatHex(contents);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(contents, bytes.contents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(contents);
  }

  @Override
  public String toString() {
    return contents.length <= 40 ? "h'" + toHex() + "'" : "Bytes[" + contents.length + "]";
  }
}
