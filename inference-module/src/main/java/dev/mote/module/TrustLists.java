package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cbor.MapBuilder;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Sign1;
import dev.mote.module.cose.SignatureAlgorithm;
import dev.mote.module.cose.SigningKey;
import dev.mote.module.cose.VerificationKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Files of trust lists: what they are called, signatures, and the list.
public final class TrustLists {

  private static final String NAME = "mote-trust-list";
  private static final int VERSION = 1;
  private static final int MOST_BYTES = 1 << 16;
  private static final int SIGNS_MODULES = 1;
  private static final int SIGNS_LISTS = 2;

  private TrustLists() {}

  /// A file of `list`, signed by `keys`.
  public static Bytes write(TrustList list, List<SigningKey> keys) {
    Bytes body = CborWriter.write(body(list));
    Bytes digest = CborWriter.write(Cbor.of(body)).sha256();
    List<Sign1> signatures =
        keys.stream().map(key -> Sign1.sign(key, Bytes.utf8(NAME), signed(digest))).toList();
    return CborWriter.write(
        Cbor.array(Cbor.of(NAME), new Authentication(digest, signatures).toCbor(), Cbor.of(body)));
  }

  /// The list in `file`, if the holder of `current` may replace that by it.
  ///
  /// @throws ModuleException when it is no list, is not signed by a key of `current` that may, or
  ///     is not newer
  public static TrustList accept(TrustList current, Bytes file) {
    String where = "trust list";
    if (file.size() > MOST_BYTES) {
      throw new ModuleException(ModuleCodes.LIMIT, where, "it has more than 64 KiB");
    }
    List<Cbor> parts = Fields.array(Fields.parse(file, where), 3, where);
    if (!parts.getFirst().equals(Cbor.of(NAME))) {
      throw new ModuleException(ModuleCodes.TRUST_LIST, where, "it is no trust list");
    }
    Authentication authentication = Authentication.of(Fields.bytes(parts.get(1), where));
    Bytes body = Fields.bytes(parts.get(2), where);
    authentication.requireDigest(CborWriter.write(Cbor.of(body)).sha256(), where);
    Signatures.verify(
        authentication.signatures(),
        Bytes.utf8(NAME),
        signed(authentication.digest()),
        current,
        Signatures.Use.LISTS,
        where);
    TrustList list = list(Fields.of(Fields.parse(body, where), where));
    if (list.sequence() <= current.sequence()) {
      throw new ModuleException(
          ModuleCodes.TRUST_LIST,
          where,
          "its sequence number is %,d, the current list has %,d"
              .formatted(list.sequence(), current.sequence()));
    }
    return list;
  }

  private static Bytes signed(Bytes digest) {
    return CborWriter.write(Commands.digest(digest));
  }

  private static Cbor body(TrustList list) {
    MapBuilder map =
        new MapBuilder()
            .put(1, Cbor.of(VERSION))
            .put(2, Cbor.of(list.sequence()))
            .put(3, Cbor.array(list.keys().stream().map(TrustLists::key).toList()));
    if (!list.revoked().isEmpty()) {
      map.put(4, Cbor.array(list.revoked().stream().map(Cbor::of).toList()));
    }
    if (!list.required().isEmpty()) {
      map.put(5, Cbor.array(list.required().stream().map(a -> Cbor.of(a.number())).toList()));
    }
    if (!list.floors().isEmpty()) {
      TreeMap<String, Cbor> floors = new TreeMap<>();
      list.floors()
          .forEach(
              (module, least) ->
                  floors.put(module.toHex(), Cbor.array(Cbor.of(module), Cbor.of(least))));
      map.put(6, Cbor.array(List.copyOf(floors.values())));
    }
    return map.build();
  }

  private static Cbor key(TrustList.TrustedKey trusted) {
    int uses = (trusted.modules() ? SIGNS_MODULES : 0) | (trusted.lists() ? SIGNS_LISTS : 0);
    return Cbor.array(
        Cbor.of(trusted.key().algorithm().number()),
        Cbor.of(trusted.key().encoded()),
        Cbor.of(uses));
  }

  private static TrustList list(Fields map) {
    long version = map.integer(1);
    if (version != VERSION) {
      throw new ModuleException(
          ModuleCodes.UNSUPPORTED_VERSION, "trust list", "it is of version " + version);
    }
    List<TrustList.TrustedKey> keys = map.list(3, TrustLists::key);
    List<Bytes> revoked = map.list(4, Fields::bytes);
    List<SignatureAlgorithm> required =
        map.list(5, (item, where) -> algorithm(Fields.integer(item, where), where));
    Map<Bytes, Long> floors = new TreeMap<>((a, b) -> a.toHex().compareTo(b.toHex()));
    map.list(6, (item, where) -> Fields.array(item, 2, where))
        .forEach(
            pair -> {
              String where = map.at(6);
              Bytes module = Fields.bytes(pair.get(0), where);
              if (floors.put(module, Fields.integer(pair.get(1), where)) != null) {
                throw Fields.wrong(where, "a module has two floors");
              }
            });
    TrustList list =
        Fields.make(
            "trust list", () -> new TrustList(map.integer(2), keys, revoked, required, floors));
    map.end();
    return list;
  }

  private static TrustList.TrustedKey key(Cbor item, String where) {
    List<Cbor> parts = Fields.array(item, 3, where);
    SignatureAlgorithm algorithm = algorithm(Fields.integer(parts.get(0), where), where);
    int uses = Fields.small(parts.get(2), where);
    try {
      VerificationKey key = VerificationKey.of(algorithm, Fields.bytes(parts.get(1), where));
      if (uses < SIGNS_MODULES || uses > (SIGNS_MODULES | SIGNS_LISTS)) {
        throw Fields.wrong(where, "the uses of a key are 1, 2 or 3");
      }
      return new TrustList.TrustedKey(key, (uses & SIGNS_MODULES) != 0, (uses & SIGNS_LISTS) != 0);
    } catch (CoseProblem e) {
      throw Fields.wrong(where, e.what());
    }
  }

  private static SignatureAlgorithm algorithm(long number, String where) {
    return SignatureAlgorithm.of(number)
        .orElseThrow(() -> Fields.wrong(where, "%,d is no known algorithm".formatted(number)));
  }
}
