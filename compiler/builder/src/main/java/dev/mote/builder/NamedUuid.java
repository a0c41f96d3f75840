package dev.mote.builder;

import dev.mote.module.cbor.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// UUIDs of version 5: names in a namespace (RFC 9562, section 5.5).
public final class NamedUuid {

  /// The namespace of domain names.
  public static final Bytes DNS = Bytes.hex("6ba7b8109dad11d180b400c04fd430c8");

  private NamedUuid() {}

  public static Bytes of(Bytes namespace, String name) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      sha1.update(namespace.toByteArray());
      byte[] uuid = Bytes.of(sha1.digest(Bytes.utf8(name).toByteArray()), 0, 16).toByteArray();
      uuid[6] = (byte) (uuid[6] & 0x0f | 0x50);
      uuid[8] = (byte) (uuid[8] & 0x3f | 0x80);
      return Bytes.of(uuid);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-1", e);
    }
  }

  /// As people write it: `00112233-4455-6677-8899-aabbccddeeff`.
  public static String text(Bytes uuid) {
    return uuid.toHex().replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }
}
