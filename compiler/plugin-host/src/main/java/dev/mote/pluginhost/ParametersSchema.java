package dev.mote.pluginhost;

import dev.mote.plugin.Parameters;
import dev.mote.pluginhost.json.Json;
import dev.mote.pluginhost.json.JsonProblem;
import dev.mote.pluginhost.json.Members;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// The JSON Schema of a compiler's parameters: an object whose properties are strings, booleans and
/// numbers. A subset of draft 2020-12 whose keywords all cost constant time; a schema with any
/// other keyword is refused, so that nothing is passed over that its author counts on.
public final class ParametersSchema {

  private static final int MOST_PROPERTIES = 64;
  private static final int MOST_CHOICES = 256;
  private static final Set<String> OBJECT_KEYWORDS =
      Set.of(
          "$schema",
          "title",
          "description",
          "type",
          "properties",
          "required",
          "additionalProperties");
  private static final Map<String, Set<String>> KEYWORDS =
      Map.of(
          "string", Set.of("enum", "minLength", "maxLength"),
          "boolean", Set.of(),
          "integer", Set.of("enum", "minimum", "maximum"),
          "number", Set.of("minimum", "maximum"));
  private static final Set<String> COMMON_KEYWORDS =
      Set.of("type", "title", "description", "default");

  private final Map<String, Property> properties;
  private final List<String> required;
  private final Map<String, Object> document;

  /// A parameter.
  ///
  /// @param name as users write it
  /// @param type `string`, `boolean`, `integer` or `number`
  /// @param description for people
  /// @param choices the only values, if there are any
  /// @param least least number, or length of a string
  /// @param most the same, greatest
  /// @param preset what the compiler takes when nothing is set
  public record Property(
      String name,
      String type,
      Optional<String> description,
      List<Object> choices,
      OptionalDouble least,
      OptionalDouble most,
      Optional<Object> preset) {
    public Property {
      choices = List.copyOf(choices);
    }

    /// What is wrong with a value.
    Optional<String> problem(Object value) {
      boolean typed =
          switch (type) {
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "integer" -> value instanceof Long;
            default -> value instanceof Long || value instanceof Double;
          };
      if (!typed) {
        return Optional.of("is not of type " + type);
      }
      if (!choices.isEmpty() && !choices.contains(value)) {
        return Optional.of("is none of " + choices);
      }
      double size =
          value instanceof Number number
              ? number.doubleValue()
              : value instanceof String text ? text.codePointCount(0, text.length()) : 0;
      if (least.isPresent() && size < least.getAsDouble()) {
        return Optional.of("is below " + text(least.getAsDouble()));
      }
      if (most.isPresent() && size > most.getAsDouble()) {
        return Optional.of("is above " + text(most.getAsDouble()));
      }
      return Optional.empty();
    }

    private static String text(double bound) {
      return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
    }
  }

  private ParametersSchema(
      Map<String, Property> properties, List<String> required, Map<String, Object> document) {
    this.properties = properties;
    this.required = required;
    this.document = document;
  }

  /// Reads a schema.
  ///
  /// @throws JsonProblem when it is none, or has keywords beyond the subset
  public static ParametersSchema parse(String text) {
    Members schema = new Members("parameters", Json.object(text));
    requireKeywords(schema, OBJECT_KEYWORDS, "parameters");
    if (!schema.text("type").equals("object")) {
      throw schema.problem("type", "is not \"object\"");
    }
    if (schema.flag("additionalProperties")) {
      throw schema.problem("additionalProperties", "is not false");
    }
    Members named = schema.object("properties");
    if (named.all().size() > MOST_PROPERTIES) {
      throw schema.problem("properties", "has more than " + MOST_PROPERTIES + " members");
    }
    Map<String, Property> properties = new TreeMap<>();
    for (String name : named.all().keySet()) {
      if (!name.matches("[A-Za-z][A-Za-z0-9._-]{0,63}")) {
        throw new JsonProblem("parameters.properties: '" + name + "' is no name of a parameter");
      }
      properties.put(name, property(name, named.object(name)));
    }
    List<String> required = schema.texts("required", MOST_PROPERTIES);
    for (String name : required) {
      if (!properties.containsKey(name)) {
        throw schema.problem("required", "names '" + name + "', which is no property");
      }
    }
    return new ParametersSchema(properties, required, schema.all());
  }

  private static Property property(String name, Members schema) {
    String where = "parameters.properties." + name;
    String type = schema.text("type");
    Set<String> own = KEYWORDS.get(type);
    if (own == null) {
      throw schema.problem("type", "is none of string, boolean, integer, number");
    }
    for (String keyword : schema.all().keySet()) {
      if (!COMMON_KEYWORDS.contains(keyword) && !own.contains(keyword)) {
        throw new JsonProblem(where + " of type " + type + " has the keyword '" + keyword + "'");
      }
    }
    List<Object> choices = new ArrayList<>();
    if (schema.has("enum")) {
      if (!(schema.all().get("enum") instanceof List<?> list)
          || list.isEmpty()
          || list.size() > MOST_CHOICES) {
        throw schema.problem("enum", "is no list of 1 to " + MOST_CHOICES + " values");
      }
      list.forEach(choice -> choices.add(normal(choice)));
    }
    boolean text = type.equals("string");
    Property property =
        new Property(
            name,
            type,
            schema.optionalText("description"),
            choices,
            bound(schema, text ? "minLength" : "minimum"),
            bound(schema, text ? "maxLength" : "maximum"),
            Optional.ofNullable(schema.all().get("default")).map(ParametersSchema::normal));
    choices.forEach(choice -> requireValid(property, choice, "enum"));
    property.preset().ifPresent(value -> requireValid(property, value, "default"));
    return property;
  }

  private static OptionalDouble bound(Members schema, String keyword) {
    return schema.has(keyword) ? OptionalDouble.of(schema.number(keyword)) : OptionalDouble.empty();
  }

  private static void requireValid(Property property, Object value, String keyword) {
    property
        .problem(value)
        .ifPresent(
            what -> {
              throw new JsonProblem(
                  "parameters.properties."
                      + property.name()
                      + "."
                      + keyword
                      + ": "
                      + value
                      + " "
                      + what);
            });
  }

  private static void requireKeywords(Members schema, Set<String> known, String where) {
    for (String keyword : schema.all().keySet()) {
      if (!known.contains(keyword)) {
        throw new JsonProblem(where + " has the keyword '" + keyword + "'");
      }
    }
  }

  /// Integers as [Long], other numbers as [Double].
  private static Object normal(Object value) {
    return switch (value) {
      case Integer i -> (Object) i.longValue();
      case Float f -> f.doubleValue();
      default -> value;
    };
  }

  /// The schema itself, as maps, lists, texts and numbers.
  public Map<String, Object> document() {
    return Collections.unmodifiableMap(document);
  }

  /// The parameters, in the order of their names.
  public List<Property> properties() {
    return List.copyOf(properties.values());
  }

  /// What is wrong with `parameters`, one sentence each; empty when they follow the schema.
  public List<String> problems(Parameters parameters) {
    List<String> problems = new ArrayList<>();
    for (String name : required) {
      if (!parameters.values().containsKey(name)) {
        problems.add("'" + name + "' must be set");
      }
    }
    parameters
        .values()
        .forEach(
            (name, value) -> {
              Property property = properties.get(name);
              if (property == null) {
                problems.add("there is no parameter '" + name + "'");
              } else {
                property
                    .problem(value)
                    .ifPresent(what -> problems.add("'" + name + "' = " + value + " " + what));
              }
            });
    return problems;
  }

  /// Values from a command line, each of the type that the schema gives it. What cannot be of that
  /// type stays a string, so that [#problems] tells.
  public Parameters typed(Map<String, String> texts) {
    Map<String, Object> values = new LinkedHashMap<>();
    texts.forEach(
        (name, text) -> {
          Property property = properties.get(name);
          values.put(name, property == null ? text : typed(property.type(), text));
        });
    return new Parameters(values);
  }

  private static Object typed(String type, String text) {
    return switch (type) {
      case "boolean" ->
          text.equals("true") ? (Object) true : text.equals("false") ? (Object) false : text;
      case "integer" -> whole(text).isPresent() ? (Object) whole(text).getAsLong() : text;
      case "number" -> {
        try {
          double number = Double.parseDouble(text);
          yield Double.isFinite(number) ? (Object) number : text;
        } catch (NumberFormatException e) {
          yield text;
        }
      }
      default -> text;
    };
  }

  private static OptionalLong whole(String text) {
    return text.matches("-?[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  /// What can be set, for a message.
  public String names() {
    return properties.isEmpty() ? "it has no parameters" : "it has " + properties.keySet();
  }
}
