package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborWriter;
import dev.mote.module.cose.Sign1;
import dev.mote.module.cose.SigningKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// A module as its file holds it.
///
/// @param encodedManifest the manifest's bytes, which the signatures cover
/// @param manifest what they say
/// @param signatures of the manifest's digest, at most 4
/// @param transports how payloads travel that are not plain, by index
/// @param carried the bytes of the payloads that are in the file, by index, as they travel
public record ModuleFile(
    Bytes encodedManifest,
    Manifest manifest,
    List<Sign1> signatures,
    SortedMap<Integer, Transport> transports,
    SortedMap<Integer, Bytes> carried) {

  static final int MOST_SIGNATURES = 4;
  static final int MOST_MANIFEST_BYTES = 1 << 15;

  public ModuleFile {
    signatures = List.copyOf(signatures);
    transports = Collections.unmodifiableSortedMap(new TreeMap<>(transports));
    carried = Collections.unmodifiableSortedMap(new TreeMap<>(carried));
    Rules.count(signatures, 0, MOST_SIGNATURES, "signatures");
    Rules.require(encodedManifest.size() <= MOST_MANIFEST_BYTES, "the manifest has at most 32 KiB");
    int payloads = manifest.payloads().size();
    Rules.require(
        carried.keySet().stream().allMatch(i -> i >= 0 && i < payloads),
        "a payload that is carried stands in the manifest");
    Rules.require(
        carried.keySet().containsAll(transports.keySet()),
        "what travels in another form is carried");
  }

  /// An unsigned module with all its payloads in the clear.
  ///
  /// @param payloads the bytes of each payload of the manifest
  /// @throws ModuleException when they are not what the manifest says
  public static ModuleFile of(Manifest manifest, List<Bytes> payloads) {
    TreeMap<Integer, Bytes> carried = new TreeMap<>();
    for (int i = 0; i < payloads.size(); i++) {
      carried.put(i, payloads.get(i));
    }
    ModuleFile file =
        new ModuleFile(
            ManifestEncoder.encode(manifest), manifest, List.of(), new TreeMap<>(), carried);
    for (int i = 0; i < payloads.size(); i++) {
      Payloads.requireContents(manifest.payloads().get(i), i, payloads.get(i));
    }
    return file;
  }

  /// SHA-256 of the manifest as a byte string with its head: what SUIT calls its digest.
  public Bytes digest() {
    return CborWriter.write(Cbor.of(encodedManifest)).sha256();
  }

  /// What the signatures sign.
  Bytes signedPayload() {
    return CborWriter.write(Commands.digest(digest()));
  }

  /// This module with one more signature by each of `keys`.
  public ModuleFile signed(List<SigningKey> keys) {
    List<Sign1> all = new ArrayList<>(signatures);
    keys.forEach(key -> all.add(Sign1.sign(key, Bytes.EMPTY, signedPayload())));
    return new ModuleFile(encodedManifest, manifest, all, transports, carried);
  }

  /// This module with payload `index` travelling as `bytes`.
  ModuleFile withTransport(Transport transport, Bytes bytes) {
    TreeMap<Integer, Transport> changed = new TreeMap<>(transports);
    TreeMap<Integer, Bytes> contents = new TreeMap<>(carried);
    if (transport.isPlain()) {
      changed.remove(transport.payload());
    } else {
      changed.put(transport.payload(), transport);
    }
    contents.put(transport.payload(), bytes);
    return new ModuleFile(encodedManifest, manifest, signatures, changed, contents);
  }

  /// This module with only the payloads of `indices`, for devices that need no others.
  public ModuleFile carrying(List<Integer> indices) {
    TreeMap<Integer, Transport> changed = new TreeMap<>(transports);
    TreeMap<Integer, Bytes> contents = new TreeMap<>(carried);
    changed.keySet().retainAll(indices);
    contents.keySet().retainAll(indices);
    return new ModuleFile(encodedManifest, manifest, signatures, changed, contents);
  }

  /// How payload `index` travels.
  public Transport transport(int index) {
    return transports.getOrDefault(index, Transport.plain(index));
  }
}
