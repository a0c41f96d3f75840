package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import dev.mote.module.cose.CoseProblem;
import dev.mote.module.cose.Encrypt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads module files. Whatever their bytes are, the result is a module whose every field is as the
/// specification wants it, or a [ModuleException]. Who signed it, and what the payloads contain, is
/// checked by [Signatures] and [Payloads].
public final class ModuleReader {

  private static final int MOST_BYTES = 1 << 27;
  static final int MOST_TRANSPORT_BYTES = 1 << 16;
  static final int MOST_PAYLOADS = 8;

  private ModuleReader() {}

  /// The module in `file`.
  ///
  /// @throws ModuleException when it is none
  public static ModuleFile read(Bytes file) {
    if (file.size() > MOST_BYTES) {
      throw new ModuleException(
          ModuleCodes.LIMIT, "module", "it has more than %,d bytes".formatted(MOST_BYTES));
    }
    if (file.size() < 2 || file.at(0) != 0xd8 || file.at(1) != Keys.ENVELOPE_TAG) {
      throw new ModuleException(
          ModuleCodes.NOT_A_MODULE, "module", "it does not start with the tag of an envelope");
    }
    Cbor.Tag envelope = (Cbor.Tag) Fields.parse(file, "module");
    Fields fields = Fields.of(envelope.item(), "envelope");
    Authentication authentication = Authentication.of(fields.bytes(Keys.AUTHENTICATION));
    Bytes encoded = fields.bytes(Keys.MANIFEST);
    if (encoded.size() > ModuleFile.MOST_MANIFEST_BYTES) {
      throw new ModuleException(ModuleCodes.LIMIT, "manifest", "it has more than 32 KiB");
    }
    Manifest manifest = ManifestDecoder.decode(encoded);
    SortedMap<Integer, Transport> transports =
        fields
            .find(Keys.PRIVATE)
            .map(item -> transports(Fields.bytes(item, "transports")))
            .orElseGet(TreeMap::new);
    SortedMap<Integer, Bytes> carried = carried((Cbor.Mapping) envelope.item(), fields);
    fields.end();
    ModuleFile module =
        Fields.make(
            "module",
            () ->
                new ModuleFile(
                    encoded, manifest, authentication.signatures(), transports, carried));
    authentication.requireDigest(module.digest(), "manifest");
    carried.forEach((index, bytes) -> requireSize(module, index, bytes));
    return module;
  }

  /// The module in `file`, of whose manifest nothing is read before it is known who signed it.
  ///
  /// @throws ModuleException when it is none, or nobody whom `trust` names signed it
  public static ModuleFile read(Bytes file, TrustList trust) {
    try {
      ModuleHead head =
          ModuleHead.read(
              (offset, most) ->
                  offset >= file.size()
                      ? Bytes.EMPTY
                      : file.slice((int) offset, (int) Math.min(file.size(), offset + most)));
      Signatures.verified(Authentication.of(head.authentication()), head.manifest(), trust);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return read(file);
  }

  private static SortedMap<Integer, Bytes> carried(Cbor.Mapping envelope, Fields fields) {
    SortedMap<Integer, Bytes> carried = new TreeMap<>();
    for (int i = 0; i < MOST_PAYLOADS; i++) {
      String name = Commands.payloadKey(i);
      Cbor contents = envelope.entries().get(Cbor.of(name));
      if (contents != null) {
        fields.take(Cbor.of(name));
        carried.put(i, Fields.bytes(contents, "payload " + i));
      }
    }
    return carried;
  }

  static SortedMap<Integer, Transport> transports(Bytes encoded) {
    String where = "transports";
    if (encoded.size() > MOST_TRANSPORT_BYTES) {
      throw new ModuleException(ModuleCodes.LIMIT, where, "they have more than 64 KiB");
    }
    Cbor item = Fields.parse(encoded, where);
    Shape.TRANSPORTS.require(item, where);
    List<Transport> all = Fields.list(item, where, ModuleReader::transport);
    if (all.size() > MOST_PAYLOADS) {
      throw Fields.wrong(where, "there are more than payloads");
    }
    SortedMap<Integer, Transport> transports = new TreeMap<>();
    int before = -1;
    for (Transport transport : all) {
      if (transport.payload() <= before) {
        throw Fields.wrong(where, "they stand in the order of their payloads");
      }
      if (transport.isPlain()) {
        throw Fields.wrong(where, "what travels as it is has no entry");
      }
      before = transport.payload();
      transports.put(before, transport);
    }
    return transports;
  }

  private static Transport transport(Cbor item, String where) {
    Fields map = Fields.of(item, where);
    int payload = map.small(1);
    Optional<Bytes> base = map.find(2).map(digest -> Fields.bytes(digest, map.at(2)));
    Optional<Encrypt> encryption =
        map.find(3).map(wrapped -> encryption(Fields.bytes(wrapped, map.at(3)), map.at(3)));
    map.end();
    return Fields.make(where, () -> new Transport(payload, base, encryption));
  }

  private static Encrypt encryption(Bytes encoded, String where) {
    try {
      return Encrypt.of(CborReader.read(encoded, CborReader.Limits.HEAD));
    } catch (CborProblem e) {
      throw Fields.wrong(where, e.what());
    } catch (CoseProblem e) {
      throw Fields.wrong(where, e.what());
    }
  }

  private static void requireSize(ModuleFile module, int index, Bytes bytes) {
    requireSize(module.manifest(), module.transport(index), bytes.size());
  }

  /// Without a delta the size is known before the payload is looked at.
  static void requireSize(Manifest manifest, Transport transport, long size) {
    int index = transport.payload();
    long expected =
        manifest.payloads().get(index).size()
            + (transport.encryption().isPresent() ? Encrypt.TAG_BYTES : 0);
    if (transport.base().isEmpty() && size != expected) {
      throw new ModuleException(
          ModuleCodes.PAYLOAD_SIZE,
          "payload " + index,
          "it has %,d bytes, the manifest says %,d".formatted(size, expected));
    }
  }
}
