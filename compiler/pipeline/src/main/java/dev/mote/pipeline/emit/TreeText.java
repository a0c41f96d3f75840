package dev.mote.pipeline.emit;

import static java.util.stream.Collectors.joining;

import dev.mote.ir.ElementType;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.SimpleTrees;
import dev.mote.pipeline.lower.TreeCode;
import dev.mote.pipeline.lower.TreeLanes;
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
    text.append(code.lanes().map(this::lanes).orElseGet(this::sums)).append("\n");
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
    for (int column = 0; column < code.base().size(); column++) {
      body.append(
          "  y[%d] = %s;\n".formatted(column, CLiteral.of(code.base().get(column).intValue())));
    }
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

  private String lanes(TreeLanes lanes) {
    SimpleTrees trees = code.trees();
    StringBuilder body = new StringBuilder();
    boolean pooled = !lanes.pool().isEmpty();
    String word = pooled ? "words[leaf[%2$d]]" : "leaf[%1$d]";
    int rows = trees.leafRows().size();
    for (int tree = 0; tree < trees.roots().size(); tree++) {
      body.append(
          pooled
              ? "  leaf = (const uint8_t *)leaves + %s_%d(x);\n".formatted(name, tree)
              : leaf("uint32_t", tree, lanes.words()));
      String format = (tree == 0 ? "  uint32_t s%1$d = " : "  s%1$d += ") + word + ";\n";
      body.append(
          IntStream.range(0, lanes.words())
              .mapToObj(w -> format.formatted(w, w * rows))
              .collect(joining()));
    }
    long mask = (1L << lanes.bits()) - 1;
    for (int column = 0; column < lanes.stored(); column++) {
      String value =
          "(int32_t)(s%d >> %d & %du)"
              .formatted(column / lanes.lanes(), column % lanes.lanes() * lanes.bits(), mask);
      long base = code.base().get(column);
      String begun =
          base == 0 ? value : "mote_add_wrapping(%s, %s)".formatted(CLiteral.of((int) base), value);
      body.append("  y[%d] = %s;\n".formatted(column, begun));
    }
    if (lanes.stored() < trees.width()) {
      body.append(
          "  y[%d] = %d%s;\n"
              .formatted(
                  lanes.stored(),
                  lanes.total(),
                  IntStream.range(0, lanes.stored())
                      .mapToObj(" - y[%d]"::formatted)
                      .collect(joining())));
    }
    if (pooled) {
      body.insert(
          0,
          "  const uint32_t *const words = (const uint32_t *)leaves + %d;\n"
              .formatted(lanes.indexWords(trees)));
    }
    return function(pooled ? "uint8_t" : "uint32_t", "int32_t", false, body.toString());
  }

  private String function(String row, String sum, boolean empty, String body) {
    String start =
        empty
            ? "  (void)x;\n  (void)leaves;\n" + (body.isEmpty() ? "  (void)y;\n" : "")
            : "  const %s *leaf;\n".formatted(row);
    return "static void %s(const %s *x, const void *leaves, %s *y) {\n%s%s}\n"
        .formatted(name, type, sum, start, body);
  }
}
