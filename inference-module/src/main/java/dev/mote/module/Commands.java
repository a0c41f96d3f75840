package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.MapBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parts of a SUIT manifest that follow from the payloads: components and command sequences.
/// A processor of SUIT manifests executes them; a reader of modules compares them.
final class Commands {

  private static final Cbor REPORT_ALL = Cbor.of(15);
  private static final Cbor IMAGE_MATCH = Cbor.of(3);
  private static final Cbor SET_COMPONENT = Cbor.of(12);
  private static final Cbor OVERRIDE_PARAMETERS = Cbor.of(20);
  private static final Cbor FETCH = Cbor.of(21);
  private static final int IMAGE_DIGEST = 3;
  private static final int IMAGE_SIZE = 14;
  private static final int URI = 21;
  static final long SHA_256 = -16;
  static final int SHA_256_BYTES = 32;

  private Commands() {}

  /// The key under which an envelope carries payload `index`.
  static String payloadKey(int index) {
    return "#" + index;
  }

  static Cbor digest(Bytes sha256) {
    return Cbor.array(Cbor.of(SHA_256), Cbor.of(sha256));
  }

  static Cbor components(int payloads) {
    List<Cbor> all = new ArrayList<>();
    for (int i = 0; i < payloads; i++) {
      all.add(Cbor.array(Cbor.of(Bytes.utf8("mote")), Cbor.of(Bytes.of(new byte[] {(byte) i}))));
    }
    return Cbor.array(all);
  }

  static Cbor shared(List<Image> images) {
    List<Cbor> sequence = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      sequence.add(SET_COMPONENT);
      sequence.add(Cbor.of(i));
      sequence.add(OVERRIDE_PARAMETERS);
      sequence.add(
          new MapBuilder()
              .put(IMAGE_DIGEST, Cbor.wrapped(digest(images.get(i).sha256())))
              .put(IMAGE_SIZE, Cbor.of(images.get(i).size()))
              .build());
    }
    return Cbor.wrapped(Cbor.array(sequence));
  }

  static Cbor install(int payloads) {
    List<Cbor> sequence = new ArrayList<>();
    for (int i = 0; i < payloads; i++) {
      sequence.add(SET_COMPONENT);
      sequence.add(Cbor.of(i));
      sequence.add(OVERRIDE_PARAMETERS);
      sequence.add(new MapBuilder().put(URI, Cbor.of(payloadKey(i))).build());
      sequence.add(FETCH);
      sequence.add(REPORT_ALL);
      sequence.add(IMAGE_MATCH);
      sequence.add(REPORT_ALL);
    }
    return Cbor.wrapped(Cbor.array(sequence));
  }

  static Cbor validate(int payloads) {
    List<Cbor> sequence = new ArrayList<>();
    for (int i = 0; i < payloads; i++) {
      sequence.add(SET_COMPONENT);
      sequence.add(Cbor.of(i));
      sequence.add(IMAGE_MATCH);
      sequence.add(REPORT_ALL);
    }
    return Cbor.wrapped(Cbor.array(sequence));
  }

  /// Digest and size of a payload.
  record Image(Bytes sha256, int size) {}

  /// Refuses a manifest in which anything before the description is not what follows from the
  /// payloads; else their digests and sizes, which are all that varies.
  static List<Image> require(Cbor manifest) {
    String where = "manifest";
    if (!(manifest instanceof Cbor.Mapping(Map<Cbor, Cbor> entries))
        || !(entries.get(Cbor.of(Keys.SEQUENCE)) instanceof Cbor.Int(long sequence))
        || sequence < 0) {
      throw odd();
    }
    List<Image> images;
    try {
      Fields common = Fields.of(manifest, where).wrapped(Keys.COMMON);
      int count = Fields.array(common.item(Keys.COMPONENTS), where).size();
      images = images(common.bytes(Keys.SHARED_SEQUENCE), count);
    } catch (ModuleException e) {
      throw odd();
    }
    Map<Cbor, Cbor> expected = new LinkedHashMap<>(entries);
    expected.keySet().retainAll(List.of(Cbor.of(Keys.SEQUENCE), Cbor.of(Keys.PRIVATE)));
    expected.put(Cbor.of(Keys.MANIFEST_VERSION), Cbor.of(ManifestEncoder.VERSION));
    expected.put(Cbor.of(Keys.COMMON), Cbor.wrapped(common(images)));
    expected.put(Cbor.of(Keys.VALIDATE), validate(images.size()));
    expected.put(Cbor.of(Keys.INSTALL), install(images.size()));
    if (images.isEmpty()
        || images.size() > ModuleReader.MOST_PAYLOADS
        || expected.size() != 6
        || !expected.equals(entries)) {
      throw odd();
    }
    return images;
  }

  static Cbor common(List<Image> images) {
    return new MapBuilder()
        .put(Keys.COMPONENTS, components(images.size()))
        .put(Keys.SHARED_SEQUENCE, shared(images))
        .build();
  }

  private static List<Image> images(Bytes shared, int payloads) {
    String where = "shared sequence";
    List<Cbor> sequence = Fields.array(Fields.parse(shared, where), 4 * payloads, where);
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < payloads; i++) {
      Fields parameters = Fields.of(sequence.get(4 * i + 3), where);
      Bytes digest = parameters.bytes(IMAGE_DIGEST);
      int size = parameters.small(IMAGE_SIZE);
      if (digest.size() < SHA_256_BYTES || size < 1 || size > Payload.MOST_BYTES) {
        throw odd();
      }
      images.add(new Image(digest.slice(digest.size() - SHA_256_BYTES, digest.size()), size));
    }
    return images;
  }

  private static ModuleException odd() {
    return new ModuleException(
        ModuleCodes.COMMANDS,
        "manifest",
        "what stands before the description does not follow from the payloads");
  }
}
