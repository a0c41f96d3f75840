package dev.mote.pipeline.pass;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which channels of a graph's tensors stand or fall together. A channel is an index of a tensor's
/// last dimension; operators such as an addition, a depthwise convolution or a concatenation link a
/// channel of one tensor to one of another, and linked channels can only be removed together: they
/// are one *unit*. Units that touch the same tensors form a group, whose members are alike and
/// compete with each other.
///
/// What an operator links is told by [ChannelRules].
public final class LinkedChannels {

  /// Units of the same tensors.
  ///
  /// @param name the first tensor that is computed of those; with `#2` and so on where several
  /// groups
  ///     begin with the same
  /// @param tensors the tensors, in the order in which they are computed
  /// @param units numbers of the units, in the order of the channels
  public record Group(String name, List<String> tensors, List<Integer> units) {
    public Group {
      tensors = List.copyOf(tensors);
      units = List.copyOf(units);
    }
  }

  private final Graph graph;
  private final Map<String, Integer> first = new LinkedHashMap<>();
  private final int[] parents;
  private final boolean[] fixed;
  private final List<Group> groups;

  public LinkedChannels(Graph graph, ChannelRules rules) {
    this.graph = graph;
    int count = 0;
    Set<String> activations = new LinkedHashSet<>(graph.inputs());
    activations.addAll(graph.variables());
    graph.nodes().forEach(node -> activations.addAll(node.outputs()));
    for (String name : activations) {
      first.put(name, count);
      count += graph.tensor(name).shape().last();
    }
    this.parents = new int[count];
    for (int i = 0; i < count; i++) {
      parents[i] = i;
    }
    this.fixed = new boolean[count];
    graph.nodes().forEach(node -> link(rules.links(graph, node), node));
    fix(graph.inputs());
    fix(graph.outputs());
    fix(graph.variables());
    fix(activations.stream().filter(name -> !rules.mayShrink(graph.tensor(name))).toList());
    this.groups = List.copyOf(grouped());
  }

  /// The groups that may lose channels, in the order in which their first tensors are computed.
  public List<Group> groups() {
    return groups;
  }

  /// The group of all channels of `tensor`; empty when they belong to several or may not be
  /// removed.
  public Optional<Group> groupOf(String tensor) {
    return groups.stream()
        .filter(group -> group.tensors().contains(tensor))
        .filter(group -> channels(tensor) > 0)
        .filter(group -> group.units().size() == Set.copyOf(units(tensor)).size())
        .findFirst();
  }

  /// How many channels `tensor` has.
  public int channels(String tensor) {
    return graph.tensor(tensor).shape().last();
  }

  /// The unit of each channel of `tensor`, in order; units that may not be removed included.
  public List<Integer> units(String tensor) {
    Integer from = first.get(tensor);
    if (from == null) {
      throw new IllegalArgumentException("'" + tensor + "' has no channels: it is a constant");
    }
    List<Integer> units = new ArrayList<>();
    for (int i = 0; i < channels(tensor); i++) {
      units.add(root(from + i));
    }
    return units;
  }

  private void link(Optional<List<ChannelRules.Link>> links, Node node) {
    if (links.isEmpty()) {
      fix(node.inputs());
      fix(node.outputs());
      return;
    }
    for (ChannelRules.Link link : links.get()) {
      int from = firstOf(link.from());
      int to = firstOf(link.to());
      int channels = channels(link.from());
      for (int i = 0; i < link.count(); i++) {
        join(from + i / link.repeat() % channels, to + link.offset() + i);
      }
    }
  }

  private int firstOf(String tensor) {
    return first.getOrDefault(tensor, -1);
  }

  private void join(int a, int b) {
    int x = root(a);
    int y = root(b);
    parents[Math.max(x, y)] = Math.min(x, y);
  }

  private int root(int unit) {
    int root = unit;
    while (parents[root] != root) {
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  }

  private void fix(Collection<String> tensors) {
    for (String name : tensors) {
      Integer from = first.get(name);
      for (int i = 0; from != null && i < channels(name); i++) {
        fixed[from + i] = true;
      }
    }
  }

  private List<Group> grouped() {
    boolean[] unremovable = new boolean[parents.length];
    for (int i = 0; i < parents.length; i++) {
      unremovable[root(i)] |= fixed[i];
    }
    Map<Integer, Set<String>> touched = new LinkedHashMap<>();
    for (String tensor : first.keySet()) {
      for (int unit : units(tensor)) {
        if (!unremovable[unit]) {
          touched.computeIfAbsent(unit, _ -> new LinkedHashSet<>()).add(tensor);
        }
      }
    }
    Map<Set<String>, List<Integer>> members = new LinkedHashMap<>();
    new TreeSet<>(touched.keySet())
        .forEach(
            unit -> members.computeIfAbsent(touched.get(unit), _ -> new ArrayList<>()).add(unit));
    Map<String, Integer> uses = new HashMap<>();
    List<Group> found = new ArrayList<>();
    members.forEach(
        (tensors, units) -> {
          String name = tensors.iterator().next();
          int use = uses.merge(name, 1, Integer::sum);
          found.add(new Group(use == 1 ? name : name + "#" + use, new ArrayList<>(tensors), units));
        });
    return found;
  }
}
