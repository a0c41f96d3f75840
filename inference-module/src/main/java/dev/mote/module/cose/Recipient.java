package dev.mote.module.cose;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A content key, wrapped for one recipient.
///
/// @param keyId identifier of the recipient's key
/// @param ephemeral the sender's point for an agreement; none when the wrapping key is shared
/// @param wrapped the content key by AES key wrap
record Recipient(Bytes keyId, Optional<Curve.Point> ephemeral, Bytes wrapped) {

  private static final int ALGORITHM = 1;
  private static final int KEY_ID = 4;
  private static final int EPHEMERAL_KEY = -1;

  /// Wraps `contentKey` for the owner of `key`.
  static Recipient wrap(
      RecipientKey key, ContentAlgorithm algorithm, Bytes contentKey, SecureRandom random)
      throws CoseProblem {
    return switch (key) {
      case RecipientKey.Shared shared -> {
        if (shared.secret().size() != algorithm.keyBytes()) {
          throw new CoseProblem(
              "a shared key of %d bytes does not wrap one of %d"
                  .formatted(shared.secret().size(), algorithm.keyBytes()));
        }
        yield new Recipient(
            shared.id(),
            Optional.empty(),
            aesKeyWrap(Cipher.WRAP_MODE, shared.secret(), contentKey));
      }
      case RecipientKey.Public open -> {
        KeyPair fresh = open.curve().generate(random);
        Bytes wrapping =
            derive(open.curve(), fresh.getPrivate(), open.curve().point(open.key()), algorithm);
        yield new Recipient(
            open.id(),
            Optional.of(new Curve.Point(open.curve(), open.curve().point(fresh.getPublic()))),
            aesKeyWrap(Cipher.WRAP_MODE, wrapping, contentKey));
      }
      case RecipientKey.Private(RecipientKey.Public open, PrivateKey _) ->
          wrap(open, algorithm, contentKey, random);
    };
  }

  /// The content key, when `key` is the one that it was wrapped for.
  Bytes unwrap(RecipientKey key, ContentAlgorithm algorithm) throws CoseProblem {
    if (key instanceof RecipientKey.Shared(Bytes secret) && ephemeral.isEmpty()) {
      return aesKeyWrap(Cipher.UNWRAP_MODE, secret, wrapped);
    }
    if (key instanceof RecipientKey.Private own
        && ephemeral.isPresent()
        && ephemeral.get().curve() == own.publicKey().curve()) {
      Curve.Point point = ephemeral.get();
      return aesKeyWrap(
          Cipher.UNWRAP_MODE,
          derive(point.curve(), own.key(), point.coordinates(), algorithm),
          wrapped);
    }
    throw new CoseProblem("the content key is wrapped for another kind of key");
  }

  private static Bytes derive(Curve curve, PrivateKey mine, Bytes point, ContentAlgorithm algorithm)
      throws CoseProblem {
    return wrappingKey(curve.agree(mine, point), algorithm);
  }

  /// HKDF over COSE_KDF_Context of RFC 9053, section 5.2, with no party information and no salt.
  static Bytes wrappingKey(Bytes secret, ContentAlgorithm algorithm) throws CoseProblem {
    Cbor nobody = Cbor.array(Cbor.NULL, Cbor.NULL, Cbor.NULL);
    Bytes context =
        CborWriter.write(
            Cbor.array(
                Cbor.of(algorithm.keyWrap()),
                nobody,
                nobody,
                Cbor.array(
                    Cbor.of(8L * algorithm.keyBytes()), Cbor.of(agreementHeaders(algorithm)))));
    try {
      return Bytes.of(
          KDF.getInstance("HKDF-SHA256")
              .deriveData(
                  HKDFParameterSpec.ofExtract()
                      .addIKM(secret.toByteArray())
                      .thenExpand(context.toByteArray(), algorithm.keyBytes())));
    } catch (GeneralSecurityException e) {
      throw new CoseProblem("no key can be derived", e);
    }
  }

  static Bytes aesKeyWrap(int mode, Bytes wrapping, Bytes key) throws CoseProblem {
    try {
      Cipher cipher = Cipher.getInstance("AES/KW/NoPadding");
      cipher.init(mode, new SecretKeySpec(wrapping.toByteArray(), "AES"));
      if (mode == Cipher.WRAP_MODE) {
        return Bytes.of(cipher.wrap(new SecretKeySpec(key.toByteArray(), "AES")));
      }
      SecretKey opened = (SecretKey) cipher.unwrap(key.toByteArray(), "AES", Cipher.SECRET_KEY);
      return Bytes.of(opened.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new CoseProblem("the content key cannot be unwrapped", e);
    }
  }

  private static Bytes agreementHeaders(ContentAlgorithm algorithm) {
    return CborWriter.write(
        new MapBuilder().put(ALGORITHM, Cbor.of(algorithm.agreement())).build());
  }

  Cbor toCbor(ContentAlgorithm algorithm) {
    MapBuilder open = new MapBuilder().put(KEY_ID, Cbor.of(keyId));
    if (ephemeral.isEmpty()) {
      return Cbor.array(
          Cbor.of(Bytes.EMPTY),
          open.put(ALGORITHM, Cbor.of(algorithm.keyWrap())).build(),
          Cbor.of(wrapped));
    }
    Curve.Point point = ephemeral.get();
    return Cbor.array(
        Cbor.of(agreementHeaders(algorithm)),
        open.put(EPHEMERAL_KEY, point.curve().toCbor(point.coordinates())).build(),
        Cbor.of(wrapped));
  }

  /// Reads what [#toCbor] gives.
  static Recipient of(Cbor item, ContentAlgorithm algorithm) throws CoseProblem {
    if (item instanceof Cbor.Array(List<Cbor> parts)
        && parts.size() == 3
        && parts.get(1) instanceof Cbor.Mapping(Map<Cbor, Cbor> open)
        && open.get(Cbor.of(KEY_ID)) instanceof Cbor.ByteString(Bytes keyId)
        && parts.get(2) instanceof Cbor.ByteString(Bytes wrapped)
        && wrapped.size() == algorithm.keyBytes() + 8) {
      Cbor key = open.get(Cbor.of(EPHEMERAL_KEY));
      Recipient recipient =
          new Recipient(
              keyId, key == null ? Optional.empty() : Optional.of(Curve.of(key)), wrapped);
      if (recipient.toCbor(algorithm).equals(item)) {
        return recipient;
      }
    }
    throw new CoseProblem("a recipient is of none of the forms that modules use");
  }
}
