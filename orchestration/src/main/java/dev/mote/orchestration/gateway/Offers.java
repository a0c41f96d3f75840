package dev.mote.orchestration.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Names under which devices fetch packages. Such a name says all that must be known, and is
/// signed: nothing is stored, and each process and each restart understands it.
final class Offers {

  /// Who may fetch what.
  ///
  /// @param request the request that offered it
  record Offer(UUID request, String sha256, String endpoint) {}

  private static final int DIGEST = 32;
  private static final int SIGNATURE = 16;
  private static final int HEAD = 16 + 4 + DIGEST;
  private static final int LONGEST_ENDPOINT = 90;

  /// What fits into an option of CoAP.
  private static final int LONGEST_TOKEN = 255;

  private final SecretKeySpec key;

  Offers(Secret secret) {
    this.key = new SecretKeySpec(secret.reveal(), "HmacSHA256");
  }

  /// The name; empty when the endpoint's name is too long for one.
  Optional<String> token(Offer offer, Instant until) {
    byte[] endpoint = offer.endpoint().getBytes(StandardCharsets.UTF_8);
    if (endpoint.length > LONGEST_ENDPOINT) {
      return Optional.empty();
    }
    byte[] bytes =
        ByteBuffer.allocate(HEAD + endpoint.length)
            .putLong(offer.request().getMostSignificantBits())
            .putLong(offer.request().getLeastSignificantBits())
            .putInt((int) until.getEpochSecond())
            .put(HexFormat.of().parseHex(offer.sha256()))
            .put(endpoint)
            .array();
    byte[] signed = Arrays.copyOf(bytes, bytes.length + SIGNATURE);
    System.arraycopy(signature(bytes), 0, signed, bytes.length, SIGNATURE);
    return Optional.of(text(signed));
  }

  /// What a name says; empty when we did not make it, or its time is over. A name has one spelling:
  /// the bits that the last character of Base64 has to spare are zero (RFC 4648, 3.5).
  Optional<Offer> read(String token, Instant now) {
    if (token.length() > LONGEST_TOKEN) {
      return Optional.empty();
    }
    byte[] signed;
    try {
      signed = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (signed.length < HEAD + SIGNATURE || !text(signed).equals(token)) {
      return Optional.empty();
    }
    byte[] bytes = Arrays.copyOf(signed, signed.length - SIGNATURE);
    byte[] signature = Arrays.copyOfRange(signed, bytes.length, signed.length);
    if (!MessageDigest.isEqual(signature, signature(bytes))) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    UUID request = new UUID(in.getLong(), in.getLong());
    long until = in.getInt() & 0xffffffffL;
    byte[] digest = new byte[DIGEST];
    in.get(digest);
    String endpoint = StandardCharsets.UTF_8.decode(in).toString();
    return now.getEpochSecond() > until
        ? Optional.empty()
        : Optional.of(new Offer(request, HexFormat.of().formatHex(digest), endpoint));
  }

  private static String text(byte[] signed) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
  }

  private byte[] signature(byte[] bytes) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return Arrays.copyOf(mac.doFinal(bytes), SIGNATURE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
