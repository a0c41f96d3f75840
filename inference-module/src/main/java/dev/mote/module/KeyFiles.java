package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import dev.mote.module.cose.VerificationKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys in PEM: `PUBLIC KEY`, `PRIVATE KEY` with the public key behind it in the same text, and
/// `MOTE SHARED KEY`.
public final class KeyFiles {

  private static final String PUBLIC = "PUBLIC KEY";
  private static final String PRIVATE = "PRIVATE KEY";
  private static final String SHARED = "MOTE SHARED KEY";
  private static final int MOST_CHARACTERS = 1 << 16;

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----\\s([A-Za-z0-9+/=\\s]*)-----END \\1-----");

  private KeyFiles() {}

  /// Both halves of a signing key.
  public static String write(SigningKey key) {
    return block(PRIVATE, key.encoded()) + write(key.verification());
  }

  public static String write(VerificationKey key) {
    return block(PUBLIC, key.encoded());
  }

  /// A recipient's key: a private one with its public half.
  public static String write(RecipientKey key) {
    return switch (key) {
      case RecipientKey.Shared shared -> block(SHARED, shared.secret());
      case RecipientKey.Public open -> block(PUBLIC, open.encoded());
      case RecipientKey.Private own ->
          block(PRIVATE, Bytes.of(own.key().getEncoded())) + write(own.publicKey());
    };
  }

  /// The key in `pem` that signs.
  ///
  /// @param where the file, for messages
  public static SigningKey signingKey(String pem, String where) {
    VerificationKey verification = verificationKey(pem, where);
    Bytes secret =
        find(pem, PRIVATE, where)
            .orElseThrow(() -> wrong(where, "it holds no private key, only a public one"));
    try {
      return SigningKey.of(secret, verification);
    } catch (CoseProblem e) {
      throw wrong(where, e.what());
    }
  }

  /// The key in `pem` that checks signatures.
  public static VerificationKey verificationKey(String pem, String where) {
    Bytes encoded = publicHalf(pem, where);
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      try {
        return VerificationKey.of(algorithm, encoded);
      } catch (CoseProblem e) {
        // It may be of another algorithm.
      }
    }
    throw wrong(where, "its key is none of Ed25519, P-256 or ML-DSA-65");
  }

  /// The key in `pem` for which content keys are wrapped, or by which they are unwrapped.
  public static RecipientKey recipientKey(String pem, String where) {
    Optional<Bytes> shared = find(pem, SHARED, where);
    if (shared.isPresent()) {
      return Fields.make(where, () -> new RecipientKey.Shared(shared.get()));
    }
    Bytes encoded = publicHalf(pem, where);
    for (Curve curve : Curve.values()) {
      try {
        RecipientKey.Public open = RecipientKey.Public.of(curve, encoded);
        Optional<Bytes> secret = find(pem, PRIVATE, where);
        return secret.isPresent() ? RecipientKey.Private.of(secret.get(), open) : open;
      } catch (CoseProblem e) {
        // It may be on another curve.
      }
    }
    throw wrong(where, "its key is neither on P-256 or X25519 nor a shared one");
  }

  private static Bytes publicHalf(String pem, String where) {
    return find(pem, PUBLIC, where)
        .orElseThrow(() -> wrong(where, "it holds no public key, alone or behind a private one"));
  }

  private static Optional<Bytes> find(String pem, String label, String where) {
    if (pem.length() > MOST_CHARACTERS) {
      throw wrong(where, "it is too long for a key");
    }
    List<String> contents = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(pem);
    while (matcher.find()) {
      if (matcher.group(1).equals(label)) {
        contents.add(matcher.group(2));
      }
    }
    if (contents.size() > 1) {
      throw wrong(where, "it holds more than one " + label);
    }
    try {
      return contents.stream()
          .findFirst()
          .map(text -> Bytes.of(Base64.getMimeDecoder().decode(text)));
    } catch (IllegalArgumentException e) {
      throw wrong(where, "its contents are not base64");
    }
  }

  private static String block(String label, Bytes contents) {
    String text =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(contents.toByteArray());
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label);
  }

  private static ModuleException wrong(String where, String what) {
    return new ModuleException(ModuleCodes.KEY, where, what);
  }
}
