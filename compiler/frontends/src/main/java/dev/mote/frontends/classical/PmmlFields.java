package dev.mote.frontends.classical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/// The fields of a PMML model: columns of its input, and classes of its target.
final class PmmlFields {

  private final Map<String, Integer> columns = new LinkedHashMap<>();
  private final Map<String, Element> dictionary = new HashMap<>();
  private final Map<String, List<String>> categories = new HashMap<>();
  private List<String> classes = List.of();

  PmmlFields(Element root, Element model) {
    for (Element field : children(child(root, "DataDictionary"))) {
      if (field.getTagName().equals("DataField")) {
        dictionary.put(field.getAttribute("name"), field);
      }
    }
    for (Element field : children(child(model, "MiningSchema"))) {
      if (!field.getTagName().equals("MiningField")) {
        continue;
      }
      String name = field.getAttribute("name");
      switch (field.getAttribute("usageType")) {
        case "", "active" -> columns.putIfAbsent(name, columns.size());
        case "target", "predicted" -> classes = values(name);
        default -> {}
      }
    }
    for (Element child : children(model)) {
      if (child.getTagName().equals("LocalTransformations") && !children(child).isEmpty()) {
        throw ClassicalProblem.UNSUPPORTED.at("", "it transforms its fields");
      }
    }
    for (Element child : children(root)) {
      if (child.getTagName().equals("TransformationDictionary") && !children(child).isEmpty()) {
        throw ClassicalProblem.UNSUPPORTED.at("", "it transforms its fields");
      }
    }
  }

  /// Columns of the input.
  int count() {
    return columns.size();
  }

  List<String> classes() {
    return classes;
  }

  int index(String name) {
    Integer column = columns.get(name);
    if (column == null) {
      throw ClassicalProblem.FEATURE.at(
          "field '" + name + "'", "the mining schema does not have it");
    }
    return column;
  }

  /// `text` as a number of field `name`: of categories their index.
  double value(String name, String text) {
    Element field = dictionary.get(name);
    if (field != null && field.getAttribute("dataType").equals("string")) {
      int index = values(name).indexOf(text);
      if (index < 0) {
        throw ClassicalProblem.FIELD.at(
            "field '" + name + "'", "it has no category '" + text + "'");
      }
      return index;
    }
    double value = number("field '" + name + "'", "value", text);
    return field != null && field.getAttribute("dataType").equals("float") ? (float) value : value;
  }

  private List<String> values(String name) {
    List<String> known = categories.get(name);
    if (known != null) {
      return known;
    }
    Element field = dictionary.get(name);
    List<String> values =
        field == null
            ? List.of()
            : children(field).stream()
                .filter(child -> child.getTagName().equals("Value"))
                .filter(child -> !child.getAttribute("property").equals("missing"))
                .map(child -> child.getAttribute("value"))
                .toList();
    if (values.size() > ClassicalLimits.COLUMNS) {
      throw ClassicalProblem.TOO_LARGE.at("field '" + name + "'", "it has too many values");
    }
    categories.put(name, values);
    return values;
  }

  // ---- of any element ---------------------------------------------------------------------------

  static List<Element> children(Element element) {
    List<Element> children = new ArrayList<>();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child) {
        children.add(child);
      }
    }
    return children;
  }

  static Element child(Element element, String name) {
    for (Element child : children(element)) {
      if (child.getTagName().equals(name)) {
        return child;
      }
    }
    throw ClassicalProblem.FIELD.at(element.getTagName(), "it has no " + name);
  }

  static double number(Element element, String attribute) {
    return number(element.getTagName(), attribute, element.getAttribute(attribute));
  }

  private static double number(String where, String attribute, String text) {
    try {
      double value = Double.parseDouble(text.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw ClassicalProblem.FIELD.at(where, "its %s '%s' is no number".formatted(attribute, text));
  }
}
