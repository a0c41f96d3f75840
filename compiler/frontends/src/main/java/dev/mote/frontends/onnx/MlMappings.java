package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.Operators.Reading;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads mappings of labels. Strings exist while the model is read only: at run time there are the
/// numbers of strings in a list.
final class MlMappings {

  /// A list of labels: strings, or numbers of one type.
  ///
  /// @param texts strings; empty for numbers
  /// @param element type of the numbers
  private record Labels(List<String> texts, double[] numbers, ElementType element) {
    boolean isTexts() {
      return !texts.isEmpty();
    }

    int count() {
      return isTexts() ? texts.size() : numbers.length;
    }
  }

  private final NodeView node;
  private final Blocks draw;

  private MlMappings(NodeView node, Blocks draw) {
    this.node = node;
    this.draw = draw;
  }

  static void register(Map<String, Reading> readings) {
    readings.put("LabelEncoder", (node, draw) -> List.of(new MlMappings(node, draw).encoder()));
    readings.put("CategoryMapper", (node, draw) -> List.of(new MlMappings(node, draw).mapper()));
    readings.put("ZipMap", (node, draw) -> List.of(zipMap(node, draw)));
  }

  /// The numbers of a map without their keys, which the graph keeps as names of the classes.
  private static Wire zipMap(NodeView node, Blocks draw) {
    MlScores classes = new MlScores(node, draw, "classlabels_strings", "classlabels_int64s");
    Wire x = node.input(0);
    node.require(
        x.rank() >= 1 && x.shape().last() == classes.count(),
        "%d labels for [%s]".formatted(classes.count(), x.shape()));
    return draw.classes(x, classes.texts());
  }

  private Wire encoder() {
    if (node.has("classes_strings")) {
      // Version 1: strings to their places, or back.
      Labels texts = new Labels(printable("classes_strings"), new double[0], ElementType.INT64);
      double[] places = Blocks.range(texts.count()).stream().mapToDouble(i -> i).toArray();
      Labels numbers = new Labels(List.of(), places, ElementType.INT64);
      return map(texts, numbers);
    }
    Labels keys = labels("keys").orElseThrow(() -> node.attribute("it has no keys"));
    Labels values = labels("values").orElseThrow(() -> node.attribute("it has no values"));
    return map(keys, values);
  }

  private Wire mapper() {
    Labels texts = new Labels(printable("cats_strings"), new double[0], ElementType.INT64);
    long[] numbers = node.longs("cats_int64s").orElse(new long[0]);
    double[] wide = java.util.Arrays.stream(numbers).asDoubleStream().toArray();
    return map(texts, new Labels(List.of(), wide, ElementType.INT64));
  }

  /// Maps keys to values; for lists that go both ways, by what x is.
  private Wire map(Labels first, Labels second) {
    boolean bothWays = !node.has("keys_tensor") && labels("keys").isEmpty();
    boolean ofTexts = !node.input(0).texts().isEmpty();
    Labels keys = bothWays && ofTexts != first.isTexts() ? second : first;
    Labels values = keys == first ? second : first;
    node.require(
        keys.count() == values.count() && keys.count() > 0,
        "%d keys for %d values".formatted(keys.count(), values.count()));
    if (keys.isTexts() != ofTexts) {
      throw node.types("it maps strings as the model runs, which is not supported");
    }
    return ofTexts ? ofTexts(keys, values) : ofNumbers(keys, values);
  }

  private List<String> printable(String name) {
    return node.texts(name).stream().map(OnnxNames::printable).toList();
  }

  private Optional<Labels> labels(String prefix) {
    List<String> texts = printable(prefix + "_strings");
    if (!texts.isEmpty()) {
      return Optional.of(new Labels(texts, new double[0], ElementType.INT64));
    }
    Optional<TensorProto> tensor = node.tensor(prefix + "_tensor");
    if (tensor.isPresent()) {
      String where = node.where() + ", attribute " + prefix + "_tensor";
      if (tensor.get().getDataType() == TensorProto.DataType.DOUBLE.getNumber()) {
        throw node.types("its %s_tensor is of doubles".formatted(prefix));
      }
      Wire wire = TensorData.wire(tensor.get(), "", where);
      return Optional.of(
          wire.texts().isEmpty()
              ? new Labels(List.of(), wire.numbers(), wire.element())
              : new Labels(wire.texts(), new double[0], ElementType.INT64));
    }
    if (node.has(prefix + "_int64s")) {
      long[] values = node.longs(prefix + "_int64s").orElseThrow();
      double[] wide = java.util.Arrays.stream(values).asDoubleStream().toArray();
      return Optional.of(new Labels(List.of(), wide, ElementType.INT64));
    }
    return node.has(prefix + "_floats")
        ? Optional.of(
            new Labels(List.of(), MlReaders.floats(node, prefix + "_floats"), ElementType.FLOAT32))
        : Optional.empty();
  }

  /// x stands for strings that are known: what each becomes is known too.
  private Wire ofTexts(Labels keys, Labels values) {
    Wire x = node.input(0);
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < keys.count(); i++) {
      places.putIfAbsent(keys.texts().get(i), i);
    }
    List<Integer> wanted =
        x.texts().stream().map(text -> places.getOrDefault(text, keys.count())).toList();
    Wire numbers = draw.cast(x, ElementType.INT32);
    if (values.isTexts()) {
      List<String> all = withDefault(values);
      return draw.texts(numbers, wanted.stream().map(all::get).toList());
    }
    double[] all = numbersWithDefault(values);
    double[] table = wanted.stream().mapToDouble(i -> all[i]).toArray();
    return draw.gather(draw.constant(values.element(), Shape.of(table.length), table), 0, numbers);
  }

  private Wire ofNumbers(Labels keys, Labels values) {
    Wire x = node.input(0);
    ElementType type = x.element() == ElementType.FLOAT32 ? x.element() : ElementType.INT32;
    if (type == ElementType.INT32) {
      MlFeatures.narrow(
          node, java.util.Arrays.stream(keys.numbers()).mapToLong(key -> (long) key).toArray());
    }
    Wire table = draw.constant(type, Shape.of(keys.count()), keys.numbers());
    Wire column = draw.unsqueeze(draw.cast(x, type), List.of(x.rank()));
    Wire equal = MlFeatures.same(draw, column, table);
    // A column that wins where no key is equal.
    List<Integer> dims = new ArrayList<>(x.shape().dims());
    dims.add(1);
    double[] half = new double[x.shape().count()];
    java.util.Arrays.fill(half, 0.5);
    Wire none = draw.constant(ElementType.FLOAT32, new Shape(dims), half);
    Wire places =
        draw.drawing()
            .add(
                new Op.ArgReduce(true, x.rank()),
                TensorType.plain(ElementType.INT32, x.shape()),
                List.of(
                    draw.concat(x.rank(), List.of(draw.cast(equal, ElementType.FLOAT32), none))));
    if (values.isTexts()) {
      return draw.texts(places, withDefault(values));
    }
    double[] all = numbersWithDefault(values);
    return draw.gather(draw.constant(values.element(), Shape.of(all.length), all), 0, places);
  }

  private List<String> withDefault(Labels values) {
    List<String> all = new ArrayList<>(values.texts());
    all.add(OnnxNames.printable(node.text("default_string", "_Unused")));
    return all;
  }

  private double[] numbersWithDefault(Labels values) {
    double[] all = java.util.Arrays.copyOf(values.numbers(), values.count() + 1);
    Optional<TensorProto> tensor = node.tensor("default_tensor");
    all[values.count()] =
        tensor.isPresent()
            ? TensorData.reals(tensor.get(), node.where())[0]
            : values.element() == ElementType.FLOAT32
                ? node.real("default_float", -0f)
                : node.integer("default_int64", -1);
    return all;
  }
}
