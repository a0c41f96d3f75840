package dev.mote.pipeline.emit;

/// Numbers and texts as C99 writes them, exactly.
final class CLiteral {

  private CLiteral() {}

  static String of(int value) {
    return value == Integer.MIN_VALUE ? "INT32_MIN" : Integer.toString(value);
  }

  static String of(long value) {
    if (value == Long.MIN_VALUE) {
      return "INT64_MIN";
    }
    return value == (int) value ? of((int) value) : "INT64_C(" + value + ")";
  }

  /// A `float` constant: hexadecimal, so that every bit survives.
  static String of(float value) {
    if (Float.isNaN(value)) {
      return "NAN";
    }
    if (Float.isInfinite(value)) {
      return value > 0 ? "INFINITY" : "-INFINITY";
    }
    return Float.toHexString(value) + "f";
  }

  /// A finite `float` constant in the shortest decimal form that stands for exactly this value; for
  /// headers, which C++ before C++17 must read too.
  static String decimal(float value) {
    return Float.toString(value) + "f";
  }

  /// Text that is safe inside a block comment.
  static String comment(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?").replace("*/", "* /").replace("/*", "/ *");
  }

  /// A string literal.
  static String string(String text) {
    return "\"" + text.replaceAll("[^\\x20-\\x7e]|[\"\\\\?]", "_") + "\"";
  }
}
