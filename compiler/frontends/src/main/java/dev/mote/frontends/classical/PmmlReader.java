package dev.mote.frontends.classical;

import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/// Reads PMML 4.x: TreeModel, MiningModel over trees, RegressionModel. Columns of the input are the
/// active fields of the mining schema in its order; categories are numbers, in the order of the
/// data dictionary. The result of a classification is the number of the class.
public final class PmmlReader extends TextModelReader {

  public PmmlReader() {
    super("pmml");
  }

  @Override
  boolean begins(String beginning, String fileName) {
    return beginning.stripLeading().startsWith("<") && beginning.contains("<PMML");
  }

  @Override
  ModelSketch sketch(String text, ElementType input) {
    Element root = parse(text);
    for (Element model : PmmlFields.children(root)) {
      switch (model.getTagName()) {
        case "TreeModel", "MiningModel" -> {
          return trees(root, model, input);
        }
        case "RegressionModel" -> {
          return regression(new PmmlFields(root, model), model, input);
        }
        case "Header", "DataDictionary", "MiningBuildTask", "Extension" -> {}
        default -> throw ClassicalProblem.UNSUPPORTED.at("", "it has a " + model.getTagName());
      }
    }
    throw ClassicalProblem.FIELD.at("", "it has no model");
  }

  private static Element parse(String text) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      // Without a document type there are no entities to expand, nor to fetch.
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature("http://javax.xml.XMLConstants/feature/secure-processing", true);
      factory.setXIncludeAware(false);
      factory.setExpandEntityReferences(false);
      var builder = factory.newDocumentBuilder();
      // Otherwise it prints errors.
      builder.setErrorHandler(new DefaultHandler());
      Element root = builder.parse(new InputSource(new StringReader(text))).getDocumentElement();
      if (!root.getTagName().equals("PMML")) {
        throw ClassicalProblem.SYNTAX.at("", "its root is not PMML");
      }
      return root;
    } catch (SAXException e) {
      throw ClassicalProblem.SYNTAX.at("", String.valueOf(e.getMessage()));
    } catch (ParserConfigurationException | IOException e) {
      throw new IllegalStateException("the parser of the platform", e);
    }
  }

  private static ModelSketch trees(Element root, Element model, ElementType input) {
    PmmlFields fields = new PmmlFields(root, model);
    List<Element> trees = List.of(model);
    String method = "";
    if (model.getTagName().equals("MiningModel")) {
      Element segmentation = PmmlFields.child(model, "Segmentation");
      method = segmentation.getAttribute("multipleModelMethod");
      trees =
          PmmlFields.children(segmentation).stream()
              .filter(child -> child.getTagName().equals("Segment"))
              .map(PmmlReader::tree)
              .toList();
    }
    ModelSketch sketch = new ModelSketch(fields.count(), input);
    boolean classes = model.getAttribute("functionName").equals("classification");
    boolean votes = classes && !method.equals("average");
    int width = classes ? fields.classes().size() : 1;
    if (width == 0) {
      throw ClassicalProblem.FIELD.at("", "the target field lists no values");
    }
    ForestBuilder forest = new ForestBuilder(fields.count(), input, width);
    for (Element tree : trees) {
      forest.add(new PmmlTree(forest, fields, tree, classes, votes).tree());
    }
    switch (method) {
      case "", "average", "sum", "majorityVote" -> {}
      default -> throw ClassicalProblem.UNSUPPORTED.at("Segmentation", "it combines by " + method);
    }
    if (method.equals("sum") && classes
        || method.equals("majorityVote") && !classes
        || forest.trees() == 0) {
      throw ClassicalProblem.UNSUPPORTED.at("Segmentation", "it combines by " + method);
    }
    sketch.trees(
        forest,
        method.equals("average") ? Op.TreeEnsemble.Aggregate.MEAN : Op.TreeEnsemble.Aggregate.SUM,
        votes ? ElementType.INT8 : ElementType.FLOAT32,
        new double[width]);
    if (classes) {
      sketch.arg(true);
    } else {
      target(sketch, model);
    }
    return sketch;
  }

  private static Element tree(Element segment) {
    PmmlFields.child(segment, "True");
    return PmmlFields.child(segment, "TreeModel");
  }

  /// What a `Targets` element does to the sum.
  private static void target(ModelSketch sketch, Element model) {
    for (Element targets : PmmlFields.children(model)) {
      if (targets.getTagName().equals("Targets")) {
        Element target = PmmlFields.child(targets, "Target");
        if (target.hasAttribute("castInteger")
            || target.hasAttribute("min")
            || target.hasAttribute("max")) {
          throw ClassicalProblem.UNSUPPORTED.at("Target", "it limits or rounds the result");
        }
        if (target.hasAttribute("rescaleFactor")) {
          sketch.binary(Op.Binary.Kind.MUL, PmmlFields.number(target, "rescaleFactor"));
        }
        if (target.hasAttribute("rescaleConstant")) {
          sketch.binary(Op.Binary.Kind.ADD, PmmlFields.number(target, "rescaleConstant"));
        }
      }
    }
  }

  private static ModelSketch regression(PmmlFields fields, Element model, ElementType input) {
    ModelSketch sketch = new ModelSketch(fields.count(), input);
    boolean classes = model.getAttribute("functionName").equals("classification");
    List<Element> tables =
        PmmlFields.children(model).stream()
            .filter(child -> child.getTagName().equals("RegressionTable"))
            .toList();
    if (tables.isEmpty() || (tables.size() > 1) != classes) {
      throw ClassicalProblem.FIELD.at(
          "RegressionModel", "it has %d tables".formatted(tables.size()));
    }
    List<String> names =
        fields.classes().isEmpty()
            ? tables.stream().map(table -> table.getAttribute("targetCategory")).toList()
            : fields.classes();
    if ((long) tables.size() * fields.count() > ClassicalLimits.ELEMENTS) {
      throw ClassicalProblem.TOO_LARGE.at("RegressionModel", "it has too many coefficients");
    }
    double[] weights = new double[tables.size() * fields.count()];
    double[] bias = new double[tables.size()];
    for (Element table : tables) {
      int column = classes ? names.indexOf(table.getAttribute("targetCategory")) : 0;
      if (column < 0 || column >= bias.length) {
        throw ClassicalProblem.FIELD.at("RegressionTable", "its category is not one of the target");
      }
      bias[column] = PmmlFields.number(table, "intercept");
      for (Element term : PmmlFields.children(table)) {
        term(fields, term, weights, column * fields.count());
      }
    }
    sketch.affine(weights, bias);
    String normalization = model.getAttribute("normalizationMethod");
    switch (normalization.isEmpty() ? "none" : normalization) {
      case "none" -> {
        if (classes) {
          sketch.arg(true);
        }
      }
      case "logit", "softmax" -> {
        if (!classes) {
          sketch.unary(Op.Unary.Kind.LOGISTIC);
        } else if (normalization.equals("softmax") || tables.size() == 2) {
          sketch.arg(true);
        } else {
          throw normalization(normalization);
        }
      }
      case "exp" -> {
        if (classes) {
          throw normalization(normalization);
        }
        sketch.unary(Op.Unary.Kind.EXP);
      }
      default -> throw normalization(normalization);
    }
    return sketch;
  }

  private static ClassicalRefusal normalization(String method) {
    return ClassicalProblem.UNSUPPORTED.at("RegressionModel", "it normalises by " + method);
  }

  private static void term(PmmlFields fields, Element term, double[] weights, int row) {
    switch (term.getTagName()) {
      case "NumericPredictor" -> {
        if (term.hasAttribute("exponent") && PmmlFields.number(term, "exponent") != 1) {
          throw ClassicalProblem.UNSUPPORTED.at("RegressionTable", "it has powers of a field");
        }
        weights[row + fields.index(term.getAttribute("name"))] +=
            PmmlFields.number(term, "coefficient");
      }
      case "Extension" -> {}
      default ->
          throw ClassicalProblem.UNSUPPORTED.at("RegressionTable", "it has a " + term.getTagName());
    }
  }
}
