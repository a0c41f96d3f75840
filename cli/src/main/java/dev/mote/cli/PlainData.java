package dev.mote.cli;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Records of the client as maps and lists, for `--json`. What is empty is left out.
final class PlainData {

  private PlainData() {}

  static Object of(Object value) {
    return switch (value) {
      case Record one -> record(one);
      case Map<?, ?> map -> {
        Map<String, Object> all = new LinkedHashMap<>();
        map.forEach((key, v) -> all.put(String.valueOf(key), of(v)));
        yield all;
      }
      case Collection<?> some -> {
        List<Object> all = new ArrayList<>();
        some.forEach(one -> all.add(of(one)));
        yield all;
      }
      case Number number -> number;
      case Boolean flag -> flag;
      default -> value.toString();
    };
  }

  private static Map<String, Object> record(Record one) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (RecordComponent component : one.getClass().getRecordComponents()) {
      Object value = value(one, component);
      Object plain = value instanceof Optional<?> optional ? optional.orElse(null) : value;
      if (plain != null) {
        all.put(component.getName(), of(plain));
      }
    }
    return all;
  }

  private static @Nullable Object value(Record one, RecordComponent component) {
    try {
      return component.getAccessor().invoke(one);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
