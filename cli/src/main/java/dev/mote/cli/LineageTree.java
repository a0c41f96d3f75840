package dev.mote.cli;

import dev.mote.client.Lineage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Lineage as an indented tree: what came from something stands below it.
final class LineageTree {

  private static final Pattern BYTES = Pattern.compile("(\\d+) bytes");
  private static final Pattern OPTION = Pattern.compile("\"(\\w+)\": (?:\"([^\"]*)\"|([\\w.]+))");

  private final Map<String, Lineage.Node> nodes;
  private final Map<String, List<String>> children;
  private final List<String> lines = new ArrayList<>();
  private final Set<String> shown = new HashSet<>();

  private LineageTree(Lineage lineage) {
    nodes =
        lineage.nodes().stream()
            .collect(Collectors.toMap(Lineage.Node::id, Function.identity(), (a, _) -> a));
    children =
        lineage.edges().stream()
            .filter(edge -> nodes.containsKey(edge.from()) && nodes.containsKey(edge.to()))
            .collect(
                Collectors.groupingBy(
                    Lineage.Edge::from, Collectors.mapping(Lineage.Edge::to, Collectors.toList())));
  }

  static List<String> lines(Lineage lineage) {
    LineageTree tree = new LineageTree(lineage);
    Set<String> below =
        tree.children.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    lineage.nodes().stream()
        .filter(node -> !below.contains(node.id()))
        .forEach(node -> tree.add(node.id(), 0));
    return tree.lines;
  }

  private void add(String id, int depth) {
    Lineage.Node node = nodes.get(id);
    if (node == null) {
      return;
    }
    String name =
        node.name().startsWith(node.kind()) ? node.name() : node.kind() + " " + node.name();
    String detail = node.detail().isEmpty() ? "" : "  " + words(node.detail());
    // What several things use stands in full once.
    boolean first = shown.add(id);
    lines.add("  ".repeat(depth) + name + (first ? detail : "  (above)"));
    if (first) {
      children.getOrDefault(id, List.of()).forEach(child -> add(child, depth + 1));
    }
  }

  /// Options of a build come as JSON.
  private static String words(String detail) {
    if (detail.startsWith("{")) {
      return OPTION
          .matcher(detail)
          .results()
          .map(m -> m.group(1) + "=" + (m.group(2) == null ? m.group(3) : m.group(2)))
          .collect(Collectors.joining(" "));
    }
    return BYTES
        .matcher(detail)
        .replaceAll(m -> Matcher.quoteReplacement(Readable.bytes(Long.parseLong(m.group(1)))));
  }
}
