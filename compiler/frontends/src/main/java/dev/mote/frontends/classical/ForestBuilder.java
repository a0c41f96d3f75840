package dev.mote.frontends.classical;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Gives trees the form of [dev.mote.ir.Op.TreeEnsemble]: every question becomes comparisons
/// `x <= threshold` in the type of x with the same answers, and nodes are ordered so that each
/// leads to later ones.
public final class ForestBuilder {

  /// A tree as a file has it: nodes in any order.
  ///
  /// @param conditions what each node asks
  /// @param yes where each node leads: a node, or leaf `-1 - value`
  /// @param no the same
  /// @param root the same
  public record Tree(
      List<Condition> conditions, List<Integer> yes, List<Integer> no, int root, int target) {
    public Tree {
      conditions = List.copyOf(conditions);
      yes = List.copyOf(yes);
      no = List.copyOf(no);
    }
  }

  private final int features;
  private final ElementType type;
  private final int width;
  private final List<Integer> feature = new ArrayList<>();
  private final List<Double> threshold = new ArrayList<>();
  private final List<int[]> sides = new ArrayList<>();
  private final List<Boolean> missing = new ArrayList<>();
  private final List<Integer> roots = new ArrayList<>();
  private final List<Integer> targets = new ArrayList<>();
  private final List<Double> leaves = new ArrayList<>();
  private long members;

  /// @param features columns of x
  /// @param type of x: float32, int16 or int8; integers are the features' own values
  /// @param width values of a leaf
  public ForestBuilder(int features, ElementType type, int width) {
    if (features < 1 || features > ClassicalLimits.FEATURES) {
      throw ClassicalProblem.TOO_LARGE.at("", "it has %d features".formatted(features));
    }
    if (width < 1 || width > ClassicalLimits.COLUMNS) {
      throw ClassicalProblem.TOO_LARGE.at("", "its leaves have %d values".formatted(width));
    }
    if (type != ElementType.FLOAT32 && type != ElementType.INT16 && type != ElementType.INT8) {
      throw ClassicalProblem.UNSUPPORTED.at("", "trees do not take " + type.label());
    }
    this.features = features;
    this.type = type;
    this.width = width;
  }

  /// Adds a leaf.
  ///
  /// @return its number
  public int leaf(double... values) {
    if (values.length != width) {
      throw ClassicalProblem.FIELD.at(
          "", "a leaf has %d values, others %d".formatted(values.length, width));
    }
    if (leaves.size() / width >= ClassicalLimits.NODES
        || leaves.size() + width > ClassicalLimits.ELEMENTS) {
      throw ClassicalProblem.TOO_LARGE.at("", "it has too many leaves");
    }
    for (double value : values) {
      if (!Float.isFinite((float) value)) {
        throw ClassicalProblem.NUMBER.at("", "a leaf is " + value);
      }
      leaves.add(value);
    }
    return leaves.size() / width - 1;
  }

  /// Adds a tree whose leaves were added before.
  ///
  /// @throws ClassicalRefusal when it is none
  public void add(Tree tree) {
    String where = "tree " + roots.size();
    int count = tree.conditions().size();
    if (tree.yes().size() != count || tree.no().size() != count) {
      throw ClassicalProblem.FIELD.at(where, "its lists of nodes differ in length");
    }
    if (roots.size() >= ClassicalLimits.TREES) {
      throw ClassicalProblem.TOO_LARGE.at("", "it has too many trees");
    }
    boolean[] seen = new boolean[count];
    Deque<Pending> pending = new ArrayDeque<>();
    int[] start = new int[1];
    pending.push(new Pending(tree.root(), List.of(new Link(start, 0))));
    while (!pending.isEmpty()) {
      Pending next = pending.pop();
      int at = next.node();
      if (at < 0) {
        if (-1L - at >= leaves.size() / width) {
          throw ClassicalProblem.TREE.at(where, "it has no leaf %d".formatted(-1 - at));
        }
        next.links().forEach(link -> link.lead(at));
        continue;
      }
      if (at >= count) {
        throw ClassicalProblem.TREE.at(where, "it has no node %d".formatted(at));
      }
      if (seen[at]) {
        throw ClassicalProblem.TREE.at(where, "two ways lead to node %d".formatted(at));
      }
      seen[at] = true;
      Chain chain = new Chain(tree.conditions().get(at), where + ", node " + at);
      next.links().forEach(link -> link.lead(chain.first));
      pending.push(new Pending(tree.no().get(at), chain.no));
      pending.push(new Pending(tree.yes().get(at), chain.yes));
    }
    roots.add(start[0]);
    targets.add(tree.target());
  }

  private record Pending(int node, List<Link> links) {}

  /// A place that says where to go on.
  private record Link(int[] places, int index) {
    void lead(int node) {
      places[index] = node;
    }
  }

  /// The comparisons that answer one question.
  private final class Chain {
    final int first = feature.size();
    final List<Link> yes = new ArrayList<>();
    final List<Link> no = new ArrayList<>();
    private final int column;
    private final String where;

    Chain(Condition condition, String where) {
      this.where = where;
      this.column = condition.feature();
      if (column < 0 || column >= features) {
        throw ClassicalProblem.FEATURE.at(
            where, "it asks for feature %d of %d".formatted(column, features));
      }
      switch (condition) {
        case Condition.AtMost c -> decide(atMost(c.threshold()), c.missingYes());
        case Condition.Below c -> {
          if (c.threshold() == Double.NEGATIVE_INFINITY) {
            never(c.missingYes());
          } else {
            decide(below(c.threshold()), c.missingYes());
          }
        }
        case Condition.Equal c -> {
          int[] low = node(below(c.value()), !c.missingYes());
          no.add(new Link(low, 0));
          low[1] = feature.size();
          decide(atMost(c.value()), c.missingYes());
        }
        case Condition.Member c -> member(c);
        case Condition.OneOf c -> oneOf(c);
        case Condition.AtMostOrZero c -> atMostOrZero(c);
      }
    }

    private void member(Condition.Member c) {
      List<Integer> members = c.members();
      if (members.isEmpty()) {
        never(c.missingYes());
        return;
      }
      for (int i = 0; i < members.size(); i++) {
        int value = members.get(i);
        if (value < 0) {
          throw ClassicalProblem.NUMBER.at(where, "category " + value + " is negative");
        }
        // Cutting takes what is above -1 for 0.
        int[] low = node(value == 0 ? atMost(-1) : below(value), !c.missingYes());
        no.add(new Link(low, 0));
        while (i + 1 < members.size() && members.get(i + 1) == members.get(i) + 1) {
          i++;
        }
        low[1] = feature.size();
        int[] high = node(below(members.get(i) + 1.0), c.missingYes());
        yes.add(new Link(high, 0));
        if (i + 1 < members.size()) {
          high[1] = feature.size();
        } else {
          no.add(new Link(high, 1));
        }
      }
    }

    private void oneOf(Condition.OneOf c) {
      List<Double> values = c.values();
      if (values.isEmpty()) {
        never(c.missingYes());
        return;
      }
      for (int i = 0; i < values.size(); i++) {
        int[] low = node(below(values.get(i)), !c.missingYes());
        no.add(new Link(low, 0));
        low[1] = feature.size();
        int[] high = node(atMost(values.get(i)), c.missingYes());
        yes.add(new Link(high, 0));
        if (i + 1 < values.size()) {
          high[1] = feature.size();
        } else {
          no.add(new Link(high, 1));
        }
      }
    }

    private void atMostOrZero(Condition.AtMostOrZero c) {
      int[] low = node(below(-c.zero()), false);
      low[1] = feature.size();
      int[] middle = node(atMost(c.zero()), true);
      (c.missingYes() ? yes : no).add(new Link(middle, 0));
      if (c.threshold() < -c.zero()) {
        no.add(new Link(middle, 1));
        low[0] = feature.size();
      } else {
        yes.add(new Link(low, 0));
        middle[1] = feature.size();
      }
      decide(atMost(c.threshold()), false);
    }

    /// No for every number.
    private void never(boolean missingYes) {
      int[] last = node(Double.POSITIVE_INFINITY, !missingYes);
      no.add(new Link(last, 0));
      yes.add(new Link(last, 1));
    }

    private void decide(double threshold, boolean missingYes) {
      int[] last = node(threshold, missingYes);
      yes.add(new Link(last, 0));
      no.add(new Link(last, 1));
    }

    private int[] node(double limit, boolean missingLeft) {
      if (feature.size() >= ClassicalLimits.NODES) {
        throw ClassicalProblem.TOO_LARGE.at("", "it has too many nodes");
      }
      feature.add(column);
      threshold.add(limit);
      missing.add(missingLeft);
      int[] places = new int[2];
      sides.add(places);
      return places;
    }

    /// The largest value of the type that is at most `limit`.
    private double atMost(double limit) {
      if (Double.isNaN(limit)) {
        throw ClassicalProblem.NUMBER.at(where, "its threshold is not a number");
      }
      if (type != ElementType.FLOAT32) {
        return Math.floor(limit);
      }
      float near = (float) limit;
      return near > limit ? Math.nextDown(near) : near;
    }

    private double below(double limit) {
      double most = atMost(limit);
      return most < limit
          ? most
          : type == ElementType.FLOAT32 ? Math.nextDown((float) most) : most - 1;
    }
  }

  /// Inputs 1 to 8 of the operator, from features to leaves.
  ///
  /// @param leafType type of the leaves; integers are rounded to nearest
  public List<Tensor> constants(String name, ElementType leafType) {
    int nodes = feature.size();
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    double[] limits = new double[nodes];
    for (int i = 0; i < nodes; i++) {
      left[i] = sides.get(i)[0];
      right[i] = sides.get(i)[1];
      limits[i] = threshold.get(i);
      if (type != ElementType.FLOAT32) {
        if (limits[i] < type.minValue()) {
          left[i] = right[i];
        }
        limits[i] = Math.clamp(limits[i], type.minValue(), type.maxValue());
      }
    }
    double[] values = leaves.stream().mapToDouble(Double::doubleValue).toArray();
    for (double value : values) {
      if (leafType.isInteger() && !(value >= leafType.minValue() && value <= leafType.maxValue())) {
        throw ClassicalProblem.NUMBER.at(
            "", "a leaf of %s is %s".formatted(leafType.label(), value));
      }
    }
    byte[] flags = new byte[nodes];
    for (int i = 0; i < nodes; i++) {
      flags[i] = (byte) (missing.get(i) ? 1 : 0);
    }
    return List.of(
        integers(name + "/features", feature.stream().mapToInt(i -> i).toArray()),
        numbers(name + "/thresholds", type, Shape.of(nodes), limits),
        integers(name + "/left", left),
        integers(name + "/right", right),
        Tensor.constant(
            name + "/missing_left",
            TensorType.plain(ElementType.BOOL, Shape.of(nodes)),
            Blob.of(flags)),
        integers(name + "/roots", roots.stream().mapToInt(i -> i).toArray()),
        integers(name + "/targets", targets.stream().mapToInt(i -> i).toArray()),
        numbers(name + "/leaves", leafType, Shape.of(values.length / width, width), values));
  }

  /// Counts members of sets, which take no nodes where they follow each other.
  void charge(long count) {
    members += count;
    if (members > ClassicalLimits.ELEMENTS) {
      throw ClassicalProblem.TOO_LARGE.at("", "its sets of categories have too many members");
    }
  }

  /// @throws ClassicalRefusal when a tree counts for columns beyond `columns`
  void requireColumns(int columns) {
    for (int tree = 0; tree < targets.size(); tree++) {
      if (targets.get(tree) < 0 || targets.get(tree) + (long) width > columns) {
        throw ClassicalProblem.FIELD.at(
            "tree " + tree, "it is for column %d of %d".formatted(targets.get(tree), columns));
      }
    }
  }

  /// How many trees were added.
  public int trees() {
    return roots.size();
  }

  private static Tensor integers(String name, int... values) {
    double[] wide = java.util.Arrays.stream(values).asDoubleStream().toArray();
    return numbers(name, ElementType.INT32, Shape.of(values.length), wide);
  }

  static Tensor numbers(String name, ElementType type, Shape shape, double... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) type.bytes(values.length)).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      switch (type) {
        case FLOAT32 -> bytes.putFloat((float) value);
        case INT32 -> bytes.putInt((int) Math.rint(value));
        case INT16 -> bytes.putShort((short) Math.rint(value));
        case INT8 -> bytes.put((byte) Math.rint(value));
        case INT4, UINT8, INT64, BOOL, FLOAT16 ->
            throw new IllegalArgumentException("no constants of " + type.label());
      }
    }
    return Tensor.constant(name, TensorType.plain(type, shape), Blob.of(bytes.array()));
  }
}
