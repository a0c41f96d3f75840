package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.MapBuilder;
import java.util.ArrayList;
import java.util.List;

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

  /// What a shared sequence of `payloads` components states about each.
  static List<Image> images(Bytes shared, int payloads) {
    String where = "shared sequence";
    List<Cbor> sequence = Fields.array(Fields.parse(shared, where), where);
    if (sequence.size() != 4 * payloads) {
      throw odd(where);
    }
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < payloads; i++) {
      Fields parameters = Fields.of(sequence.get(4 * i + 3), where);
      String place = parameters.at(IMAGE_DIGEST);
      List<Cbor> digest =
          Fields.array(Fields.parse(parameters.bytes(IMAGE_DIGEST), place), 2, place);
      images.add(new Image(Fields.bytes(digest.getLast(), place), parameters.small(IMAGE_SIZE)));
    }
    return images;
  }

  /// Refuses `actual` when it is not `expected`.
  static void requireEqual(Cbor actual, Cbor expected, String where) {
    if (!actual.equals(expected)) {
      throw odd(where);
    }
  }

  private static ModuleException odd(String where) {
    return new ModuleException(
        ModuleCodes.COMMANDS, where, "it is not what follows from the payloads");
  }
}
