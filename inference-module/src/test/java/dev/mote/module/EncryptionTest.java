package dev.mote.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Curve;
import dev.mote.module.cose.RecipientKey;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Payloads for some eyes only, in a module that everyone can check.
class EncryptionTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private static RecipientKey.Private device(Curve curve) {
    KeyPair pair = curve.generate(RANDOM);
    try {
      return RecipientKey.Private.of(
          Bytes.of(pair.getPrivate().getEncoded()),
          RecipientKey.Public.of(curve, Bytes.of(pair.getPublic().getEncoded())));
    } catch (CoseProblem e) {
      throw new IllegalStateException(e);
    }
  }

  private static Bytes open(ModuleFile module, RecipientKey key) {
    return Payloads.open(module, 1, List.of(key), Optional.empty());
  }

  @ParameterizedTest
  @EnumSource
  void everyRecipientOpensItAndTheSignatureStaysValid(ContentAlgorithm algorithm) {
    RecipientKey.Private first = device(Curve.P256);
    RecipientKey.Private second = device(Curve.X25519);
    RecipientKey.Shared group = new RecipientKey.Shared(Samples.random(algorithm.keyBytes(), 3));
    ModuleFile sealed =
        Payloads.encrypt(
            Samples.signed(),
            algorithm,
            List.of(first.publicKey(), second.publicKey(), group),
            RANDOM);
    Bytes file = ModuleWriter.write(sealed);
    assertThat(file.toHex()).doesNotContain(Samples.NATIVE.slice(100, 116).toHex());
    ModuleFile read = ModuleReader.read(file);
    assertThat(read).isEqualTo(sealed);
    Signatures.verify(read, Samples.trust());
    for (RecipientKey key : List.of(first, second, group)) {
      assertThat(open(read, key)).isEqualTo(Samples.NATIVE);
    }
    assertThatThrownBy(() -> open(read, device(Curve.P256)))
        .hasMessageStartingWith("MOTE-6023 payload 1: it is encrypted for the keys ");
  }

  @Test
  void aChangedCiphertextIsRefused() {
    RecipientKey.Shared group = new RecipientKey.Shared(Samples.random(16, 3));
    ModuleFile sealed =
        Payloads.encrypt(Samples.signed(), ContentAlgorithm.A128GCM, List.of(group), RANDOM);
    byte[] file = ModuleWriter.write(sealed).toByteArray();
    file[file.length - 1] ^= 1;
    ModuleFile changed = ModuleReader.read(Bytes.of(file));
    assertThatThrownBy(() -> open(changed, group))
        .hasMessage("MOTE-6023 payload 1: the ciphertext does not belong to the content key");
  }

  @Test
  void aSharedKeyOfAnotherLengthIsRefused() {
    RecipientKey.Shared group = new RecipientKey.Shared(Samples.random(16, 3));
    assertThatThrownBy(
            () ->
                Payloads.encrypt(
                    Samples.signed(), ContentAlgorithm.A256GCM, List.of(group), RANDOM))
        .hasMessage("MOTE-6023 payload 0: a shared key of 16 bytes does not wrap one of 32");
  }

  @Test
  void aDeltaIsEncryptedAfterItWasMade() {
    Bytes base = Samples.NATIVE.slice(0, 4990);
    RecipientKey.Shared group = new RecipientKey.Shared(Samples.random(16, 3));
    ModuleFile delta = Payloads.difference(Samples.signed(), 1, base);
    ModuleFile sealed =
        Payloads.encrypt(
            delta.carrying(List.of(1)), ContentAlgorithm.A128GCM, List.of(group), RANDOM);
    ModuleFile read = ModuleReader.read(ModuleWriter.write(sealed));
    Signatures.verify(read, Samples.trust());
    assertThat(Payloads.open(read, 1, List.of(group), Optional.of(base))).isEqualTo(Samples.NATIVE);
    assertThatThrownBy(() -> Payloads.open(read, 1, List.of(group), Optional.empty()))
        .hasMessageStartingWith("MOTE-6024 payload 1: it is a delta to the payload of SHA-256 ");
  }
}
