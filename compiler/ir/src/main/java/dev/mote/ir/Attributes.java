package dev.mote.ir;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The text form of an operator and its attributes: `Pad(before: [0 1], after: [0 1], mode:
/// REFLECT)`.
///
/// Works on any record of the family [Op] by its components, so that a new operator has a text form
/// at once.
final class Attributes {

  private static final Map<String, Class<?>> OPERATORS =
      Arrays.stream(Op.class.getPermittedSubclasses())
          .collect(Collectors.toMap(Class::getSimpleName, type -> type));

  private Attributes() {}

  static String print(Op op) {
    return op.getClass().getSimpleName() + fields((Record) op);
  }

  private static String fields(Record value) {
    List<String> fields = new ArrayList<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      fields.add(component.getName() + ": " + print(get(component, value)));
    }
    return fields.isEmpty() ? "" : "(" + String.join(", ", fields) + ")";
  }

  private static String print(Object value) {
    return switch (value) {
      case Record r -> fields(r);
      case List<?> list ->
          list.stream().map(Attributes::print).collect(Collectors.joining(" ", "[", "]"));
      case Map<?, ?> map ->
          new TreeMap<>(map)
              .entrySet().stream()
                  .map(e -> print(e.getKey()) + " = " + print(e.getValue()))
                  .collect(Collectors.joining(" ", "{", "}"));
      case String s -> GraphText.quote(s);
      default -> String.valueOf(value);
    };
  }

  private static Object get(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new AssertionError("an accessor of a record of this package", e);
    }
  }

  static Op parse(GraphParser parser) {
    String name = parser.word();
    Class<?> type = OPERATORS.get(name);
    if (type == null) {
      throw parser.error("there is no operator '" + name + "'");
    }
    return (Op) record(parser, type);
  }

  private static Object record(GraphParser parser, Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      parser.expect(i == 0 ? "(" : ",");
      parser.expect(components[i].getName());
      parser.expect(":");
      types[i] = components[i].getType();
      values[i] = value(parser, components[i]);
    }
    if (components.length > 0) {
      parser.expect(")");
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw parser.error(String.valueOf(e.getCause()));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("the canonical constructor of a record of this package", e);
    }
  }

  private static Object value(GraphParser parser, RecordComponent component) {
    Class<?> type = component.getType();
    if (type == int.class) {
      return Math.toIntExact(parser.integer());
    }
    if (type == float.class) {
      return parser.real();
    }
    if (type == boolean.class) {
      return Boolean.parseBoolean(parser.word());
    }
    if (type == String.class) {
      return parser.string();
    }
    if (type.isEnum()) {
      return constant(parser, type);
    }
    if (type == List.class && elementType(component) == Integer.class) {
      return integers(parser);
    }
    if (type == Map.class) {
      return texts(parser);
    }
    if (type.isRecord()) {
      return record(parser, type);
    }
    throw new AssertionError("attributes of type " + component.getGenericType() + " have no text");
  }

  private static Object elementType(RecordComponent component) {
    return ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
  }

  private static Object constant(GraphParser parser, Class<?> type) {
    String word = parser.word();
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(word)) {
        return constant;
      }
    }
    throw parser.error("there is no " + type.getSimpleName() + " '" + word + "'");
  }

  private static List<Integer> integers(GraphParser parser) {
    List<Integer> values = new ArrayList<>();
    parser.expect("[");
    while (!parser.accept("]")) {
      values.add(Math.toIntExact(parser.integer()));
    }
    return values;
  }

  private static Map<String, String> texts(GraphParser parser) {
    Map<String, String> values = new LinkedHashMap<>();
    parser.expect("{");
    while (!parser.accept("}")) {
      String key = parser.string();
      parser.expect("=");
      values.put(key, parser.string());
    }
    return values;
  }
}
