package dev.mote.module.cbor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Collects the entries of a map whose keys are integers.
public final class MapBuilder {

  private final Map<Cbor, Cbor> entries = new LinkedHashMap<>();

  public MapBuilder put(long key, Cbor value) {
    entries.put(Cbor.of(key), value);
    return this;
  }

  public MapBuilder put(String key, Cbor value) {
    entries.put(Cbor.of(key), value);
    return this;
  }

  /// Puts a value that is there.
  public <T> MapBuilder put(long key, Optional<T> value, Function<T, Cbor> form) {
    value.ifPresent(present -> put(key, form.apply(present)));
    return this;
  }

  public MapBuilder putAll(Map<Cbor, Cbor> more) {
    entries.putAll(more);
    return this;
  }

  public Cbor build() {
    return new Cbor.Mapping(entries);
  }
}
