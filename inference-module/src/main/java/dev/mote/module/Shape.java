package dev.mote.module;

import dev.mote.module.cbor.Cbor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which versions and keys a reader knows, and where. Looked at before any field is, so that a
/// module of a later version is refused as one, and not for a field whose form has changed.
sealed interface Shape {

  /// A map of these keys.
  ///
  /// @param extensions whether others may stand there that are below -255
  record Entries(Map<Long, Shape> known, boolean extensions) implements Shape {}

  /// An array of 1 to `most` items.
  record Items(int most, Shape item) implements Shape {}

  /// A step before or after the model; its number says which parameters there are.
  record Step() implements Shape {}

  /// The number of a version.
  record Version() implements Shape {}

  /// Anything.
  record Leaf() implements Shape {}

  Shape TRANSPORTS = new Items(8, entries(3, Map.of()));

  Shape MANIFEST = manifest();

  private static Shape manifest() {
    Shape payload =
        entries(
            8,
            Map.of(2L, entries(6, Map.of()), 7L, entries(6, Map.of()), 8L, entries(5, Map.of())));
    Shape signals = new Items(16, entries(7, Map.of()));
    Shape steps = new Items(32, new Step());
    Map<Long, Shape> description = new TreeMap<>();
    description.put((long) Keys.DESCRIPTION_VERSION, new Version());
    description.put((long) Keys.IDENTITY, entries(5, Map.of()));
    description.put((long) Keys.PROVENANCE, entries(5, Map.of()));
    description.put((long) Keys.PAYLOADS, new Items(8, payload));
    description.put((long) Keys.INPUTS, signals);
    description.put((long) Keys.OUTPUTS, signals);
    description.put((long) Keys.PREPROCESSING, steps);
    description.put((long) Keys.POSTPROCESSING, steps);
    description.put((long) Keys.GOLDEN, new Leaf());
    description.put((long) Keys.LICENCE, new Leaf());
    Map<Long, Shape> manifest = new TreeMap<>();
    manifest.put((long) Keys.MANIFEST_VERSION, new Version());
    for (long key : List.of(Keys.SEQUENCE, Keys.COMMON, Keys.VALIDATE, Keys.INSTALL)) {
      manifest.put(key, new Leaf());
    }
    manifest.put((long) Keys.PRIVATE, new Entries(description, true));
    return new Entries(manifest, false);
  }

  /// Keys 1 to `last`, of which some have a shape.
  private static Shape entries(int last, Map<Long, Shape> shapes) {
    Map<Long, Shape> known = new TreeMap<>();
    for (long key = 1; key <= last; key++) {
      known.put(key, shapes.getOrDefault(key, new Leaf()));
    }
    return new Entries(known, false);
  }

  /// Refuses a version that is not known; if there is none, a key that is not.
  default void require(Cbor item, String where) {
    List<ModuleException> versions = new ArrayList<>();
    List<ModuleException> keys = new ArrayList<>();
    look(item, where, versions, keys);
    versions.addAll(keys);
    if (!versions.isEmpty()) {
      throw versions.getFirst();
    }
  }

  private void look(
      Cbor item, String where, List<ModuleException> versions, List<ModuleException> keys) {
    switch (this) {
      case Entries(Map<Long, Shape> known, boolean extensions) -> {
        if (item instanceof Cbor.Mapping(Map<Cbor, Cbor> entries)) {
          entries.forEach(
              (key, value) -> {
                if (key instanceof Cbor.Int(long number) && known.containsKey(number)) {
                  known.get(number).look(value, where + "." + number, versions, keys);
                } else if (!(extensions
                    && key instanceof Cbor.Int(long number)
                    && number <= Manifest.LAST_EXTENSION)) {
                  keys.add(Fields.unknown(key, where));
                }
              });
        }
      }
      case Items(int most, Shape shape) -> {
        if (item instanceof Cbor.Array(List<Cbor> items) && items.size() <= most) {
          for (int i = 0; i < items.size(); i++) {
            shape.look(items.get(i), where + "[" + i + "]", versions, keys);
          }
        }
      }
      case Step _ -> {
        if (item instanceof Cbor.Array(List<Cbor> parts)
            && parts.size() == 3
            && parts.getFirst() instanceof Cbor.Int(long number)) {
          StandardStep.of(number)
              .ifPresent(
                  step ->
                      entries(step.parameters().size(), Map.of())
                          .look(parts.getLast(), where, versions, keys));
        }
      }
      case Version _ -> {
        if (item instanceof Cbor.Int(long number) && number != ManifestEncoder.VERSION) {
          versions.add(
              new ModuleException(
                  ModuleCodes.UNSUPPORTED_VERSION,
                  where,
                  "it is of version %,d, this reader knows %d"
                      .formatted(number, ManifestEncoder.VERSION)));
        }
      }
      case Leaf _ -> {}
    }
  }
}
