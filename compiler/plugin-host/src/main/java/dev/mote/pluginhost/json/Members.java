package dev.mote.pluginhost.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// A JSON object whose members are read by name and type; whatever is not as it should be is a
/// [JsonProblem] that says where.
public final class Members {

  private final String where;
  private final Map<String, Object> members;

  /// @param where how problems call the object
  public Members(String where, Map<String, Object> members) {
    this.where = where;
    this.members = members;
  }

  public boolean has(String name) {
    return members.get(name) != null;
  }

  public Map<String, Object> all() {
    return members;
  }

  /// A string.
  public String text(String name) {
    return as(String.class, name, "a string");
  }

  /// A string, if there is one.
  public Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  /// `true` or `false`.
  public boolean flag(String name) {
    return as(Boolean.class, name, "true or false");
  }

  /// An integer from `least` to `most`.
  public long whole(String name, long least, long most) {
    Object value = required(name);
    if (!(value instanceof Integer || value instanceof Long)
        || ((Number) value).longValue() < least
        || ((Number) value).longValue() > most) {
      throw problem(name, "is no integer from " + least + " to " + most);
    }
    return ((Number) value).longValue();
  }

  /// The same, if it is there.
  public OptionalLong optionalWhole(String name, long least, long most) {
    return has(name) ? OptionalLong.of(whole(name, least, most)) : OptionalLong.empty();
  }

  /// A number.
  public double number(String name) {
    return as(Number.class, name, "a number").doubleValue();
  }

  /// An object.
  public Members object(String name) {
    return new Members(where + "." + name, map(required(name), where + "." + name));
  }

  /// An object, if there is one.
  public Optional<Members> optionalObject(String name) {
    return has(name) ? Optional.of(object(name)) : Optional.empty();
  }

  /// A list of at most `most` objects; empty when it is not there.
  public List<Members> objects(String name, int most) {
    List<Members> objects = new ArrayList<>();
    List<?> list = list(name, most);
    for (int i = 0; i < list.size(); i++) {
      String at = where + "." + name + "[" + i + "]";
      objects.add(new Members(at, map(list.get(i), at)));
    }
    return objects;
  }

  /// A list of at most `most` strings; empty when it is not there.
  public List<String> texts(String name, int most) {
    List<String> texts = new ArrayList<>();
    for (Object item : list(name, most)) {
      if (!(item instanceof String text)) {
        throw problem(name, "is no list of strings");
      }
      texts.add(text);
    }
    return texts;
  }

  /// A list of at most `most` integers from 0 to 2^31 - 1; empty when it is not there.
  public List<Integer> wholes(String name, int most) {
    List<Integer> numbers = new ArrayList<>();
    for (Object item : list(name, most)) {
      if (!(item instanceof Integer number) || number < 0) {
        throw problem(name, "is no list of integers from 0 to 2^31 - 1");
      }
      numbers.add(number);
    }
    return numbers;
  }

  private List<?> list(String name, int most) {
    if (!has(name)) {
      return List.of();
    }
    List<?> list = as(List.class, name, "a list");
    if (list.size() > most) {
      throw problem(name, "has more than " + most + " items");
    }
    return list;
  }

  private static Map<String, Object> map(@Nullable Object value, String at) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new JsonProblem(at + " is no object");
    }
    Map<String, Object> object = new LinkedHashMap<>();
    map.forEach((key, member) -> object.put(String.valueOf(key), member));
    return object;
  }

  private <T> T as(Class<T> type, String name, String expected) {
    Object value = required(name);
    if (!type.isInstance(value)) {
      throw problem(name, "is not " + expected);
    }
    return type.cast(value);
  }

  private Object required(String name) {
    Object value = members.get(name);
    if (value == null) {
      throw problem(name, "is missing");
    }
    return value;
  }

  /// The problem with a member.
  public JsonProblem problem(String name, String what) {
    return new JsonProblem(where + "." + name + " " + what);
  }
}
