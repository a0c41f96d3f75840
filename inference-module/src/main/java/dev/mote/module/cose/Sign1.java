package dev.mote.module.cose;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import java.util.List;
import java.util.Map;

/// A COSE_Sign1 structure with a detached payload; algorithm and key identifier are protected, and
/// nothing is unprotected.
///
/// @param algorithm its number in the COSE registry
/// @param keyId identifier of the key, 1 to 32 bytes
/// @param signature the signature
public record Sign1(long algorithm, Bytes keyId, Bytes signature) {

  private static final int TAG = 18;
  private static final int ALGORITHM = 1;
  private static final int KEY_ID = 4;
  private static final int MOST_KEY_ID = 32;
  private static final int MOST_SIGNATURE = 4_096;

  /// Signs `payload`.
  ///
  /// @param external what is signed along with it and known to both sides
  public static Sign1 sign(SigningKey key, Bytes external, Bytes payload) {
    VerificationKey owner = key.verification();
    Bytes headers = headers(owner.algorithm().number(), owner.id());
    Bytes signature = key.sign(structure(headers, external, payload));
    return new Sign1(owner.algorithm().number(), owner.id(), signature);
  }

  /// Whether this is a signature of `payload` by the owner of `key`, with the key's algorithm.
  public boolean verify(VerificationKey key, Bytes external, Bytes payload) {
    return algorithm == key.algorithm().number()
        && key.verify(structure(headers(algorithm, keyId), external, payload), signature);
  }

  /// What is signed: Sig_structure of RFC 9052, section 4.4.
  static Bytes structure(Bytes headers, Bytes external, Bytes payload) {
    return CborWriter.write(
        Cbor.array(Cbor.of("Signature1"), Cbor.of(headers), Cbor.of(external), Cbor.of(payload)));
  }

  private static Bytes headers(long algorithm, Bytes keyId) {
    return CborWriter.write(
        new MapBuilder().put(ALGORITHM, Cbor.of(algorithm)).put(KEY_ID, Cbor.of(keyId)).build());
  }

  /// The tagged structure.
  public Cbor toCbor() {
    return new Cbor.Tag(
        TAG,
        Cbor.array(
            Cbor.of(headers(algorithm, keyId)),
            new Cbor.Mapping(Map.of()),
            Cbor.NULL,
            Cbor.of(signature)));
  }

  /// Reads what [#toCbor] gives.
  ///
  /// @throws CoseProblem when it has another form
  public static Sign1 of(Cbor item) throws CoseProblem {
    if (item instanceof Cbor.Tag(long number, Cbor.Array(List<Cbor> parts))
        && number == TAG
        && parts.size() == 4
        && parts.get(0) instanceof Cbor.ByteString(Bytes headers)
        && parts.get(1) instanceof Cbor.Mapping(Map<Cbor, Cbor> open)
        && open.isEmpty()
        && parts.get(2) instanceof Cbor.Null
        && parts.get(3) instanceof Cbor.ByteString(Bytes signature)
        && signature.size() <= MOST_SIGNATURE) {
      return ofHeaders(headers, signature);
    }
    throw new CoseProblem("it is no COSE_Sign1 with a detached payload and no open headers");
  }

  private static Sign1 ofHeaders(Bytes headers, Bytes signature) throws CoseProblem {
    try {
      if (CborReader.read(headers, CborReader.Limits.HEAD)
              instanceof Cbor.Mapping(Map<Cbor, Cbor> entries)
          && entries.size() == 2
          && entries.get(Cbor.of(ALGORITHM)) instanceof Cbor.Int(long algorithm)
          && entries.get(Cbor.of(KEY_ID)) instanceof Cbor.ByteString(Bytes keyId)
          && !keyId.isEmpty()
          && keyId.size() <= MOST_KEY_ID) {
        return new Sign1(algorithm, keyId, signature);
      }
    } catch (CborProblem e) {
      throw new CoseProblem("its protected headers: " + e.what(), e);
    }
    throw new CoseProblem("its protected headers are not algorithm and key identifier");
  }
}
