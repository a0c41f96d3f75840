package dev.mote.fleet;

import java.util.Map;
import java.util.stream.Collectors;

/// A flat object of numbers and texts, for people and programs.
final class Json {

  private Json() {}

  static String object(Map<String, ?> fields) {
    return fields.entrySet().stream()
        .map(field -> "\"" + field.getKey() + "\": " + value(field.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String value(Object value) {
    return value instanceof Number
        ? value.toString()
        : "\"" + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  static String lines(Map<String, ?> fields) {
    return fields.entrySet().stream()
        .map(field -> "%8s  %s".formatted(field.getValue(), field.getKey().replace('_', ' ')))
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
