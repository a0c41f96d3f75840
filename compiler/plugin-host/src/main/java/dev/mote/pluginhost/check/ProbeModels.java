package dev.mote.pluginhost.check;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader;
import dev.mote.plugin.SourceModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/// Small models that the suite brings along, as `.tflite` files.
public final class ProbeModels {

  /// Their names.
  public static final List<String> NAMES =
      List.of("dense_int8", "conv_int8", "residual_int8", "conv_int16", "dense_batch");

  private ProbeModels() {}

  /// Those that a reader on the class path can read.
  public static List<SourceModel> all() {
    List<SourceModel> models = new ArrayList<>();
    for (String name : NAMES) {
      read(file(name), name).ifPresent(models::add);
    }
    return models;
  }

  /// The file of a model.
  public static Blob file(String name) {
    try (InputStream stream = ProbeModels.class.getResourceAsStream(name + ".tflite")) {
      if (stream == null) {
        throw new IllegalStateException("the resource " + name + ".tflite is missing");
      }
      return Blob.of(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A model by the first reader that accepts it.
  static Optional<SourceModel> read(Blob bytes, String name) {
    for (ModelReader reader : ServiceLoader.load(ModelReader.class)) {
      if (reader.accepts(bytes, name)
          && reader.read(bytes, name, ModelReader.Options.standard())
              instanceof ModelReader.Result.Model(Graph graph)) {
        return Optional.of(SourceModel.of(graph, reader.format(), bytes));
      }
    }
    return Optional.empty();
  }

  /// A model with an operator that nobody knows.
  static SourceModel unknownOperator() {
    TensorType type = TensorType.plain(ElementType.FLOAT32, Shape.of(1, 4));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("x", Tensor.activation("x", type));
    tensors.put("y", Tensor.activation("y", type));
    return SourceModel.of(
        new Graph(
            "unknown_operator",
            tensors,
            List.of(
                new Node(
                    "mystery",
                    new Op.CustomOp("NobodyKnowsThis", Map.of()),
                    List.of("x"),
                    List.of("y"))),
            List.of("x"),
            List.of("y"),
            List.of(),
            List.of()));
  }
}
