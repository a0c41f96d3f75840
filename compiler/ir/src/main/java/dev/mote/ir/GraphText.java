package dev.mote.ir;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The text form of a graph: one line per tensor and node, nothing left out, so that
/// `parse(print(g)).equals(g)`.
///
/// ```
/// graph "kws" {
///   tensor "x" int8 [1x490] scale 0.58 zero 83
///   tensor "w" int8 [12x490] scales 0 [0.1 0.2 …] = base64 "AQID…"
///   tensor "y" int8 [1x12] scale 0.1 zero -128
///   input "x"
///   output "y"
///   node "y" FullyConnected(activation: RELU) "x" "w" -> "y"
/// }
/// ```
///
/// Constants of up to 32 bytes are written in hexadecimal, longer ones in base 64. Floats are
/// written with as many digits as it takes to read the same number.
public final class GraphText {

  private static final int LONGEST_HEX = 32;

  private final StringBuilder text = new StringBuilder();

  private GraphText() {}

  /// The text of `graph`; ends with a line feed.
  public static String print(Graph graph) {
    GraphText printer = new GraphText();
    printer.graph(graph);
    return printer.text.toString();
  }

  /// The graph that [#print] wrote as `text`.
  ///
  /// @throws IllegalArgumentException with the line, when `text` is not the text of a graph
  public static Graph parse(String text) {
    return new GraphParser(text).graph();
  }

  private void graph(Graph graph) {
    line("graph " + quote(graph.name()) + " {");
    graph.tensors().forEach((name, tensor) -> tensor(name, tensor));
    graph.inputs().forEach(name -> line("  input " + quote(name)));
    graph.outputs().forEach(name -> line("  output " + quote(name)));
    graph.variables().forEach(name -> line("  variable " + quote(name)));
    for (Graph.Signature signature : graph.signatures()) {
      line("  signature " + quote(signature.name()) + " {");
      aliases("input", signature.inputs());
      aliases("output", signature.outputs());
      line("  }");
    }
    graph.classes().forEach(name -> line("  class " + quote(name)));
    graph.nodes().forEach(this::node);
    line("}");
  }

  private void tensor(String name, Tensor tensor) {
    String type =
        "%s [%s]%s"
            .formatted(tensor.element().label(), tensor.shape(), quantization(tensor.type()));
    String data = tensor.data().map(GraphText::data).orElse("");
    line("  tensor " + quote(name) + " " + type + data);
  }

  private static String quantization(TensorType type) {
    return switch (type.quantization()) {
      case Quantization.None _ -> "";
      case Quantization.PerTensor q -> " scale " + q.scale() + " zero " + q.zeroPoint();
      case Quantization.PerChannel q ->
          " scales "
              + q.axis()
              + q.scales().stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(" ", " [", "]"));
    };
  }

  private static String data(Blob blob) {
    return blob.size() <= LONGEST_HEX
        ? " = hex \"" + HexFormat.of().formatHex(blob.toByteArray()) + "\""
        : " = base64 \"" + Base64.getEncoder().encodeToString(blob.toByteArray()) + "\"";
  }

  private void aliases(String side, Map<String, String> aliases) {
    aliases.forEach(
        (alias, tensor) -> line("    " + side + " " + quote(alias) + " = " + quote(tensor)));
  }

  private void node(Node node) {
    String inputs = node.inputs().stream().map(n -> " " + quote(n)).collect(Collectors.joining());
    String outputs = node.outputs().stream().map(n -> " " + quote(n)).collect(Collectors.joining());
    line(
        "  node "
            + quote(node.name())
            + " "
            + Attributes.print(node.op())
            + inputs
            + " ->"
            + outputs);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  /// `name` between quotation marks, with everything that is not plainly printable escaped.
  static String quote(String name) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
