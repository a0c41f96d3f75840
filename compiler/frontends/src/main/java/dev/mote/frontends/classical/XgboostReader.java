package dev.mote.frontends.classical;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads models that XGBoost saved as JSON (`save_model("model.json")`): boosters gbtree, dart and
/// gblinear. Leaves are summed in float32 in the order of the trees, from the base score on, as
/// XGBoost does.
public final class XgboostReader extends TextModelReader {

  public XgboostReader() {
    super("xgboost");
  }

  @Override
  boolean begins(String beginning, String fileName) {
    return beginning.stripLeading().startsWith("{")
        && beginning.contains("\"learner\"")
        && !beginning.contains("\"mote-classical\"");
  }

  @Override
  ModelSketch sketch(String text, ElementType input) {
    Fields learner = Fields.of("", JsonText.parse(text)).object("learner");
    Fields parameters = learner.object("learner_model_param");
    String objective = learner.object("objective").text("name");
    int classes =
        Math.max(
            1, Math.max(parameters.integer("num_class", 0), parameters.integer("num_target", 1)));
    if (classes > ClassicalLimits.COLUMNS) {
      throw ClassicalProblem.TOO_LARGE.at("learner", "it has %d classes".formatted(classes));
    }
    Link link = Link.of(objective);
    double[] base = new double[classes];
    Arrays.fill(base, link.margin((float) parameters.number("base_score")));
    ModelSketch sketch = new ModelSketch(parameters.integer("num_feature"), input);
    Fields booster = learner.object("gradient_booster");
    switch (booster.text("name")) {
      case "gbtree" -> trees(sketch, booster.object("model"), new double[0], base);
      case "dart" ->
          trees(
              sketch,
              booster.object("gbtree").object("model"),
              booster.numbers("weight_drop"),
              base);
      case "gblinear" -> linear(sketch, booster.object("model").numbers("weights"), base);
      default ->
          throw ClassicalProblem.UNSUPPORTED.at(
              "learner", "its booster is '" + booster.text("name") + "'");
    }
    link.apply(sketch);
    return sketch;
  }

  /// What an objective makes of margins.
  private enum Link {
    IDENTITY,
    LOGISTIC,
    EXP,
    SOFTMAX,
    CLASS;

    static Link of(String objective) {
      return switch (objective) {
        case "reg:squarederror",
            "reg:linear",
            "reg:absoluteerror",
            "reg:pseudohubererror",
            "reg:quantileerror",
            "reg:squaredlogerror",
            "rank:pairwise",
            "rank:ndcg",
            "rank:map",
            // Its base score is a margin already, unlike that of binary:logistic.
            "binary:logitraw" ->
            IDENTITY;
        case "binary:logistic", "reg:logistic" -> LOGISTIC;
        case "count:poisson", "reg:gamma", "reg:tweedie" -> EXP;
        case "multi:softprob" -> SOFTMAX;
        case "multi:softmax" -> CLASS;
        default ->
            throw ClassicalProblem.UNSUPPORTED.at(
                "learner", "its objective is '" + objective + "'");
      };
    }

    /// The base score as it is summed.
    float margin(float base) {
      float margin =
          switch (this) {
            case IDENTITY, SOFTMAX, CLASS -> base;
            case LOGISTIC -> (float) -Math.log(1.0f / base - 1.0f);
            case EXP -> (float) Math.log(base);
          };
      if (!Float.isFinite(margin)) {
        throw ClassicalProblem.NUMBER.at("learner", "its base score is " + base);
      }
      return margin;
    }

    void apply(ModelSketch sketch) {
      switch (this) {
        case IDENTITY -> {}
        case LOGISTIC -> sketch.unary(Op.Unary.Kind.LOGISTIC);
        case EXP -> sketch.unary(Op.Unary.Kind.EXP);
        case SOFTMAX -> sketch.softmax();
        case CLASS -> sketch.arg(true);
      }
    }
  }

  private static void linear(ModelSketch sketch, double[] weights, double... base) {
    int features = sketch.columns();
    int columns = base.length;
    if (weights.length != (features + 1) * columns) {
      throw ClassicalProblem.FIELD.at("gblinear", "it has %d weights".formatted(weights.length));
    }
    double[] rows = new double[features * columns];
    double[] bias = base.clone();
    for (int k = 0; k < columns; k++) {
      for (int f = 0; f < features; f++) {
        rows[k * features + f] = weights[f * columns + k];
      }
      bias[k] += weights[features * columns + k];
    }
    // A linear booster leaves out what is missing.
    sketch.zeroWhereMissing();
    sketch.affine(rows, bias);
  }

  /// @param factors of the trees; empty where all are 1
  private static void trees(ModelSketch sketch, Fields model, double[] factors, double... base) {
    List<?> trees = model.list("trees");
    int[] targets = model.integers("tree_info");
    if (targets.length != trees.size() || (factors.length > 0 && factors.length != trees.size())) {
      throw ClassicalProblem.FIELD.at("model", "its lists of trees differ in length");
    }
    ForestBuilder forest = new ForestBuilder(sketch.columns(), sketch.element(), 1);
    for (int t = 0; t < targets.length; t++) {
      Fields tree = Fields.of("tree " + t, trees.get(t));
      if (targets[t] < 0 || targets[t] >= base.length) {
        throw ClassicalProblem.FIELD.at(tree.where(), "it is for class %d".formatted(targets[t]));
      }
      forest.add(tree(forest, tree, targets[t], factors.length > 0 ? (float) factors[t] : 1));
    }
    sketch.trees(forest, Op.TreeEnsemble.Aggregate.SUM, ElementType.FLOAT32, base);
  }

  private static ForestBuilder.Tree tree(
      ForestBuilder forest, Fields tree, int target, float factor) {
    int[] left = tree.integers("left_children");
    int[] right = tree.integers("right_children");
    int[] feature = tree.integers("split_indices");
    double[] limit = tree.numbers("split_conditions");
    double[] missing = tree.numbers("default_left");
    int[] kinds = tree.has("split_type") ? tree.integers("split_type") : new int[left.length];
    for (int length :
        new int[] {right.length, feature.length, limit.length, missing.length, kinds.length}) {
      if (length != left.length) {
        throw ClassicalProblem.FIELD.at(tree.where(), "its lists of nodes differ in length");
      }
    }
    if (left.length == 0) {
      throw ClassicalProblem.TREE.at(tree.where(), "it has no nodes");
    }
    if (tree.has("tree_param") && tree.object("tree_param").integer("size_leaf_vector", 1) > 1) {
      throw ClassicalProblem.UNSUPPORTED.at(tree.where(), "its leaves are vectors");
    }
    // Leaves stand among the nodes.
    int[] place = new int[left.length];
    Map<Integer, List<Integer>> categories = categories(forest, tree, kinds);
    List<Condition> conditions = new ArrayList<>();
    for (int i = 0; i < left.length; i++) {
      if (left[i] == -1) {
        place[i] = -1 - forest.leaf((float) limit[i] * factor);
      } else {
        place[i] = conditions.size();
        conditions.add(
            condition(tree, i, kinds[i], feature[i], limit[i], missing[i] != 0, categories));
      }
    }
    List<Integer> yes = new ArrayList<>();
    List<Integer> no = new ArrayList<>();
    for (int i = 0; i < left.length; i++) {
      if (left[i] != -1) {
        // Categories of a node lead right.
        boolean set = kinds[i] == 1;
        yes.add(child(tree, place, set ? right[i] : left[i]));
        no.add(child(tree, place, set ? left[i] : right[i]));
      }
    }
    return new ForestBuilder.Tree(conditions, yes, no, place[0], target);
  }

  private static int child(Fields tree, int[] place, int node) {
    if (node < 0 || node >= place.length) {
      throw ClassicalProblem.TREE.at(tree.where(), "it has no node %d".formatted(node));
    }
    return place[node];
  }

  private static Condition condition(
      Fields tree,
      int node,
      int kind,
      int feature,
      double limit,
      boolean missingLeft,
      Map<Integer, List<Integer>> categories) {
    return switch (kind) {
      case 0 -> new Condition.Below(feature, (float) limit, missingLeft);
      case 1 -> {
        List<Integer> members = categories.get(node);
        if (members == null) {
          throw ClassicalProblem.FIELD.at(
              tree.where(), "node %d has no categories".formatted(node));
        }
        yield new Condition.Member(feature, members, !missingLeft);
      }
      default ->
          throw ClassicalProblem.UNSUPPORTED.at(
              tree.where(), "a split is of type %d".formatted(kind));
    };
  }

  /// Nodes that ask for a category, and the categories that lead right.
  private static Map<Integer, List<Integer>> categories(
      ForestBuilder forest, Fields tree, int... kinds) {
    Map<Integer, List<Integer>> sets = new HashMap<>();
    if (Arrays.stream(kinds).noneMatch(kind -> kind == 1)) {
      return sets;
    }
    int[] nodes = tree.integers("categories_nodes");
    int[] starts = tree.integers("categories_segments");
    int[] sizes = tree.integers("categories_sizes");
    int[] categories = tree.integers("categories");
    for (int i = 0; i < nodes.length; i++) {
      if (i >= starts.length
          || i >= sizes.length
          || starts[i] < 0
          || sizes[i] < 0
          || (long) starts[i] + sizes[i] > categories.length) {
        throw ClassicalProblem.FIELD.at(
            tree.where(), "node %d has no categories".formatted(nodes[i]));
      }
      forest.charge(sizes[i]);
      sets.put(
          nodes[i], Arrays.stream(categories, starts[i], starts[i] + sizes[i]).boxed().toList());
    }
    return sets;
  }
}
