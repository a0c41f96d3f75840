package dev.mote.module.cbor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A CBOR data item. Integers are those of 64 bits; floats are finite; the only simple values are
/// false, true and null.
public sealed interface Cbor {

  Cbor NULL = new Null();

  /// An unsigned or negative integer.
  record Int(long value) implements Cbor {}

  /// A byte string.
  record ByteString(Bytes value) implements Cbor {}

  /// A text string.
  record Text(String value) implements Cbor {}

  /// An array of definite length.
  record Array(List<Cbor> items) implements Cbor {
    public Array {
      items = List.copyOf(items);
    }
  }

  /// A map; its entries are written in the order of their encoded keys.
  record Mapping(Map<Cbor, Cbor> entries) implements Cbor {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /// A tagged item.
  record Tag(long number, Cbor item) implements Cbor {}

  /// False or true.
  record Bool(boolean value) implements Cbor {}

  /// A finite number; written in the shortest of 16, 32 and 64 bits that keeps its value.
  record Real(double value) implements Cbor {
    public Real {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a number in a module is finite, not " + value);
      }
    }
  }

  /// Nothing.
  record Null() implements Cbor {}

  static Cbor of(long value) {
    return new Int(value);
  }

  static Cbor of(String value) {
    return new Text(value);
  }

  static Cbor of(Bytes value) {
    return new ByteString(value);
  }

  static Cbor of(double value) {
    return new Real(value);
  }

  static Cbor array(Cbor... items) {
    return new Array(List.of(items));
  }

  static Cbor array(List<? extends Cbor> items) {
    return new Array(List.copyOf(items));
  }

  /// A byte string that holds the encoding of `item`.
  static Cbor wrapped(Cbor item) {
    return new ByteString(CborWriter.write(item));
  }
}
