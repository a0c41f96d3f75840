package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cose.ContentAlgorithm;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Encrypt;
import dev.mote.module.cose.RecipientKey;
import dev.mote.module.delta.Delta;
import dev.mote.module.delta.DeltaProblem;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Brings payloads into the form in which they travel, and back.
public final class Payloads {

  private Payloads() {}

  /// The plain bytes of a payload, checked against the manifest.
  ///
  /// @param keys of which one may be a recipient's, when the payload is encrypted
  /// @param base the payload that a delta was made from
  /// @throws ModuleException when it is not carried, cannot be opened, or is not what was promised
  public static Bytes open(
      ModuleFile module, int index, List<RecipientKey> keys, Optional<Bytes> base) {
    Bytes travelled = module.carried().get(index);
    String where = "payload " + index;
    if (travelled == null) {
      throw new ModuleException(ModuleCodes.PAYLOAD_ABSENT, where, "the file does not carry it");
    }
    Payload payload = module.manifest().payloads().get(index);
    Transport transport = module.transport(index);
    Bytes clear =
        transport.encryption().map(e -> decrypt(e, keys, travelled, where)).orElse(travelled);
    Bytes contents = transport.base().map(d -> patch(payload, d, base, clear, where)).orElse(clear);
    requireContents(payload, index, contents);
    return contents;
  }

  /// The plain bytes of a payload that travels in full and in the clear.
  public static Bytes open(ModuleFile module, int index) {
    return open(module, index, List.of(), Optional.empty());
  }

  private static Bytes decrypt(
      Encrypt structure, List<RecipientKey> keys, Bytes ciphertext, String where) {
    List<Bytes> recipients = structure.recipientIds();
    RecipientKey key =
        keys.stream()
            .filter(candidate -> recipients.contains(candidate.id()))
            .findFirst()
            .orElseThrow(
                () ->
                    new ModuleException(
                        ModuleCodes.CONTENT_KEY,
                        where,
                        "it is encrypted for the keys "
                            + String.join(", ", recipients.stream().map(Bytes::toHex).toList())
                            + ", none of which is given"));
    try {
      return structure.open(key, ciphertext);
    } catch (CoseProblem e) {
      throw new ModuleException(ModuleCodes.CONTENT_KEY, where, e.what());
    }
  }

  private static Bytes patch(
      Payload payload, Bytes baseDigest, Optional<Bytes> base, Bytes delta, String where) {
    if (base.isEmpty() || !base.get().sha256().equals(baseDigest)) {
      throw new ModuleException(
          ModuleCodes.DELTA_BASE,
          where,
          "it is a delta to the payload of SHA-256 "
              + baseDigest.toHex()
              + (base.isEmpty() ? ", which is not given" : ", and another one is given"));
    }
    try {
      return Delta.apply(base.get(), delta, payload.size(), payload.blockSize());
    } catch (DeltaProblem e) {
      throw new ModuleException(ModuleCodes.DELTA, where, e.what());
    }
  }

  static void requireContents(Payload payload, int index, Bytes contents) {
    String where = "payload " + index;
    if (contents.size() != payload.size()) {
      throw new ModuleException(
          ModuleCodes.PAYLOAD_SIZE,
          where,
          "it has %,d bytes, the manifest says %,d".formatted(contents.size(), payload.size()));
    }
    for (int i = 0; i < payload.blockCount(); i++) {
      if (!contents
          .sha256(i * payload.blockSize(), payload.blockEnd(i))
          .equals(payload.blockHash(i))) {
        throw new ModuleException(
            ModuleCodes.PAYLOAD_DIGEST,
            where + ", block " + i,
            "its SHA-256 is not the one in the manifest");
      }
    }
    if (!contents.sha256().equals(payload.digest())) {
      throw new ModuleException(
          ModuleCodes.PAYLOAD_DIGEST, where, "its SHA-256 is not the one in the manifest");
    }
  }

  /// `module` with all that it carries encrypted for the owners of `keys`; each payload has a
  /// content key of its own. The signatures stay valid.
  ///
  /// @throws ModuleException when a payload is encrypted already, or a key does not do
  public static ModuleFile encrypt(
      ModuleFile module, ContentAlgorithm algorithm, List<RecipientKey> keys, SecureRandom random) {
    ModuleFile result = module;
    for (int index : module.carried().keySet()) {
      Transport transport = module.transport(index);
      if (transport.encryption().isPresent()) {
        throw new ModuleException(
            ModuleCodes.CONTENT_KEY, "payload " + index, "it is encrypted already");
      }
      try {
        Encrypt.Sealed sealed =
            Encrypt.seal(
                algorithm, keys, Objects.requireNonNull(module.carried().get(index)), random);
        result =
            result.withTransport(
                new Transport(index, transport.base(), Optional.of(sealed.structure())),
                sealed.ciphertext());
      } catch (CoseProblem e) {
        throw new ModuleException(ModuleCodes.CONTENT_KEY, "payload " + index, e.what());
      }
    }
    return result;
  }

  /// `module` with payload `index` as a delta to `base`, where it travels in full and in the clear.
  public static ModuleFile difference(ModuleFile module, int index, Bytes base) {
    Bytes contents = open(module, index);
    Bytes delta = Delta.make(base, contents, module.manifest().payloads().get(index).blockSize());
    return module.withTransport(
        new Transport(index, Optional.of(base.sha256()), Optional.empty()), delta);
  }
}
