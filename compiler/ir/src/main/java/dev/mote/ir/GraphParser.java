package dev.mote.ir;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads what [GraphText] writes: words, numbers, quoted strings and punctuation, in a fixed order.
final class GraphParser {

  private static final String PUNCTUATION = "{}[](),:=";

  private final String text;
  private int position;

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private final List<String> variables = new ArrayList<>();
  private final List<String> classes = new ArrayList<>();
  private final List<Graph.Signature> signatures = new ArrayList<>();

  GraphParser(String text) {
    this.text = text;
  }

  Graph graph() {
    expect("graph");
    String name = string();
    expect("{");
    while (!accept("}")) {
      statement();
    }
    skipSpace();
    if (position < text.length()) {
      throw error("something follows the graph");
    }
    return new Graph(name, tensors, nodes, inputs, outputs, variables, signatures, classes);
  }

  private void statement() {
    String keyword = word();
    switch (keyword) {
      case "tensor" -> tensor();
      case "input" -> inputs.add(string());
      case "output" -> outputs.add(string());
      case "variable" -> variables.add(string());
      case "signature" -> signature();
      case "class" -> classes.add(string());
      case "node" -> node();
      default -> throw error("a graph has no '" + keyword + "'");
    }
  }

  private void tensor() {
    String name = string();
    String element = word();
    expect("[");
    Shape shape = shape(accept("]") ? "" : shapeText());
    try {
      TensorType type =
          new TensorType(
              ElementType.valueOf(element.toUpperCase(Locale.ROOT)), shape, quantization());
      tensors.put(name, new Tensor(name, type, data()));
    } catch (IllegalArgumentException e) {
      throw error(String.valueOf(e.getMessage()));
    }
  }

  private String shapeText() {
    String dims = word();
    expect("]");
    return dims;
  }

  private Shape shape(String dims) {
    List<Integer> values = new ArrayList<>();
    for (String dim : dims.isEmpty() ? new String[0] : dims.split("x", -1)) {
      values.add(Math.toIntExact(parseInteger(dim)));
    }
    return new Shape(values);
  }

  private Quantization quantization() {
    if (accept("scale")) {
      float scale = real();
      expect("zero");
      return new Quantization.PerTensor(scale, Math.toIntExact(integer()));
    }
    if (accept("scales")) {
      int axis = Math.toIntExact(integer());
      List<Float> scales = new ArrayList<>();
      expect("[");
      while (!accept("]")) {
        scales.add(real());
      }
      return new Quantization.PerChannel(scales, axis);
    }
    return Quantization.NONE;
  }

  private Optional<Blob> data() {
    if (!accept("=")) {
      return Optional.empty();
    }
    String form = word();
    String digits = string();
    return switch (form) {
      case "hex" -> Optional.of(Blob.of(HexFormat.of().parseHex(digits)));
      case "base64" -> Optional.of(Blob.of(Base64.getDecoder().decode(digits)));
      default -> throw error("constants are written as hex or base64, not " + form);
    };
  }

  private void signature() {
    String name = string();
    Map<String, String> from = new LinkedHashMap<>();
    Map<String, String> to = new LinkedHashMap<>();
    expect("{");
    while (!accept("}")) {
      Map<String, String> side = word().equals("input") ? from : to;
      String alias = string();
      expect("=");
      side.put(alias, string());
    }
    signatures.add(new Graph.Signature(name, from, to));
  }

  private void node() {
    String name = string();
    Op op = Attributes.parse(this);
    List<String> from = strings();
    expect("->");
    nodes.add(new Node(name, op, from, strings()));
  }

  private List<String> strings() {
    List<String> strings = new ArrayList<>();
    while (peek() == '"') {
      strings.add(string());
    }
    return strings;
  }

  // ---- tokens ----------------------------------------------------------------------------------

  /// A word or number: everything up to a space, a quotation mark or punctuation.
  String word() {
    skipSpace();
    int start = position;
    while (position < text.length() && isWord(text.charAt(position))) {
      position++;
    }
    if (start == position) {
      throw error("a word is missing");
    }
    return text.substring(start, position);
  }

  long integer() {
    return parseInteger(word());
  }

  float real() {
    String word = word();
    try {
      return Float.parseFloat(word);
    } catch (NumberFormatException e) {
      throw error("'" + word + "' is no number");
    }
  }

  String string() {
    if (peek() != '"') {
      throw error("a name in quotation marks is missing");
    }
    StringBuilder value = new StringBuilder();
    position++;
    while (position < text.length() && text.charAt(position) != '"') {
      value.append(text.charAt(position) == '\\' ? escape() : text.charAt(position));
      position++;
    }
    if (position == text.length()) {
      throw error("a quotation mark is missing");
    }
    position++;
    return value.toString();
  }

  private char escape() {
    position++;
    if (position + 4 < text.length() && text.charAt(position) == 'u') {
      String digits = text.substring(position + 1, position + 5);
      position += 4;
      try {
        return (char) HexFormat.fromHexDigits(digits);
      } catch (IllegalArgumentException e) {
        throw error("'" + digits + "' is no character");
      }
    }
    if (position >= text.length()) {
      throw error("a quotation mark is missing");
    }
    return text.charAt(position);
  }

  /// Takes `token` if it is next.
  boolean accept(String token) {
    skipSpace();
    boolean whole =
        !isWord(token.charAt(0))
            || position + token.length() >= text.length()
            || !isWord(text.charAt(position + token.length()));
    if (whole && text.startsWith(token, position)) {
      position += token.length();
      return true;
    }
    return false;
  }

  void expect(String token) {
    if (!accept(token)) {
      throw error("'" + token + "' is missing");
    }
  }

  IllegalArgumentException error(String what) {
    long line = text.substring(0, Math.min(position, text.length())).lines().count();
    return new IllegalArgumentException("line " + Math.max(1, line) + ": " + what);
  }

  private long parseInteger(String word) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw error("'" + word + "' is no integer");
    }
  }

  private int peek() {
    skipSpace();
    return position < text.length() ? text.charAt(position) : -1;
  }

  private void skipSpace() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private static boolean isWord(char c) {
    return !Character.isWhitespace(c) && c != '"' && PUNCTUATION.indexOf(c) < 0;
  }
}
