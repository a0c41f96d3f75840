package dev.mote.module;

import dev.mote.module.cbor.Bytes;
import dev.mote.module.cbor.Cbor;
import dev.mote.module.cbor.CborProblem;
import dev.mote.module.cbor.CborReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// The fields of a map with integer keys, taken one by one; what nobody took is refused.
final class Fields {

  private final String where;
  private final Map<Cbor, Cbor> entries;
  private final Set<Cbor> taken = new HashSet<>();

  private Fields(String where, Map<Cbor, Cbor> entries) {
    this.where = where;
    this.entries = entries;
  }

  /// @param where what the map is, for messages
  static Fields of(Cbor item, String where) {
    if (item instanceof Cbor.Mapping(Map<Cbor, Cbor> entries)) {
      return new Fields(where, entries);
    }
    throw wrong(where, "it is not a map");
  }

  /// The item whose encoding `bytes` are.
  static Cbor parse(Bytes bytes, String where) {
    try {
      return CborReader.read(bytes, CborReader.Limits.HEAD);
    } catch (CborProblem e) {
      ModuleCodes code =
          switch (e.kind()) {
            case MALFORMED -> ModuleCodes.MALFORMED;
            case NOT_CANONICAL -> ModuleCodes.NOT_CANONICAL;
            case LIMIT -> ModuleCodes.LIMIT;
          };
      throw new ModuleException(code, where + ", byte " + e.offset(), e.what());
    }
  }

  Optional<Cbor> find(long key) {
    Cbor name = Cbor.of(key);
    taken.add(name);
    return Optional.ofNullable(entries.get(name));
  }

  Cbor item(long key) {
    return find(key).orElseThrow(() -> wrong(where, "field " + key + " is missing"));
  }

  long integer(long key) {
    return integer(item(key), at(key));
  }

  int small(long key) {
    return small(item(key), at(key));
  }

  Bytes bytes(long key) {
    return bytes(item(key), at(key));
  }

  String text(long key) {
    return text(item(key), at(key));
  }

  Fields map(long key) {
    return of(item(key), at(key));
  }

  /// The map whose encoding the byte string at `key` holds.
  Fields wrapped(long key) {
    return of(parse(bytes(key), at(key)), at(key));
  }

  Optional<String> optionalText(long key) {
    return find(key).map(item -> text(item, at(key)));
  }

  /// The items of the array at `key`, each with its place; none when the key is not there.
  <T> List<T> list(long key, BiFunction<Cbor, String, T> read) {
    return find(key).map(item -> list(item, at(key), read)).orElse(List.of());
  }

  /// Refuses an array without items: what is optional is left out instead.
  static <T> List<T> list(Cbor item, String where, BiFunction<Cbor, String, T> read) {
    List<Cbor> items = array(item, where);
    if (items.isEmpty()) {
      throw wrong(where, "an array without items is left out");
    }
    return each(items, where, read);
  }

  static <T> List<T> each(List<Cbor> items, String where, BiFunction<Cbor, String, T> read) {
    List<T> all = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      all.add(read.apply(items.get(i), where + "[" + i + "]"));
    }
    return all;
  }

  /// Integer keys below -255 that nobody took.
  Map<Long, Cbor> extensions() {
    Map<Long, Cbor> found = new TreeMap<>();
    entries.forEach(
        (key, value) -> {
          if (key instanceof Cbor.Int(long number)
              && number <= Manifest.LAST_EXTENSION
              && taken.add(key)) {
            found.put(number, value);
          }
        });
    return found;
  }

  /// Takes a key that is no integer.
  void take(Cbor key) {
    taken.add(key);
  }

  /// Refuses keys that nobody took.
  void end() {
    for (Cbor key : entries.keySet()) {
      if (!taken.contains(key)) {
        throw unknown(key, where);
      }
    }
  }

  static ModuleException unknown(Cbor key, String where) {
    String name =
        switch (key) {
          case Cbor.Int(long number) -> Long.toString(number);
          case Cbor.Text(String text) -> "'" + text + "'";
          default -> "of an odd kind";
        };
    return new ModuleException(
        ModuleCodes.UNKNOWN_KEY, where, "key " + name + " is not known, and may matter");
  }

  /// Makes a record, whose objection becomes one that names the place.
  static <T> T make(String where, Supplier<T> record) {
    try {
      return record.get();
    } catch (IllegalArgumentException e) {
      throw wrong(where, String.valueOf(e.getMessage()));
    }
  }

  String at(long key) {
    return where + "." + key;
  }

  static long integer(Cbor item, String where) {
    if (item instanceof Cbor.Int(long value)) {
      return value;
    }
    throw wrong(where, "it is not an integer");
  }

  static int small(Cbor item, String where) {
    long value = integer(item, where);
    if (value != (int) value) {
      throw wrong(where, "%,d is out of range".formatted(value));
    }
    return (int) value;
  }

  static Bytes bytes(Cbor item, String where) {
    if (item instanceof Cbor.ByteString(Bytes value)) {
      return value;
    }
    throw wrong(where, "it is not a byte string");
  }

  static String text(Cbor item, String where) {
    if (item instanceof Cbor.Text(String value)) {
      return value;
    }
    throw wrong(where, "it is not a text");
  }

  static float real(Cbor item, String where) {
    if (item instanceof Cbor.Real(double value) && (float) value == value) {
      return (float) value;
    }
    throw wrong(where, "it is not a float of 32 bits");
  }

  static List<Cbor> array(Cbor item, String where) {
    if (item instanceof Cbor.Array(List<Cbor> items)) {
      return items;
    }
    throw wrong(where, "it is not an array");
  }

  static List<Cbor> array(Cbor item, int size, String where) {
    List<Cbor> items = array(item, where);
    if (items.size() != size) {
      throw wrong(where, "it has %d items, not %d".formatted(items.size(), size));
    }
    return items;
  }

  static ModuleException wrong(String where, String what) {
    return new ModuleException(ModuleCodes.FIELD, where, what);
  }
}
