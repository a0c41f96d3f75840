package dev.mote.pipeline.emit;

import static java.util.stream.Collectors.joining;

import dev.mote.ir.ElementType;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.SimpleTrees;
import dev.mote.pipeline.lower.TreeCode;
import java.util.List;
import java.util.stream.IntStream;

/// Trees as C: a function for each, of nested `if`s, that returns the number of a row of leaves;
/// and one that adds the rows up.
final class TreeText {

  private final TreeCode code;
  private final String name;
  private final String type;
  private final StringBuilder text = new StringBuilder();

  private TreeText(String name, TreeCode code) {
    this.name = name;
    this.code = code;
    this.type = ConstantPool.type(code.features());
  }

  /// Name of the function of step `step`.
  static String name(String symbol, int step) {
    return symbol + "_trees_" + step;
  }

  /// The functions that `call` needs; empty for calls without trees.
  static String functions(String symbol, int step, KernelCall call) {
    return call.arguments().stream()
        .map(
            argument ->
                argument instanceof Argument.Trees(TreeCode code)
                    ? new TreeText(name(symbol, step), code).functions()
                    : "")
        .collect(joining());
  }

  private String functions() {
    List<Integer> roots = code.trees().roots();
    for (int tree = 0; tree < roots.size(); tree++) {
      text.append("MOTE_TREE uint32_t %s_%d(const %s *x) {\n".formatted(name, tree, type));
      if (roots.get(tree) < 0) {
        text.append("  (void)x;\n");
      }
      node(roots.get(tree), 1);
      text.append("}\n\n");
    }
    text.append(code.laneBits() > 0 ? lanes() : sums()).append("\n");
    return text.toString();
  }

  private void node(int at, int depth) {
    String indent = " ".repeat(2 * depth);
    if (at < 0) {
      text.append(indent).append("return ").append(-1 - at).append("u;\n");
      return;
    }
    SimpleTrees.Split node = code.trees().nodes().get(at);
    text.append(indent).append("if (").append(condition(node)).append(") {\n");
    node(node.left(), depth + 1);
    text.append(indent).append("} else {\n");
    node(node.right(), depth + 1);
    text.append(indent).append("}\n");
  }

  private String condition(SimpleTrees.Split node) {
    String x = "x[%d]".formatted(node.feature());
    if (code.features() != ElementType.FLOAT32) {
      return x + " <= " + (long) node.threshold();
    }
    String threshold = CLiteral.of((float) node.threshold());
    // What is not a number compares as false.
    return node.missingLeft() ? "!(%s > %s)".formatted(x, threshold) : x + " <= " + threshold;
  }

  private String sums() {
    SimpleTrees trees = code.trees();
    String sum = ConstantPool.type(code.sums());
    StringBuilder body = new StringBuilder();
    for (int tree = 0; tree < trees.roots().size(); tree++) {
      body.append(leaf(sum, tree, trees.width()));
      for (int w = 0; w < trees.width(); w++) {
        int column = trees.targets().get(tree) + w;
        body.append(
            code.sums() == ElementType.FLOAT32
                ? "  y[%d] += leaf[%d];\n".formatted(column, w)
                : "  y[%1$d] = mote_add_wrapping(y[%1$d], leaf[%2$d]);\n".formatted(column, w));
      }
    }
    return function(sum, sum, trees.roots().isEmpty(), body.toString());
  }

  private String leaf(String row, int tree, int stride) {
    return "  leaf = (const %s *)leaves + %du * %s_%d(x);\n".formatted(row, stride, name, tree);
  }

  private String lanes() {
    SimpleTrees trees = code.trees();
    int bits = code.laneBits();
    int lanes = Integer.SIZE / bits;
    int words = Math.ceilDiv(trees.width(), lanes);
    StringBuilder body = new StringBuilder();
    for (int tree = 0; tree < trees.roots().size(); tree++) {
      body.append(leaf("uint32_t", tree, words));
      String format = tree == 0 ? "  uint32_t s%1$d = leaf[%1$d];\n" : "  s%1$d += leaf[%1$d];\n";
      body.append(IntStream.range(0, words).mapToObj(format::formatted).collect(joining()));
    }
    for (int column = 0; column < trees.width() && !trees.roots().isEmpty(); column++) {
      body.append(
          "  y[%1$d] = mote_add_wrapping(y[%1$d], (int32_t)(s%2$d >> %3$d & %4$du));\n"
              .formatted(column, column / lanes, column % lanes * bits, (1 << bits) - 1));
    }
    return function("uint32_t", "int32_t", trees.roots().isEmpty(), body.toString());
  }

  private String function(String row, String sum, boolean empty, String body) {
    String start =
        empty ? "  (void)x;\n  (void)leaves;\n  (void)y;\n" : "  const %s *leaf;\n".formatted(row);
    return "static void %s(const %s *x, const void *leaves, %s *y) {\n%s%s}\n"
        .formatted(name, type, sum, start, body);
  }
}
