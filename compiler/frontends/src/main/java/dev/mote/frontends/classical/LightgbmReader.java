package dev.mote.frontends.classical;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads models that LightGBM saved as text (`save_model("model.txt")`). LightGBM sums leaves in
/// double, Mote in float32.
public final class LightgbmReader extends TextModelReader {

  private static final int CATEGORICAL = 1;
  private static final int DEFAULT_LEFT = 2;
  private static final float ZERO = 1e-35f;

  public LightgbmReader() {
    super("lightgbm");
  }

  @Override
  boolean begins(String beginning, String fileName) {
    return beginning.startsWith("tree\nversion=") || beginning.startsWith("tree\r\nversion=");
  }

  @Override
  ModelSketch sketch(String text, ElementType input) {
    List<Section> sections = sections(text);
    Section head = sections.getFirst();
    int columns = head.integer("num_tree_per_iteration");
    if (columns < 1 || columns > ClassicalLimits.COLUMNS) {
      throw ClassicalProblem.TOO_LARGE.at("head", "it has %d columns".formatted(columns));
    }
    ModelSketch sketch = new ModelSketch(head.integer("max_feature_idx") + 1, input);
    ForestBuilder forest = new ForestBuilder(sketch.columns(), input, 1);
    boolean average = head.values().containsKey("average_output");
    int rounds = Math.max(1, (sections.size() - 1) / columns);
    for (Section tree : sections.subList(1, sections.size())) {
      forest.add(tree(forest, tree, forest.trees() % columns, average ? rounds : 1));
    }
    sketch.trees(forest, Op.TreeEnsemble.Aggregate.SUM, ElementType.FLOAT32, new double[columns]);
    link(sketch, head.values().getOrDefault("objective", "none"));
    return sketch;
  }

  private static void link(ModelSketch sketch, String objective) {
    List<String> words = List.of(objective.trim().split(" +"));
    switch (words.getFirst()) {
      case "binary", "multiclassova" -> {
        double slope = 1;
        for (String word : words) {
          if (word.startsWith("sigmoid:")) {
            slope = Section.number("objective", word.substring("sigmoid:".length()));
          }
        }
        if (slope != 1) {
          sketch.binary(Op.Binary.Kind.MUL, slope);
        }
        sketch.unary(Op.Unary.Kind.LOGISTIC);
      }
      case "cross_entropy", "xentropy" -> sketch.unary(Op.Unary.Kind.LOGISTIC);
      case "multiclass", "softmax" -> sketch.softmax();
      case "poisson", "gamma", "tweedie" -> sketch.unary(Op.Unary.Kind.EXP);
      case "regression",
          "regression_l1",
          "huber",
          "fair",
          "quantile",
          "mape",
          "lambdarank",
          "rank_xendcg",
          "none",
          "custom" -> {
        if (words.contains("sqrt")) {
          throw ClassicalProblem.UNSUPPORTED.at("head", "its objective takes roots (reg_sqrt)");
        }
      }
      default ->
          throw ClassicalProblem.UNSUPPORTED.at("head", "its objective is '" + objective + "'");
    }
  }

  private static ForestBuilder.Tree tree(
      ForestBuilder forest, Section tree, int target, int divisor) {
    int leaves = tree.integer("num_leaves");
    double[] values = tree.numbers("leaf_value");
    if (tree.values().getOrDefault("is_linear", "0").equals("1")) {
      throw ClassicalProblem.UNSUPPORTED.at(tree.name(), "its leaves are linear models");
    }
    if (leaves < 1 || values.length != leaves) {
      throw ClassicalProblem.FIELD.at(
          tree.name(), "it has %d values for %d leaves".formatted(values.length, leaves));
    }
    int first = 0;
    for (int i = 0; i < leaves; i++) {
      int number = forest.leaf(values[i] / divisor);
      first = i == 0 ? number : first;
    }
    List<Condition> conditions = new ArrayList<>();
    List<Integer> yes = new ArrayList<>();
    List<Integer> no = new ArrayList<>();
    if (leaves > 1) {
      int[] feature = tree.integers("split_feature");
      int[] decision = tree.integers("decision_type");
      double[] threshold = tree.numbers("threshold");
      int[] left = tree.integers("left_child");
      int[] right = tree.integers("right_child");
      for (int length :
          new int[] {
            feature.length, decision.length, threshold.length, left.length, right.length
          }) {
        if (length != leaves - 1) {
          throw ClassicalProblem.FIELD.at(tree.name(), "its lists of nodes differ in length");
        }
      }
      List<List<Integer>> sets = sets(forest, tree);
      for (int i = 0; i < left.length; i++) {
        conditions.add(condition(forest, tree, sets, feature[i], decision[i], threshold[i]));
        yes.add(child(tree, left[i], first, leaves));
        no.add(child(tree, right[i], first, leaves));
      }
    }
    return new ForestBuilder.Tree(conditions, yes, no, leaves > 1 ? 0 : -1 - first, target);
  }

  private static int child(Section tree, int place, int first, int leaves) {
    if (-1L - place >= leaves) {
      throw ClassicalProblem.TREE.at(tree.name(), "it has no leaf %d".formatted(-1 - place));
    }
    return place < 0 ? place - first : place;
  }

  private static Condition condition(
      ForestBuilder forest,
      Section tree,
      List<List<Integer>> sets,
      int feature,
      int decision,
      double threshold) {
    boolean defaultLeft = (decision & DEFAULT_LEFT) != 0;
    if ((decision & CATEGORICAL) != 0) {
      if (threshold != (int) threshold || threshold < 0 || threshold >= sets.size()) {
        throw ClassicalProblem.FIELD.at(tree.name(), "it has no categories " + threshold);
      }
      List<Integer> members = sets.get((int) threshold);
      forest.charge(members.size());
      return new Condition.Member(feature, members, false);
    }
    return switch (decision >> 2 & 3) {
      // What is missing counts as 0.
      case 0 -> new Condition.AtMost(feature, threshold, 0 <= threshold);
      case 1 -> new Condition.AtMostOrZero(feature, threshold, ZERO, defaultLeft);
      case 2 -> new Condition.AtMost(feature, threshold, defaultLeft);
      default ->
          throw ClassicalProblem.UNSUPPORTED.at(
              tree.name(), "a decision is of type %d".formatted(decision));
    };
  }

  /// Sets of categories, which the file has as sets of bits.
  private static List<List<Integer>> sets(ForestBuilder forest, Section tree) {
    List<List<Integer>> sets = new ArrayList<>();
    if (!tree.values().containsKey("cat_boundaries")) {
      return sets;
    }
    int[] bounds = tree.integers("cat_boundaries");
    double[] words = tree.numbers("cat_threshold");
    for (int set = 0; set + 1 < bounds.length; set++) {
      if (bounds[set] < 0 || bounds[set + 1] < bounds[set] || bounds[set + 1] > words.length) {
        throw ClassicalProblem.FIELD.at(tree.name(), "its categories lie outside");
      }
      forest.charge((bounds[set + 1] - bounds[set]) * (long) Integer.SIZE);
      List<Integer> members = new ArrayList<>();
      for (int word = bounds[set]; word < bounds[set + 1]; word++) {
        for (int bit = 0; bit < Integer.SIZE; bit++) {
          if (((long) words[word] >> bit & 1) != 0) {
            members.add((word - bounds[set]) * Integer.SIZE + bit);
          }
        }
      }
      sets.add(members);
    }
    return sets;
  }

  /// The head, then each tree.
  private static List<Section> sections(String text) {
    List<Section> sections = new ArrayList<>();
    Section section = new Section("head", new HashMap<>());
    sections.add(section);
    boolean ended = false;
    for (String raw : text.split("\n", -1)) {
      String line = raw.strip();
      if (line.equals("end of trees")) {
        ended = true;
        break;
      }
      int equals = line.indexOf('=');
      String key = equals < 0 ? line : line.substring(0, equals);
      String value = equals < 0 ? "" : line.substring(equals + 1);
      if (key.equals("Tree")) {
        if (sections.size() > ClassicalLimits.TREES) {
          throw ClassicalProblem.TOO_LARGE.at("", "it has too many trees");
        }
        section = new Section("tree " + (sections.size() - 1), new HashMap<>());
        sections.add(section);
      } else if (!key.isEmpty()) {
        section.values().put(key, value);
      }
    }
    if (!ended) {
      throw ClassicalProblem.SYNTAX.at("", "it is cut off: 'end of trees' is missing");
    }
    return sections;
  }

  /// Lines `key=value`.
  private record Section(String name, Map<String, String> values) {

    int integer(String key) {
      return whole(key, number(key, get(key)));
    }

    double[] numbers(String key) {
      String text = get(key).strip();
      return text.isEmpty()
          ? new double[0]
          : Arrays.stream(text.split(" +")).mapToDouble(word -> number(key, word)).toArray();
    }

    int[] integers(String key) {
      return Arrays.stream(numbers(key)).mapToInt(value -> whole(key, value)).toArray();
    }

    private int whole(String key, double value) {
      if (value != (int) value) {
        throw ClassicalProblem.FIELD.at(name, "'" + key + "' holds no whole number");
      }
      return (int) value;
    }

    static double number(String key, String word) {
      return switch (word) {
        case "inf", "Infinity" -> Double.MAX_VALUE;
        case "-inf", "-Infinity" -> -Double.MAX_VALUE;
        default -> {
          try {
            yield Double.parseDouble(word);
          } catch (NumberFormatException e) {
            throw ClassicalProblem.FIELD.at(key, "'" + word + "' is no number");
          }
        }
      };
    }

    private String get(String key) {
      String value = values.get(key);
      if (value == null) {
        throw ClassicalProblem.FIELD.at(name, "'" + key + "' is missing");
      }
      return value;
    }
  }
}
