package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cose.Sign1;
import dev.mote.module.cose.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Checks who signed.
public final class Signatures {

  private Signatures() {}

  /// The identifiers of the trusted keys that signed `module`, at least one.
  ///
  /// @throws ModuleException when none did, a required algorithm is missing, a signature by a
  ///     trusted key is wrong, a key is revoked, or the sequence number is below the list's floor
  public static List<Bytes> verify(ModuleFile module, TrustList trust) {
    List<Bytes> signers =
        verify(
            module.signatures(), Bytes.EMPTY, module.signedPayload(), trust, Use.MODULES, "module");
    requireFloor(module.manifest(), trust);
    return signers;
  }

  /// The manifest in `encoded`, of which nothing is read before somebody trusted has signed it.
  static Manifest verified(Authentication authentication, Bytes encoded, TrustList trust) {
    Bytes digest = CborWriter.write(Cbor.of(encoded)).sha256();
    authentication.requireDigest(digest, "manifest");
    verify(
        authentication.signatures(),
        Bytes.EMPTY,
        CborWriter.write(Commands.digest(digest)),
        trust,
        Use.MODULES,
        "module");
    Manifest manifest = ManifestDecoder.decode(encoded);
    requireFloor(manifest, trust);
    return manifest;
  }

  private static void requireFloor(Manifest manifest, TrustList trust) {
    long least = trust.floors().getOrDefault(manifest.identity().module(), 0L);
    if (manifest.sequence() < least) {
      throw new ModuleException(
          ModuleCodes.ROLLBACK,
          "module",
          "its sequence number is %,d, the trust list demands %,d"
              .formatted(manifest.sequence(), least));
    }
  }

  /// What a key signs.
  enum Use {
    MODULES,
    LISTS
  }

  static List<Bytes> verify(
      List<Sign1> signatures,
      Bytes external,
      Bytes payload,
      TrustList trust,
      Use use,
      String where) {
    List<Bytes> signers = new ArrayList<>();
    Set<SignatureAlgorithm> seen = EnumSet.noneOf(SignatureAlgorithm.class);
    for (Sign1 signature : signatures) {
      if (trust.revoked().contains(signature.keyId())) {
        throw new ModuleException(
            ModuleCodes.REVOKED, where, "the key " + signature.keyId().toHex() + " is revoked");
      }
      trust
          .find(signature.keyId())
          .filter(trusted -> use == Use.MODULES ? trusted.modules() : trusted.lists())
          .ifPresent(
              trusted -> {
                if (!signature.verify(trusted.key(), external, payload)) {
                  throw new ModuleException(
                      ModuleCodes.BAD_SIGNATURE,
                      where,
                      "the signature by key " + signature.keyId().toHex() + " does not hold");
                }
                signers.add(signature.keyId());
                seen.add(trusted.key().algorithm());
              });
    }
    if (signers.isEmpty()) {
      throw new ModuleException(
          ModuleCodes.NOT_TRUSTED,
          where,
          signatures.isEmpty()
              ? "it is not signed"
              : "no trusted key signed it, only "
                  + String.join(
                      ", ", signatures.stream().map(each -> each.keyId().toHex()).toList()));
    }
    for (SignatureAlgorithm needed : trust.required()) {
      if (!seen.contains(needed)) {
        throw new ModuleException(
            ModuleCodes.NOT_TRUSTED, where, "no trusted key signed it by " + needed);
      }
    }
    return signers;
  }
}
