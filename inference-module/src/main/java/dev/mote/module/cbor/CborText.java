package dev.mote.module.cbor;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;

/// Prints CBOR in the diagnostic notation of RFC 8949, section 8, and RFC 8610, appendix G: byte
/// strings that hold an array, a map or a tag stand as `<< … >>`.
public final class CborText {

  private static final int WIDTH = 100;
  private static final String STEP = "  ";

  private CborText() {}

  /// The notation of `item`, broken into lines of at most 100 characters where items allow it.
  public static String print(Cbor item) {
    return print(item, "");
  }

  private static String print(Cbor item, String indent) {
    return switch (item) {
      case Cbor.Int(long value) -> Long.toString(value);
      case Cbor.ByteString(Bytes value) -> bytes(value, indent);
      case Cbor.Text(String value) -> text(value);
      case Cbor.Array(List<Cbor> items) -> list("[", items, "]", indent, CborText::print);
      case Cbor.Mapping(Map<Cbor, Cbor> entries) ->
          list(
              "{",
              List.copyOf(entries.entrySet()),
              "}",
              indent,
              (entry, inner) ->
                  print(entry.getKey(), inner) + ": " + print(entry.getValue(), inner));
      case Cbor.Tag(long number, Cbor inner) -> number + "(" + print(inner, indent) + ")";
      case Cbor.Bool(boolean value) -> Boolean.toString(value);
      case Cbor.Real(double value) -> Double.toString(value);
      case Cbor.Null() -> "null";
    };
  }

  private interface Form<T> {
    String print(T item, String indent);
  }

  private static <T> String list(
      String open, List<T> items, String close, String indent, Form<T> form) {
    String inner = indent + STEP;
    String line = joined(open, items, close, ", ", item -> form.print(item, inner));
    if (!line.contains("\n") && indent.length() + line.length() <= WIDTH) {
      return line;
    }
    return joined(
        open + "\n" + inner,
        items,
        "\n" + indent + close,
        ",\n" + inner,
        item -> form.print(item, inner));
  }

  private static <T> String joined(
      String open, List<T> items, String close, String between, Function<T, String> form) {
    StringJoiner joiner = new StringJoiner(between, open, close);
    items.forEach(item -> joiner.add(form.apply(item)));
    return joiner.toString();
  }

  private static String bytes(Bytes value, String indent) {
    if (value.size() > 1 && value.at(0) >= 0x80 && value.at(0) < 0xe0) {
      try {
        return "<< " + print(CborReader.read(value, CborReader.Limits.HEAD), indent) + " >>";
      } catch (CborProblem e) {
        // It only looked like it.
      }
    }
    return "h'" + value.toHex() + "'";
  }

  private static String text(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    value
        .chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < 0x20) {
                quoted.append("\\u%04x".formatted(c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }
}
