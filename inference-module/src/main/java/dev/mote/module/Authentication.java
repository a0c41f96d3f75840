package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Sign1;
import java.util.ArrayList;
import java.util.List;

/// SUIT_Authentication: the digest of a document, and signatures of the digest.
///
/// @param digest SHA-256 of the document as a byte string with its head
/// @param signatures at most 4
record Authentication(Bytes digest, List<Sign1> signatures) {

  static final int MOST_BYTES = 1 << 14;

  Cbor toCbor() {
    List<Cbor> items = new ArrayList<>();
    items.add(Cbor.wrapped(Commands.digest(digest)));
    signatures.forEach(signature -> items.add(Cbor.wrapped(signature.toCbor())));
    return Cbor.wrapped(Cbor.array(items));
  }

  static Authentication of(Bytes encoded) {
    String where = "authentication";
    if (encoded.size() > MOST_BYTES) {
      throw new ModuleException(
          ModuleCodes.LIMIT, where, "it has more than %,d bytes".formatted(MOST_BYTES));
    }
    List<Cbor> items = Fields.array(Fields.parse(encoded, where), where);
    if (items.isEmpty() || items.size() > 1 + ModuleFile.MOST_SIGNATURES) {
      throw Fields.wrong(where, "it has a digest and at most 4 signatures");
    }
    List<Bytes> blocks = items.stream().map(item -> Fields.bytes(item, where)).toList();
    Bytes digest = blocks.getFirst();
    Bytes sha256 = digest.slice(Math.max(0, digest.size() - Commands.SHA_256_BYTES), digest.size());
    if (!digest.equals(CborWriter.write(Commands.digest(sha256)))) {
      throw Fields.wrong(where, "its digest is not one of SHA-256");
    }
    List<Sign1> signatures = new ArrayList<>();
    for (int i = 1; i < items.size(); i++) {
      String place = "signature " + (i - 1);
      try {
        signatures.add(Sign1.of(Fields.parse(blocks.get(i), place)));
      } catch (CoseProblem e) {
        throw Fields.wrong(place, e.what());
      }
    }
    return new Authentication(sha256, signatures);
  }

  /// Refuses a document whose digest is another.
  void requireDigest(Bytes actual, String where) {
    if (!digest.equals(actual)) {
      throw new ModuleException(
          ModuleCodes.MANIFEST_DIGEST, where, "its SHA-256 is not the one that was signed");
    }
  }
}
