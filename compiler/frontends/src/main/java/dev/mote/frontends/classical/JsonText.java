package dev.mote.frontends.classical;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Parses JSON (RFC 8259) into maps, lists, strings, doubles and booleans; null becomes an empty
/// string. Within the limits of [ClassicalLimits]; NaN and Infinity, which Python writes, are
/// refused.
final class JsonText {

  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  static Object parse(String text) {
    JsonText json = new JsonText(text);
    Object value = json.value(0);
    json.space();
    if (json.at < text.length()) {
      throw json.error("something follows the end");
    }
    return value;
  }

  private Object value(int depth) {
    if (depth > ClassicalLimits.DEPTH) {
      throw ClassicalProblem.TOO_LARGE.at(place(), "it nests too deep");
    }
    space();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", "");
      default -> number();
    };
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    space();
    if (accept('}')) {
      return members;
    }
    do {
      space();
      String key = string();
      space();
      expect(':');
      if (members.put(key, value(depth + 1)) != null) {
        throw error("'" + key + "' stands there twice");
      }
      space();
    } while (accept(','));
    expect('}');
    return members;
  }

  private List<Object> list(int depth) {
    List<Object> elements = new ArrayList<>();
    at++;
    space();
    if (accept(']')) {
      return elements;
    }
    do {
      elements.add(value(depth + 1));
      space();
    } while (accept(','));
    expect(']');
    return elements;
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw error("a control character in a string");
      }
      out.append(c == '\\' ? escape() : c);
    }
    at++;
    return out.toString();
  }

  private char escape() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw error("it is cut off");
        }
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(text.charAt(at++), 16);
          if (digit < 0) {
            throw error("no hexadecimal digit");
          }
          code = code * 16 + digit;
        }
        yield (char) code;
      }
      default -> throw error("an unknown escape");
    };
  }

  private Double number() {
    int start = at;
    while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (start == at) {
      throw error("no value");
    }
    try {
      return Double.valueOf(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw error("'" + text.substring(start, at) + "' is no number");
    }
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw error("no value");
    }
    at += word.length();
    return value;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw error("it is cut off");
    }
    return text.charAt(at);
  }

  private boolean accept(char c) {
    if (peek() == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw error("'%c' is expected, not '%c'".formatted(c, peek()));
    }
  }

  private String place() {
    return "character " + at;
  }

  private ClassicalRefusal error(String what) {
    return ClassicalProblem.SYNTAX.at(place(), what);
  }
}
