package dev.mote.client;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// JSON of the service and the records that it becomes.
///
/// Fields that a record does not have are ignored, so that a newer service can be spoken to; one
/// that is missing is an error unless its type has an empty value.
final class Json {

  // A tag that is to go away is sent as null.
  private static final JSON WRITER = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);

  private Json() {}

  /// An answer that is not what was agreed.
  static final class Unexpected extends Exception {
    private static final long serialVersionUID = 1;

    Unexpected(String message) {
      super(message);
    }
  }

  /// @param value maps, lists, texts, numbers, flags
  static String write(Object value) {
    try {
      return WRITER.asString(value);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Object parse(byte[] json) throws Unexpected {
    try {
      Object value = JSON.std.anyFrom(json);
      return value == null ? Map.of() : value;
    } catch (IOException | StackOverflowError _) {
      // Its message would cite what was sent.
      throw new Unexpected("it is no JSON");
    }
  }

  static Map<String, Object> object(byte[] json) throws Unexpected {
    return map(Object.class, parse(json), "the answer");
  }

  /// Turns parsed JSON into a record, or whatever else `type` is.
  static <T> T read(Class<T> type, @Nullable Object json) throws Unexpected {
    return type.cast(boxed(type, json));
  }

  static <T> List<T> list(Class<T> type, @Nullable Object json) throws Unexpected {
    List<T> all = new ArrayList<>();
    for (Object one : elements(json, "the answer")) {
      all.add(read(type, one));
    }
    return List.copyOf(all);
  }

  private static Object boxed(Class<?> type, @Nullable Object json) throws Unexpected {
    return value(type, json, type.getSimpleName());
  }

  private static Object value(Type type, @Nullable Object json, String place) throws Unexpected {
    if (type instanceof ParameterizedType generic) {
      Type[] of = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return json == null ? Optional.empty() : Optional.of(value(of[0], json, place));
      }
      if (generic.getRawType() == List.class) {
        List<Object> list = new ArrayList<>();
        for (Object one : elements(json, place)) {
          list.add(value(of[0], one, place));
        }
        return List.copyOf(list);
      }
      return map(of[1], json, place);
    }
    if (type == Object.class) {
      return json == null ? "" : json;
    }
    if (json == null) {
      throw new Unexpected(place + " is missing");
    }
    Class<?> plain = (Class<?>) type;
    return plain.isRecord() ? record(plain, json, place) : scalar(plain, json, place);
  }

  private static Iterable<?> elements(@Nullable Object json, String place) throws Unexpected {
    if (json == null) {
      return List.of();
    }
    if (json instanceof Iterable<?> list) {
      return list;
    }
    throw new Unexpected(place + " is no list");
  }

  private static Map<String, Object> map(Type type, @Nullable Object json, String place)
      throws Unexpected {
    if (json == null) {
      return Map.of();
    }
    if (!(json instanceof Map<?, ?> map)) {
      throw new Unexpected(place + " is no object");
    }
    Map<String, Object> all = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = String.valueOf(entry.getKey());
      // A map's empty values say no more than those that are not there.
      if (entry.getValue() != null) {
        all.put(key, value(type, entry.getValue(), place + "." + key));
      }
    }
    return java.util.Collections.unmodifiableMap(all);
  }

  private static Object scalar(Class<?> type, Object json, String place) throws Unexpected {
    try {
      if (type == String.class && !(json instanceof Map || json instanceof List)) {
        return json.toString();
      }
      if (type == UUID.class && json instanceof String text) {
        return UUID.fromString(text);
      }
      if (type == Instant.class && json instanceof String text) {
        return Instant.parse(text);
      }
      if (type == boolean.class && json instanceof Boolean) {
        return json;
      }
      if (json instanceof Number number) {
        if (type == int.class || type == Integer.class) {
          return Math.toIntExact(number.longValue());
        }
        if (type == long.class || type == Long.class) {
          return number.longValue();
        }
        if (type == double.class || type == Double.class) {
          return number.doubleValue();
        }
      }
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException _) {
      // Falls through to the same answer.
    }
    throw new Unexpected(place + " is no " + type.getSimpleName());
  }

  private static Object record(Class<?> type, Object json, String place) throws Unexpected {
    if (!(json instanceof Map<?, ?> map)) {
      throw new Unexpected(place + " is no object");
    }
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      String name = components[i].getName();
      values[i] = value(components[i].getGenericType(), map.get(name), place + "." + name);
    }
    try {
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new Unexpected(place + " is wrong");
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
