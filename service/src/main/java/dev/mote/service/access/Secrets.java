package dev.mote.service.access;

import dev.mote.service.http.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/// Secrets as they are stored: sealed by AES-256-GCM under the master key of the service.
///
/// A sealed secret opens only for the purpose that it was sealed for, so that a row copied to
/// another place is worth nothing. The key is in `mote.access.master-key` or in the file
/// `master-key` of the folder; without it what was sealed is lost.
@Component
public final class Secrets implements Vault {

  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecureRandom random = new SecureRandom();
  private final SecretKeySpec key;

  Secrets(AccessSettings settings) throws IOException {
    byte[] bytes = masterKey(settings);
    key = new SecretKeySpec(bytes, "AES");
    Arrays.fill(bytes, (byte) 0);
  }

  /// Seals a secret.
  ///
  /// @param purpose what it is for, such as `psk/DEVICE-ID`; the same text opens it
  @Override
  public byte[] seal(String purpose, byte[] secret) {
    try {
      byte[] nonce = new byte[NONCE_BYTES];
      random.nextBytes(nonce);
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, purpose, nonce);
      byte[] out = new byte[1 + NONCE_BYTES + cipher.getOutputSize(secret.length)];
      out[0] = VERSION;
      System.arraycopy(nonce, 0, out, 1, NONCE_BYTES);
      cipher.doFinal(secret, 0, secret.length, out, 1 + NONCE_BYTES);
      return out;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Opens what [#seal] sealed for the same purpose.
  ///
  /// @throws dev.mote.service.http.Problem MOTE-8034 when it was sealed under another key, for
  ///     another purpose, or was changed
  @Override
  public byte[] open(String purpose, byte[] sealed) {
    try {
      if (sealed.length < 1 + NONCE_BYTES || sealed[0] != VERSION) {
        throw new GeneralSecurityException("not a sealed secret");
      }
      byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, purpose, nonce);
      return cipher.doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
    } catch (GeneralSecurityException _) {
      throw AccessCodes.SECRETS.problem(
          "a stored secret does not open under the master key of this service",
          "start the service with the master key that the database was written with.");
    }
  }

  private Cipher cipher(int mode, String purpose, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(purpose.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return cipher;
  }

  private byte[] masterKey(AccessSettings settings) throws IOException {
    String given = settings.masterKey().orElse("");
    if (!given.isEmpty()) {
      return decode(given, "mote.access.master-key");
    }
    Path file = settings.folder().resolve("master-key");
    if (!Files.exists(file)) {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      PrivateFiles.write(file, Base64.getEncoder().encodeToString(bytes) + "\n");
      return bytes;
    }
    return decode(Files.readString(file), file.toString());
  }

  private static byte[] decode(String text, String where) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text.strip());
      if (bytes.length == 32) {
        return bytes;
      }
    } catch (IllegalArgumentException _) {
      // Falls through to the same sentence, which must not repeat the text.
    }
    throw new IllegalStateException(where + ": the master key must be 32 bytes in Base64");
  }
}
