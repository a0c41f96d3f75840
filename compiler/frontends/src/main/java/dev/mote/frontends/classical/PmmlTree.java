package dev.mote.frontends.classical;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.w3c.dom.Element;

/// One TreeModel: of a node's children the first whose predicate holds is taken.
final class PmmlTree {

  private final ForestBuilder forest;
  private final PmmlFields fields;
  private final Element model;
  private final boolean classes;
  private final boolean votes;
  private final boolean defaults;
  private final boolean lastPrediction;
  private final List<Condition> conditions = new ArrayList<>();
  private final List<Integer> yes = new ArrayList<>();
  private final List<Integer> no = new ArrayList<>();

  /// @param votes whether a leaf is 1 for its score's class, instead of its probabilities
  PmmlTree(ForestBuilder forest, PmmlFields fields, Element model, boolean classes, boolean votes) {
    this.forest = forest;
    this.fields = fields;
    this.model = model;
    this.classes = classes;
    this.votes = votes;
    this.defaults = model.getAttribute("missingValueStrategy").equals("defaultChild");
    this.lastPrediction = model.getAttribute("noTrueChildStrategy").equals("returnLastPrediction");
  }

  ForestBuilder.Tree tree() {
    Element root = PmmlFields.child(model, "Node");
    if (question(root).isPresent()) {
      throw ClassicalProblem.UNSUPPORTED.at("TreeModel", "its root has a condition");
    }
    int start = place(root, 0);
    return new ForestBuilder.Tree(conditions, yes, no, start, 0);
  }

  /// Where `node` begins: a condition, or a leaf.
  private int place(Element node, int depth) {
    if (depth > ClassicalLimits.DEPTH) {
      throw ClassicalProblem.TOO_LARGE.at("TreeModel", "it is too deep");
    }
    List<Element> children =
        PmmlFields.children(node).stream().filter(c -> c.getTagName().equals("Node")).toList();
    if (children.isEmpty()) {
      return leaf(node);
    }
    Optional<Integer> otherwise = lastPrediction ? Optional.of(leaf(node)) : Optional.empty();
    for (int i = children.size() - 1; i >= 0; i--) {
      Element child = children.get(i);
      int place = place(child, depth + 1);
      Optional<Question> question = question(child);
      if (question.isEmpty()
          || (otherwise.isEmpty() && i > 0 && complement(children.get(i - 1), child))) {
        otherwise = Optional.of(place);
      } else if (otherwise.isEmpty()) {
        throw ClassicalProblem.UNSUPPORTED.at(
            "node '" + node.getAttribute("id") + "'",
            "rows for which no child holds have no result");
      } else {
        boolean missing =
            defaults && child.getAttribute("id").equals(node.getAttribute("defaultChild"));
        boolean inverted = question.get().inverted();
        conditions.add(condition(question.get(), missing != inverted));
        yes.add(inverted ? otherwise.get() : place);
        no.add(inverted ? place : otherwise.get());
        otherwise = Optional.of(conditions.size() - 1);
      }
    }
    return otherwise.orElseThrow();
  }

  /// A predicate: `inverted` when it holds where the comparison does not.
  private record Question(
      int feature, String comparison, double value, boolean inverted, List<Integer> members) {}

  private static Condition condition(Question question, boolean missingYes) {
    return switch (question.comparison()) {
      case "atMost" -> new Condition.AtMost(question.feature(), question.value(), missingYes);
      case "below" -> new Condition.Below(question.feature(), question.value(), missingYes);
      case "equal" -> new Condition.Equal(question.feature(), question.value(), missingYes);
      default -> new Condition.Member(question.feature(), question.members(), missingYes);
    };
  }

  /// Whether exactly one of both holds.
  private boolean complement(Element a, Element b) {
    Optional<Question> one = question(a);
    Optional<Question> other = question(b);
    return one.isPresent()
        && other.isPresent()
        && one.get().inverted() != other.get().inverted()
        && condition(one.get(), false).equals(condition(other.get(), false));
  }

  /// What `node` asks; empty for what always holds.
  private Optional<Question> question(Element node) {
    for (Element child : PmmlFields.children(node)) {
      String field = child.getAttribute("field");
      switch (child.getTagName()) {
        case "True" -> {
          return Optional.empty();
        }
        case "SimplePredicate" -> {
          return Optional.of(
              simple(child, fields.index(field), fields.value(field, child.getAttribute("value"))));
        }
        case "SimpleSetPredicate" -> {
          return Optional.of(
              new Question(
                  fields.index(field),
                  "member",
                  0,
                  child.getAttribute("booleanOperator").equals("isNotIn"),
                  members(field, PmmlFields.child(child, "Array").getTextContent())));
        }
        case "False", "CompoundPredicate" ->
            throw ClassicalProblem.UNSUPPORTED.at("TreeModel", "it has a " + child.getTagName());
        default -> {}
      }
    }
    throw ClassicalProblem.FIELD.at(
        "node '" + node.getAttribute("id") + "'", "it has no predicate");
  }

  private static Question simple(Element predicate, int feature, double value) {
    String operator = predicate.getAttribute("operator");
    String comparison =
        switch (operator) {
          case "lessOrEqual", "greaterThan" -> "atMost";
          case "lessThan", "greaterOrEqual" -> "below";
          case "equal", "notEqual" -> "equal";
          default ->
              throw ClassicalProblem.UNSUPPORTED.at(
                  "SimplePredicate", "its operator is '" + operator + "'");
        };
    boolean inverted = List.of("greaterThan", "greaterOrEqual", "notEqual").contains(operator);
    return new Question(feature, comparison, value, inverted, List.of());
  }

  private List<Integer> members(String field, String array) {
    List<Integer> members = new ArrayList<>();
    for (String word : array.strip().split("\\s+")) {
      double value = fields.value(field, word.replaceAll("^\"|\"$", ""));
      if (value != (int) value) {
        throw ClassicalProblem.UNSUPPORTED.at("field '" + field + "'", "a set holds " + word);
      }
      members.add((int) value);
    }
    forest.charge(members.size());
    return members;
  }

  private int leaf(Element node) {
    if (!classes) {
      return -1 - forest.leaf(PmmlFields.number(node, "score"));
    }
    List<Element> shares =
        PmmlFields.children(node).stream()
            .filter(child -> child.getTagName().equals("ScoreDistribution"))
            .toList();
    double[] values = new double[fields.classes().size()];
    if (votes || shares.isEmpty()) {
      values[category(node.getAttribute("score"))] = 1;
      return -1 - forest.leaf(values);
    }
    double sum = shares.stream().mapToDouble(s -> PmmlFields.number(s, "recordCount")).sum();
    for (Element share : shares) {
      values[category(share.getAttribute("value"))] =
          share.hasAttribute("probability")
              ? PmmlFields.number(share, "probability")
              : PmmlFields.number(share, "recordCount") / sum;
    }
    return -1 - forest.leaf(values);
  }

  private int category(String name) {
    int index = fields.classes().indexOf(name);
    if (index < 0) {
      throw ClassicalProblem.FIELD.at("node", "the target has no value '" + name + "'");
    }
    return index;
  }
}
