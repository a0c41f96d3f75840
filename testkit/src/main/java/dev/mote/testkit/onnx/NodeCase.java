package dev.mote.testkit.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import dev.mote.ir.Blob;
import dev.mote.ir.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// One of ONNX's test cases: a model with inputs and the outputs that it must give.
///
/// @param name the case's folder
/// @param group the folder above: `node`, `pytorch-converted`, `pytorch-operator`, `simple`
/// @param model the model
/// @param sets inputs and expected outputs
record NodeCase(String name, String group, ModelProto model, List<DataSet> sets) {

  /// Inputs by name and expected outputs in order; a value that is no tensor is empty.
  record DataSet(Map<String, TensorProto> inputs, List<TensorProto> outputs, boolean tensorsOnly) {}

  private static final Path FOLDER = Path.of("/usr/share/libonnx-testdata/data");

  /// Whether the cases are installed.
  static boolean installed() {
    return Files.isDirectory(FOLDER.resolve("node"));
  }

  /// Every case, in the order of their names.
  static List<NodeCase> all() {
    try (Stream<Path> folders = Files.walk(FOLDER, 2)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("model.onnx")))
          .sorted()
          .map(NodeCase::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A model that comes without inputs and outputs.
  static NodeCase ofFile(Path file) {
    try {
      String name = file.getFileName().toString();
      return new NodeCase(name, "file", ModelProto.parseFrom(Files.readAllBytes(file)), List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NodeCase read(Path folder) {
    try {
      ModelProto model = ModelProto.parseFrom(Files.readAllBytes(folder.resolve("model.onnx")));
      List<DataSet> sets = new ArrayList<>();
      for (int i = 0; Files.isDirectory(folder.resolve("test_data_set_" + i)); i++) {
        sets.add(set(model.getGraph(), folder.resolve("test_data_set_" + i)));
      }
      return new NodeCase(
          folder.getFileName().toString(),
          FOLDER.relativize(folder).getName(0).toString(),
          model,
          sets);
    } catch (IOException e) {
      throw new UncheckedIOException(folder.toString(), e);
    }
  }

  private static DataSet set(GraphProto graph, Path folder) throws IOException {
    List<String> constants = graph.getInitializerList().stream().map(TensorProto::getName).toList();
    Map<String, TensorProto> inputs = new HashMap<>();
    boolean tensors = true;
    int number = 0;
    for (ValueInfoProto input : graph.getInputList()) {
      Path file = folder.resolve("input_" + number + ".pb");
      if (constants.contains(input.getName()) || !Files.exists(file)) {
        continue;
      }
      number++;
      tensors &= input.getType().hasTensorType();
      if (input.getType().hasTensorType()) {
        inputs.put(input.getName(), TensorProto.parseFrom(Files.readAllBytes(file)));
      }
    }
    List<TensorProto> outputs = new ArrayList<>();
    for (int i = 0; i < graph.getOutputCount(); i++) {
      tensors &= graph.getOutput(i).getType().hasTensorType();
      if (graph.getOutput(i).getType().hasTensorType()) {
        outputs.add(
            TensorProto.parseFrom(Files.readAllBytes(folder.resolve("output_" + i + ".pb"))));
      }
    }
    return new DataSet(inputs, outputs, tensors);
  }

  /// The operator that the case is about; empty when there are several.
  Optional<String> operator() {
    List<String> operators =
        model.getGraph().getNodeList().stream()
            .map(NodeProto::getOpType)
            .filter(type -> !type.equals("Constant"))
            .distinct()
            .toList();
    return operators.size() == 1 && !name.endsWith("_expanded")
        ? Optional.of(operators.getFirst())
        : Optional.empty();
  }

  /// The model with the inputs called `names` made constants, their values those of the first set.
  ModelProto with(Set<String> names) {
    GraphProto.Builder graph = model.getGraph().toBuilder().clearInput();
    for (ValueInfoProto input : model.getGraph().getInputList()) {
      if (!names.contains(input.getName())) {
        graph.addInput(input);
      }
    }
    Map<String, TensorProto> values = sets.getFirst().inputs();
    names.stream()
        .sorted()
        .forEach(
            name ->
                Optional.ofNullable(values.get(name))
                    .ifPresent(
                        value -> graph.addInitializer(value.toBuilder().setName(name).build())));
    return model.toBuilder().setGraph(graph).build();
  }

  /// Shapes of the inputs beside `constants`.
  Map<String, Shape> shapes(Set<String> constants) {
    Map<String, Shape> shapes = new HashMap<>();
    sets.getFirst()
        .inputs()
        .forEach(
            (name, value) -> {
              if (!constants.contains(name) && value.getDimsCount() <= 8) {
                shapes.put(
                    name, new Shape(value.getDimsList().stream().map(Long::intValue).toList()));
              }
            });
    return shapes;
  }

  static Blob bytes(ModelProto model) {
    return Blob.of(model.toByteArray());
  }
}
