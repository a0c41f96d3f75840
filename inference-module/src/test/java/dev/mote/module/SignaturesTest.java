package dev.mote.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Who may sign, and what a trust list demands.
class SignaturesTest {

  private static final Map<SignatureAlgorithm, SigningKey> KEYS = keys();

  private static Map<SignatureAlgorithm, SigningKey> keys() {
    Map<SignatureAlgorithm, SigningKey> keys = new EnumMap<>(SignatureAlgorithm.class);
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      keys.put(algorithm, SigningKey.generate(algorithm, new SecureRandom()));
    }
    return keys;
  }

  private static SigningKey key(SignatureAlgorithm algorithm) {
    return Objects.requireNonNull(KEYS.get(algorithm));
  }

  @ParameterizedTest
  @EnumSource
  void eachAlgorithmSignsAndIsChecked(SignatureAlgorithm algorithm) {
    ModuleFile module = reread(Samples.unsigned().signed(List.of(key(algorithm))));
    TrustList trust = TrustList.of(List.of(key(algorithm).verification()));
    assertThat(Signatures.verify(module, trust)).hasSize(1);
    assertThat(module.signatures().getFirst().signature().size())
        .isEqualTo(algorithm.signatureBytes());
  }

  private static ModuleFile reread(ModuleFile module) {
    return ModuleReader.read(ModuleWriter.write(module));
  }

  private static TrustList hybrid() {
    TrustList both =
        TrustList.of(
            List.of(
                key(SignatureAlgorithm.ED25519).verification(),
                key(SignatureAlgorithm.ML_DSA_65).verification()));
    return new TrustList(
        1,
        both.keys(),
        List.of(),
        List.of(SignatureAlgorithm.ED25519, SignatureAlgorithm.ML_DSA_65),
        Map.of());
  }

  @Test
  void aHybridNeedsBothSignatures() {
    ModuleFile module =
        reread(
            Samples.unsigned()
                .signed(
                    List.of(key(SignatureAlgorithm.ED25519), key(SignatureAlgorithm.ML_DSA_65))));
    assertThat(Signatures.verify(module, hybrid())).hasSize(2);
    ModuleFile stripped = Samples.unsigned().signed(List.of(key(SignatureAlgorithm.ED25519)));
    assertThatThrownBy(() -> Signatures.verify(stripped, hybrid()))
        .hasMessage("MOTE-6010 module: no trusted key signed it by ML_DSA_65");
  }

  @Test
  void whatNobodySignedIsRefused() {
    assertThatThrownBy(() -> Signatures.verify(Samples.unsigned(), Samples.trust()))
        .hasMessage("MOTE-6010 module: it is not signed");
    ModuleFile stranger = Samples.unsigned().signed(List.of(key(SignatureAlgorithm.ES256)));
    assertThatThrownBy(() -> Signatures.verify(stranger, Samples.trust()))
        .hasMessage(
            "MOTE-6010 module: no trusted key signed it, only "
                + key(SignatureAlgorithm.ES256).verification().id().toHex());
  }

  @Test
  void aRevokedKeyIsRefusedEvenBesideAnotherOne() {
    Bytes revoked = key(SignatureAlgorithm.ES256).verification().id();
    TrustList trust =
        new TrustList(1, Samples.trust().keys(), List.of(revoked), List.of(), Map.of());
    ModuleFile module = Samples.signed().signed(List.of(key(SignatureAlgorithm.ES256)));
    assertThatThrownBy(() -> Signatures.verify(module, trust))
        .hasMessage("MOTE-6012 module: the key " + revoked.toHex() + " is revoked");
  }

  @Test
  void aSequenceNumberBelowTheFloorIsRefused() {
    Bytes id = Samples.manifest(7).identity().module();
    TrustList trust =
        new TrustList(1, Samples.trust().keys(), List.of(), List.of(), Map.of(id, 8L));
    assertThatThrownBy(() -> Signatures.verify(Samples.signed(), trust))
        .hasMessage("MOTE-6013 module: its sequence number is 7, the trust list demands 8");
  }

  @Test
  void anInstalledModuleIsReplacedByANewerOneOnly() {
    Device.requireNewer(Samples.manifest(7), OptionalLong.empty());
    Device.requireNewer(Samples.manifest(7), OptionalLong.of(6));
    assertThatThrownBy(() -> Device.requireNewer(Samples.manifest(7), OptionalLong.of(7)))
        .hasMessage("MOTE-6013 module: its sequence number is 7, 7 is installed");
  }

  @Test
  void aNewerListReplacesAKey() {
    SigningKey next = key(SignatureAlgorithm.ES256);
    TrustList rotated =
        new TrustList(
            1,
            TrustList.of(List.of(next.verification())).keys(),
            List.of(Samples.RFC_8032.verification().id()),
            List.of(SignatureAlgorithm.ES256),
            Map.of(Samples.manifest(7).identity().module(), 5L));
    TrustList accepted =
        TrustLists.accept(Samples.trust(), TrustLists.write(rotated, List.of(Samples.RFC_8032)));
    assertThat(accepted).isEqualTo(rotated);
    assertThatThrownBy(() -> Signatures.verify(Samples.signed(), accepted))
        .hasMessageStartingWith("MOTE-6012 ");
    Signatures.verify(Samples.unsigned().signed(List.of(next)), accepted);
    assertThatThrownBy(() -> TrustLists.accept(accepted, TrustLists.write(rotated, List.of(next))))
        .hasMessage("MOTE-6031 trust list: its sequence number is 1, the current list has 1");
  }

  @Test
  void aListIsSignedByAKeyThatMaySignLists() {
    TrustList current =
        new TrustList(
            0,
            List.of(new TrustList.TrustedKey(Samples.RFC_8032.verification(), true, false)),
            List.of(),
            List.of(),
            Map.of());
    TrustList next = new TrustList(1, current.keys(), List.of(), List.of(), Map.of());
    assertThatThrownBy(
            () -> TrustLists.accept(current, TrustLists.write(next, List.of(Samples.RFC_8032))))
        .hasMessageStartingWith("MOTE-6010 trust list: no trusted key signed it");
  }

  @Test
  void everyChangedBitOfAListIsRefused() {
    TrustList next =
        new TrustList(
            3,
            Samples.trust().keys(),
            List.of(Bytes.hex("0102")),
            List.of(SignatureAlgorithm.ED25519),
            Map.of());
    byte[] file = TrustLists.write(next, List.of(Samples.RFC_8032)).toByteArray();
    for (int i = 0; i < file.length; i++) {
      file[i] ^= 4;
      Bytes changed = Bytes.of(file);
      assertThatThrownBy(() -> TrustLists.accept(Samples.trust(), changed))
          .isInstanceOf(ModuleException.class);
      file[i] ^= 4;
    }
  }

  @Test
  void aSignatureOfAModuleIsNoneOfAList() {
    assertThat(Samples.RFC_8032.verification().id())
        .isEqualTo(Samples.RFC_8032.verification().encoded().sha256().slice(0, 8));
    TrustList next = new TrustList(1, Samples.trust().keys(), List.of(), List.of(), Map.of());
    Bytes file = TrustLists.write(next, List.of(Samples.RFC_8032));
    assertThatThrownBy(() -> ModuleReader.read(file))
        .hasMessage("MOTE-6001 module: it does not start with the tag of an envelope");
  }

  @Test
  void aDeviceTakesTheBestPayloadWhoseRequirementsItMeets() {
    Device device =
        new Device(
            Set.of("armv7e-m", "armv7-m"),
            Set.of("dsp", "fpu-sp"),
            Optional.of("aapcs"),
            4096,
            65536,
            1002,
            List.of(Payload.Kind.NATIVE, Payload.Kind.C_SOURCES));
    assertThat(device.choose(Samples.manifest(1))).isEqualTo(1);
    Device small =
        new Device(
            Set.of("armv6-m"),
            Set.of(),
            Optional.empty(),
            32,
            65536,
            0,
            List.of(Payload.Kind.NATIVE, Payload.Kind.C_SOURCES));
    assertThatThrownBy(() -> small.choose(Samples.manifest(1)))
        .hasMessage(
            "MOTE-6014 module: payload 0: it needs 64 bytes of RAM, there are 32; payload 1: it is"
                + " for armv7e-m, not armv6-m");
  }
}
