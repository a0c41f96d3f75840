package dev.mote.module.cose;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A COSE_Encrypt structure with a detached ciphertext: the content key for each recipient.
public final class Encrypt {

  /// How much longer a ciphertext is than its plaintext.
  public static final int TAG_BYTES = 16;

  private static final int TAG = 96;
  private static final int ALGORITHM = 1;
  private static final int NONCE = 5;
  private static final int NONCE_BYTES = 12;
  private static final int MOST_RECIPIENTS = 64;

  /// AES-GCM counts from 2; 1 is for the tag (NIST SP 800-38D).
  private static final int FIRST_COUNTER = 2;

  private final ContentAlgorithm algorithm;
  private final Bytes nonce;
  private final List<Recipient> recipients;

  private Encrypt(ContentAlgorithm algorithm, Bytes nonce, List<Recipient> recipients) {
    this.algorithm = algorithm;
    this.nonce = nonce;
    this.recipients = List.copyOf(recipients);
  }

  /// A structure and the ciphertext that belongs to it.
  public record Sealed(Encrypt structure, Bytes ciphertext) {}

  /// Encrypts `plaintext` under a fresh content key.
  ///
  /// @param keys of the recipients, 1 to 64
  /// @throws CoseProblem when a key does not do for `algorithm`
  public static Sealed seal(
      ContentAlgorithm algorithm, List<RecipientKey> keys, Bytes plaintext, SecureRandom random)
      throws CoseProblem {
    if (keys.isEmpty() || keys.size() > MOST_RECIPIENTS) {
      throw new CoseProblem("there are 1 to 64 recipients");
    }
    Bytes contentKey = random(algorithm.keyBytes(), random);
    List<Recipient> recipients = new ArrayList<>();
    for (RecipientKey key : keys) {
      recipients.add(Recipient.wrap(key, algorithm, contentKey, random));
    }
    Encrypt structure = new Encrypt(algorithm, random(NONCE_BYTES, random), recipients);
    return new Sealed(structure, structure.cipher(Cipher.ENCRYPT_MODE, contentKey, plaintext));
  }

  /// The plaintext of `ciphertext`.
  ///
  /// @throws CoseProblem when `key` is of no recipient, or the ciphertext was changed
  public Bytes open(RecipientKey key, Bytes ciphertext) throws CoseProblem {
    return cipher(Cipher.DECRYPT_MODE, contentKey(key), ciphertext);
  }

  private Bytes contentKey(RecipientKey key) throws CoseProblem {
    for (Recipient recipient : recipients) {
      if (recipient.keyId().equals(key.id())) {
        return recipient.unwrap(key, algorithm);
      }
    }
    throw new CoseProblem("no recipient has the key " + key.id().toHex());
  }

  /// Decrypts from byte `offset` of the ciphertext on, as it arrives and without looking at its
  /// tag: what comes out must be compared with a hash that is trusted.
  ///
  /// @throws CoseProblem when `key` is of no recipient
  public Keystream from(RecipientKey key, long offset) throws CoseProblem {
    byte[] counter = Arrays.copyOf(nonce.toByteArray(), 16);
    ByteBuffer.wrap(counter).putInt(NONCE_BYTES, (int) (FIRST_COUNTER + offset / 16));
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(contentKey(key).toByteArray(), "AES"),
          new IvParameterSpec(counter));
      cipher.update(new byte[(int) (offset % 16)]);
      return bytes -> Bytes.of(cipher.update(bytes.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new CoseProblem("it cannot be decrypted", e);
    }
  }

  /// Decrypts pieces of a ciphertext in order.
  public interface Keystream {
    /// The plaintext of the next bytes, of which there is at least one.
    Bytes decrypt(Bytes ciphertext);
  }

  private Bytes cipher(int mode, Bytes contentKey, Bytes text) throws CoseProblem {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(contentKey.toByteArray(), "AES"),
          new GCMParameterSpec(8 * TAG_BYTES, nonce.toByteArray()));
      cipher.updateAAD(additional().toByteArray());
      return Bytes.of(cipher.doFinal(text.toByteArray()));
    } catch (AEADBadTagException e) {
      throw new CoseProblem("the ciphertext does not belong to the content key", e);
    } catch (GeneralSecurityException e) {
      throw new CoseProblem("it cannot be encrypted or decrypted", e);
    }
  }

  /// What is authenticated along: Enc_structure of RFC 9052, section 5.3.
  Bytes additional() {
    return CborWriter.write(
        Cbor.array(Cbor.of("Encrypt"), Cbor.of(headers()), Cbor.of(Bytes.EMPTY)));
  }

  private Bytes headers() {
    return CborWriter.write(new MapBuilder().put(ALGORITHM, Cbor.of(algorithm.number())).build());
  }

  public ContentAlgorithm algorithm() {
    return algorithm;
  }

  /// Identifiers of the recipients' keys.
  public List<Bytes> recipientIds() {
    return recipients.stream().map(Recipient::keyId).toList();
  }

  /// The tagged structure.
  public Cbor toCbor() {
    return new Cbor.Tag(
        TAG,
        Cbor.array(
            Cbor.of(headers()),
            new MapBuilder().put(NONCE, Cbor.of(nonce)).build(),
            Cbor.NULL,
            Cbor.array(recipients.stream().map(each -> each.toCbor(algorithm)).toList())));
  }

  /// Reads what [#toCbor] gives.
  ///
  /// @throws CoseProblem when it has another form
  public static Encrypt of(Cbor item) throws CoseProblem {
    if (item instanceof Cbor.Tag(long number, Cbor.Array(List<Cbor> parts))
        && number == TAG
        && parts.size() == 4
        && parts.get(1) instanceof Cbor.Mapping(Map<Cbor, Cbor> open)
        && open.get(Cbor.of(NONCE)) instanceof Cbor.ByteString(Bytes nonce)
        && nonce.size() == NONCE_BYTES
        && parts.get(3) instanceof Cbor.Array(List<Cbor> recipients)
        && !recipients.isEmpty()
        && recipients.size() <= MOST_RECIPIENTS) {
      for (ContentAlgorithm algorithm : ContentAlgorithm.values()) {
        Encrypt empty = new Encrypt(algorithm, nonce, List.of());
        if (Cbor.of(empty.headers()).equals(parts.get(0))) {
          List<Recipient> read = new ArrayList<>();
          for (Cbor recipient : recipients) {
            read.add(Recipient.of(recipient, algorithm));
          }
          Encrypt structure = new Encrypt(algorithm, nonce, read);
          if (structure.toCbor().equals(item)) {
            return structure;
          }
        }
      }
    }
    throw new CoseProblem("it is no COSE_Encrypt of the form that modules use");
  }

  private static Bytes random(int size, SecureRandom random) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Encrypt encrypt && toCbor().equals(encrypt.toCbor());
  }

  @Override
  public int hashCode() {
    return toCbor().hashCode();
  }
}
