package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op.Compare;
import dev.mote.ir.Op.Logical;
import dev.mote.ir.Op.Reduce;
import dev.mote.ir.Op.Unary;
import dev.mote.ir.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Reads what prepares features.
final class MlFeatures {

  private MlFeatures() {}

  static void register(Map<String, Reading> readings) {
    readings.put("Scaler", (node, draw) -> List.of(scaler(node, draw)));
    readings.put("Normalizer", (node, draw) -> List.of(normalizer(node, draw)));
    readings.put("Binarizer", (node, draw) -> List.of(binarizer(node, draw)));
    readings.put("Imputer", (node, draw) -> List.of(imputer(node, draw)));
    readings.put("OneHotEncoder", (node, draw) -> List.of(oneHot(node, draw)));
    readings.put("FeatureVectorizer", (node, draw) -> List.of(vectorizer(node, draw)));
    readings.put("ArrayFeatureExtractor", (node, draw) -> List.of(extractor(node, draw)));
  }

  /// An attribute with a number for each of `columns`, or one for all.
  private static Wire perColumn(
      NodeView node, Blocks draw, String name, int columns, double... values) {
    node.require(
        values.length == 1 || values.length == columns,
        "its attribute '%s' has %d numbers for %d features"
            .formatted(name, values.length, columns));
    return draw.constant(ElementType.FLOAT32, Shape.of(values.length), values);
  }

  private static Wire scaler(NodeView node, Blocks draw) {
    Wire x = draw.cast(node.input(0), ElementType.FLOAT32);
    node.require(x.rank() > 0, "a scalar has no features");
    int columns = x.shape().last();
    double[] offset = MlReaders.floats(node, "offset");
    double[] scale = MlReaders.floats(node, "scale");
    Wire result = x;
    if (Arrays.stream(offset).anyMatch(value -> value != 0)) {
      result = draw.subtract(result, perColumn(node, draw, "offset", columns, offset));
    }
    if (Arrays.stream(scale).anyMatch(value -> value != 1)) {
      result = draw.multiply(result, perColumn(node, draw, "scale", columns, scale));
    }
    return result;
  }

  /// Divides each row by its norm; a row of zeros stays one.
  private static Wire normalizer(NodeView node, Blocks draw) {
    Wire x = draw.cast(node.input(0), ElementType.FLOAT32);
    node.require(x.rank() > 0, "a scalar has no rows");
    List<Integer> last = List.of(x.rank() - 1);
    Wire norm =
        switch (node.text("norm", "MAX")) {
          case "MAX" -> draw.reduce(Reduce.Kind.MAX, x, last, true);
          case "L1" -> draw.reduce(Reduce.Kind.SUM, draw.unary(Unary.Kind.ABS, x), last, true);
          case "L2" ->
              draw.unary(
                  Unary.Kind.SQRT, draw.reduce(Reduce.Kind.SUM, draw.multiply(x, x), last, true));
          default -> throw node.attribute("its norm is unknown");
        };
    Wire none = draw.compare(Compare.Kind.EQUAL, norm, draw.real(0));
    return draw.divide(x, draw.select(none, draw.real(1), norm));
  }

  private static Wire binarizer(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    Wire limit = draw.real(node.real("threshold", 0));
    Wire above = draw.compare(Compare.Kind.GREATER, draw.cast(x, ElementType.FLOAT32), limit);
    return draw.cast(above, x.element());
  }

  private static Wire imputer(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    node.require(x.rank() > 0, "a scalar has no features");
    int columns = x.shape().last();
    if (x.element() == ElementType.FLOAT32) {
      double[] imputed = MlReaders.floats(node, "imputed_value_floats");
      float replaced = node.real("replaced_value_float", 0);
      Wire missing =
          Float.isNaN(replaced)
              ? draw.compare(Compare.Kind.NOT_EQUAL, x, x)
              : draw.compare(Compare.Kind.EQUAL, x, draw.real(replaced));
      return draw.select(
          missing, perColumn(node, draw, "imputed_value_floats", columns, imputed), x);
    }
    long[] imputed = node.longs("imputed_value_int64s").orElse(new long[0]);
    node.require(
        imputed.length == 1 || imputed.length == columns,
        "it has %d imputed_value_int64s for %d features".formatted(imputed.length, columns));
    long replaced = node.integer("replaced_value_int64", 0);
    Wire values = draw.cast(draw.integers(imputed), x.element());
    Wire missing =
        draw.compare(Compare.Kind.EQUAL, x, draw.cast(draw.integers(replaced), x.element()));
    return draw.select(missing, values, x);
  }

  /// A column for each category; what is none of them has zeros only.
  private static Wire oneHot(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    if (!node.texts("cats_strings").isEmpty()) {
      throw node.types("it compares strings as the model runs, which is not supported");
    }
    long[] categories = node.longs("cats_int64s").orElse(new long[0]);
    node.require(categories.length > 0, "it has no categories");
    Wire whole = draw.unsqueeze(draw.cast(x, ElementType.INT32), List.of(x.rank()));
    Wire equal = draw.compare(Compare.Kind.EQUAL, whole, draw.indices(narrow(node, categories)));
    return draw.cast(equal, ElementType.FLOAT32);
  }

  static int[] narrow(NodeView node, long... values) {
    return Arrays.stream(values)
        .mapToInt(
            value -> {
              if ((int) value != value) {
                throw node.unsupported("the number %d".formatted(value));
              }
              return (int) value;
            })
        .toArray();
  }

  private static Wire vectorizer(NodeView node, Blocks draw) {
    List<Wire> parts = new ArrayList<>();
    for (Wire input : node.all()) {
      Wire x = draw.cast(input, ElementType.FLOAT32);
      node.require(x.rank() == 1 || x.rank() == 2, "an input has no rows");
      parts.add(x.rank() == 2 ? x : draw.reshape(x, Shape.of(1, x.shape().last())));
    }
    node.require(
        !parts.isEmpty()
            && parts.stream().allMatch(p -> p.shape().dim(0) == parts.getFirst().shape().dim(0)),
        "its inputs differ in rows");
    List<Integer> given =
        node.list("inputdimensions").orElse(parts.stream().map(p -> p.shape().last()).toList());
    node.require(
        given.equals(parts.stream().map(p -> p.shape().last()).toList()),
        "its inputdimensions %s are not those of its inputs".formatted(given));
    return draw.concat(1, parts);
  }

  /// Columns of x; those of a vector are one row.
  private static Wire extractor(NodeView node, Blocks draw) {
    Wire x = node.input(0);
    Wire indices = node.input(1);
    node.require(x.rank() > 0, "a scalar has no columns");
    int axis = x.rank() - 1;
    Wire places = IndexReaders.fromFront(node, draw, indices, x.shape().last());
    Wire flat = draw.reshape(places, Shape.of(places.shape().count()));
    Wire result = draw.gather(x, axis, flat);
    return x.rank() == 1 ? draw.reshape(result, Shape.of(1, flat.shape().count())) : result;
  }

  /// Whether `x` is NaN or equal to `value`.
  static Wire same(Blocks draw, Wire x, Wire value) {
    Wire equal = draw.compare(Compare.Kind.EQUAL, x, value);
    if (x.element() != ElementType.FLOAT32) {
      return equal;
    }
    Wire missing =
        draw.logical(
            Logical.Kind.AND,
            draw.compare(Compare.Kind.NOT_EQUAL, x, x),
            draw.compare(Compare.Kind.NOT_EQUAL, value, value));
    return draw.logical(Logical.Kind.OR, equal, missing);
  }
}
