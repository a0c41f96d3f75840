package dev.mote.module.cose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.authlete.cbor.CBORByteArray;
import com.authlete.cbor.CBORDecoder;
import com.authlete.cbor.CBORTaggedItem;
import com.authlete.cose.COSEException;
import com.authlete.cose.COSESign1;
import com.authlete.cose.COSEVerifier;
import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cbor.CborWriter;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Objects;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Examples of the COSE working group, and another implementation.
class CoseExamplesTest {

  private static final Bytes CONTENT = Bytes.utf8("This is the content.");

  /// sign1-tests/sign-pass-01.
  @Test
  void theEcdsaExampleHolds() throws CoseProblem {
    VerificationKey key =
        VerificationKey.of(
            SignatureAlgorithm.ES256,
            Bytes.hex(
                "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                    + "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
                    + "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"));
    Bytes message = Sign1.structure(Bytes.EMPTY, Bytes.EMPTY, CONTENT);
    assertThat(message.toHex())
        .isEqualTo("846a5369676e6174757265314040" + "54546869732069732074686520636f6e74656e742e");
    Bytes signature =
        Bytes.hex(
            "eae868ecc176883766c5dc5ba5b8dca25dab3c2e56a551ce5705b793914348e1"
                + "1a02e5f0344bf2d4ee5c7fd75a68a9f5e0b3cc1f1fc1409c189566586ff9d610");
    assertThat(key.verify(message, signature)).isTrue();
    assertThat(key.verify(message.then(Bytes.hex("00")), signature)).isFalse();
  }

  /// eddsa-examples/eddsa-sig-01, whose protected headers are an algorithm and a content type.
  @Test
  void theEdDsaExampleHolds() throws CoseProblem {
    VerificationKey key =
        VerificationKey.of(
            SignatureAlgorithm.ED25519,
            Bytes.hex(
                "302a300506032b6570032100"
                    + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
    Bytes message = Sign1.structure(Bytes.hex("a201270300"), Bytes.EMPTY, CONTENT);
    Bytes signature =
        Bytes.hex(
            "7142fd2ff96d56db85bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb8711497dfa751bf40b58b3bc"
                + "c32300b1487f3db34085eef013bf08f4a44d6fef0d");
    assertThat(key.verify(message, signature)).isTrue();
  }

  /// aes-wrap-examples/aes-wrap-128-04, with its ciphertext detached.
  @Test
  void theAesKeyWrapExampleOpens() throws CborProblem, CoseProblem {
    RecipientKey.Shared key =
        new RecipientKey.Shared(Bytes.hex("849b57219dae48de646d07dbb533566e"));
    Recipient recipient =
        Recipient.of(
            CborReader.read(
                Bytes.hex(
                    "8340a20122044a6f75722d7365637265745818112872f405a5ac48a2ede46ac20e93e3d3a38b97"
                        + "62d0a3e8"),
                CborReader.Limits.HEAD),
            ContentAlgorithm.A128GCM);
    assertThat(recipient.unwrap(key, ContentAlgorithm.A128GCM).toHex())
        .isEqualTo("7a1b4cf78f4b8c6e9ab68198c43d22f3");
  }

  /// ecdh-wrap-examples/p256-wrap-128-01: the agreed secret, the wrapping key, the content key; its
  /// open headers in the deterministic order, its ciphertext detached.
  @Test
  void theAgreementExampleDerivesItsKeys() throws CborProblem, CoseProblem {
    Bytes wrapping =
        Recipient.wrappingKey(
            Bytes.hex("ee45f7c389fdb89923ca67c0e0cd29802dec8f514eb818054beedd5dafa78048"),
            ContentAlgorithm.A128GCM);
    assertThat(wrapping.toHex()).isEqualTo("7c60cb35a78b24dcf40a394395e9e8cd");
    Bytes structure =
        Bytes.hex(
            "d8608443a10101a1054c02d1f7e6f26c43d4868d87cef6818344a101381ca2"
                + "0458246d65726961646f632e6272616e64796275636b406275636b6c616e642e6578616d706c65"
                + "20a401022001215820ecdbcec636cc1408a503bbf6b7311b900c9aed9c5b71503848c89a07d0ef6f5b"
                + "225820d6d1586710c02203e4e53b20dc7b233ca4c8b6853467b9fb8244a3840accd602"
                + "5818d23bca11c3f8e35bf6f81412794e159772e946ff4fb31bd1");
    Encrypt read = Encrypt.of(CborReader.read(structure, CborReader.Limits.HEAD));
    assertThat(CborWriter.write(read.toCbor())).isEqualTo(structure);
    assertThat(read.additional().toHex()).isEqualTo("8367456e637279707443a1010140");
    assertThat(
            Recipient.aesKeyWrap(
                    Cipher.UNWRAP_MODE,
                    wrapping,
                    Bytes.hex("d23bca11c3f8e35bf6f81412794e159772e946ff4fb31bd1"))
                .toHex())
        .isEqualTo("b2353161740aacf1f7163647984b522a");
  }

  @ParameterizedTest
  @EnumSource(names = {"ED25519", "ES256"})
  void anotherImplementationAcceptsOurSignatures(SignatureAlgorithm algorithm)
      throws IOException, COSEException {
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    Sign1 ours = Sign1.sign(key, Bytes.EMPTY, CONTENT);
    CBORTaggedItem tagged =
        (CBORTaggedItem) new CBORDecoder(CborWriter.write(ours.toCbor()).toByteArray()).next();
    COSESign1 theirs = (COSESign1) Objects.requireNonNull(tagged).getTagContent();
    COSESign1 attached =
        new COSESign1(
            theirs.getProtectedHeader(),
            theirs.getUnprotectedHeader(),
            new CBORByteArray(CONTENT.toByteArray()),
            theirs.getSignature());
    assertThat(new COSEVerifier(key.verification().key()).verify(attached)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "d18446a20127044101a0f640", // another tag
        "d28443a10127a0f640", // no key identifier
        "d28446a20127044101a10101f640", // open headers
        "d28446a20127044101a04040", // a payload
        "d28345a201270440a0f6", // three parts
        "d28445a201270440a0f640", // an empty key identifier
        "d28441ffa0f640", // headers that are no CBOR
        "80",
      })
  void anotherFormOfASignatureIsRefused(String hex) throws CborProblem {
    Cbor item = CborReader.read(Bytes.hex(hex), CborReader.Limits.HEAD);
    assertThatThrownBy(() -> Sign1.of(item)).isInstanceOf(CoseProblem.class);
  }
}
