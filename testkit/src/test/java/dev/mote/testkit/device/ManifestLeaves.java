package dev.mote.testkit.device;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// All items of a manifest that have none in them, and where they stand.
final class ManifestLeaves {

  private static final CborReader.Limits LIMITS = new CborReader.Limits(30, 100_000);

  private final List<Leaf> leaves = new ArrayList<>();
  private final List<Leaf> maps = new ArrayList<>();

  private ManifestLeaves() {}

  /// An item of a manifest.
  ///
  /// @param path keys and indices that lead to it
  /// @param within gives the manifest with another item in its place
  record Leaf(String path, Cbor value, UnaryOperator<Cbor> within) {
    Cbor replaced(Cbor other) {
      return within.apply(other);
    }
  }

  static List<Leaf> of(Cbor manifest) {
    return walked(manifest).leaves;
  }

  /// All maps in which integers are keys, but for those in extensions and in byte strings.
  static List<Leaf> maps(Cbor manifest) {
    return walked(manifest).maps;
  }

  private static ManifestLeaves walked(Cbor manifest) {
    ManifestLeaves all = new ManifestLeaves();
    all.walk(manifest, "", other -> other);
    return all;
  }

  private void walk(Cbor item, String path, UnaryOperator<Cbor> within) {
    switch (item) {
      case Cbor.Mapping(Map<Cbor, Cbor> entries) -> {
        boolean numbered = entries.keySet().stream().allMatch(Cbor.Int.class::isInstance);
        if (numbered && (path.isEmpty() || path.startsWith("/-256"))) {
          maps.add(new Leaf(path, item, within));
        }
        entries.forEach(
            (key, value) ->
                walk(
                    value,
                    path + "/" + (key instanceof Cbor.Int(long number) ? number : "option"),
                    other -> {
                      Map<Cbor, Cbor> changed = new LinkedHashMap<>(entries);
                      changed.put(key, other);
                      return within.apply(new Cbor.Mapping(changed));
                    }));
      }
      case Cbor.Array(List<Cbor> items) -> {
        for (int i = 0; i < items.size(); i++) {
          int index = i;
          walk(
              items.get(i),
              path + "/" + i,
              other -> {
                List<Cbor> changed = new ArrayList<>(items);
                changed.set(index, other);
                return within.apply(Cbor.array(changed));
              });
        }
      }
      case Cbor.ByteString(Bytes bytes) when !path.startsWith("/-256") && holdsItems(bytes) ->
          walk(parse(bytes), path, other -> within.apply(Cbor.wrapped(other)));
      default -> leaves.add(new Leaf(path, item, within));
    }
  }

  private static boolean holdsItems(Bytes bytes) {
    return bytes.at(0) >= 0x80 && bytes.at(0) < 0xc0 && bytes.size() > 2;
  }

  private static Cbor parse(Bytes bytes) {
    try {
      return CborReader.read(bytes, LIMITS);
    } catch (CborProblem e) {
      throw new IllegalStateException(e);
    }
  }
}
