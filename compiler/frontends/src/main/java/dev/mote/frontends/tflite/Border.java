package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.SubGraph;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.ElementType;
import dev.mote.ir.Op;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader.Io;
import dev.mote.plugin.ModelReader.Options;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The inputs and outputs of the graph: fixes open dimensions, and keeps uint8 at the border where
/// the file has it.
final class Border {

  private static final String DAMAGED_FIX =
      "the file is damaged or was written wrongly: export the model again.";

  private final String fileName;
  private final SubGraph source;
  private final TensorTable tensors;
  private final GraphUnderConstruction graph;
  private final Options options;
  private final List<String> inputNames = new ArrayList<>();

  Border(
      String fileName,
      SubGraph source,
      TensorTable tensors,
      GraphUnderConstruction graph,
      Options options) {
    this.fileName = fileName;
    this.source = source;
    this.tensors = tensors;
    this.graph = graph;
    this.options = options;
  }

  /// The tensors whose type at the border is the file's uint8 and not int8.
  static Set<Integer> wrapped(SubGraph source, Io io) {
    Set<Integer> border = new HashSet<>();
    if (io == Io.MODEL) {
      for (int i = 0; i < source.inputsLength(); i++) {
        border.add(source.inputs(i));
      }
      for (int i = 0; i < source.outputsLength(); i++) {
        border.add(source.outputs(i));
      }
    }
    return border;
  }

  /// Names of the graph's inputs, in the model's order.
  List<String> inputNames() {
    return inputNames;
  }

  /// Makes the model's inputs known; returns what is wrong with them.
  List<Diagnostic> bindInputs() {
    List<Diagnostic> problems = new ArrayList<>();
    Set<String> unknown = new HashSet<>(options.inputShapes().keySet());
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < source.inputsLength(); i++) {
      int index = source.inputs(i);
      try {
        if (!seen.add(index)) {
          throw new Refusal(
              ReadProblem.BORDER.at(
                  fileName,
                  "input '%s' is listed twice".formatted(tensors.nameOf(index)),
                  DAMAGED_FIX));
        }
        SourceTensor tensor = tensors.get(index);
        unknown.remove(tensor.borderName());
        bindInput(index, tensor);
      } catch (Refusal refusal) {
        problems.add(refusal.diagnostic());
        graph.fail(index, refusal);
      }
    }
    for (String name : unknown.stream().sorted().toList()) {
      problems.add(
          ReadProblem.BAD_INPUT_SHAPE.at(
              fileName,
              "a shape is given for '%s', but there is no such input".formatted(name),
              "name one of the model's inputs: " + String.join(", ", sourceInputNames()) + "."));
    }
    return problems;
  }

  private List<String> sourceInputNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < source.inputsLength(); i++) {
      names.add("'" + tensors.nameOf(source.inputs(i)) + "'");
    }
    return names;
  }

  private void bindInput(int index, SourceTensor tensor) {
    String where = "%s, input '%s'".formatted(fileName, tensor.borderName());
    if (tensor.data().isPresent() || tensor.resource()) {
      throw new Refusal(
          ReadProblem.BORDER.at(
              where,
              tensor.resource() ? "it is a resource handle" : "it is a constant",
              "leave it out of the model's inputs."));
    }
    Shape shape = inputShape(tensor, where);
    if (shape.count() == 0) {
      throw new Refusal(
          ReadProblem.BAD_SHAPE.at(
              where, "its shape [%s] has no elements".formatted(shape), DAMAGED_FIX));
    }
    if (tensor.shape().isPresent() && !tensor.shape().get().equals(shape)) {
      graph.setReshaped();
    }
    TensorType type = new TensorType(tensor.element(), shape, tensor.quantization());
    if (tensor.fromUint8() && options.io() == Io.MODEL) {
      String outer = graph.addBorder(tensor.borderName(), unsigned(type), where).name();
      graph.add(new Op.Quantize(), List.of(outer), List.of(index), List.of(type), where);
      inputNames.add(outer);
    } else {
      graph.bindActivation(index, type, where);
      inputNames.add(tensor.name());
    }
  }

  private Shape inputShape(SourceTensor tensor, String where) {
    Optional<Shape> given = shapeOption(tensor.borderName(), options.inputShapes());
    List<Integer> dims = tensor.dims();
    if (given.isPresent()) {
      Shape shape = given.get();
      boolean fits = shape.rank() == dims.size() || dims.isEmpty();
      for (int i = 0; fits && tensor.hasOpenDimension() && i < dims.size(); i++) {
        fits = dims.get(i) == -1 || dims.get(i) == shape.dim(i);
      }
      if (!fits) {
        throw new Refusal(
            ReadProblem.BAD_INPUT_SHAPE.at(
                where,
                "the given shape [%s] does not fit the model's %s".formatted(shape, dims),
                "give a shape that differs only where the model has -1."));
      }
      return TensorTable.sized(shape.dims(), tensor.element(), where);
    }
    List<Integer> fixed = new ArrayList<>(dims.size());
    for (int i = 0; i < dims.size(); i++) {
      int stored = tensor.shape().isPresent() ? tensor.shape().get().dim(i) : dims.get(i);
      if (stored < 1 && i == 0) {
        stored = 1;
      }
      if (stored < 1) {
        throw new Refusal(
            ReadProblem.OPEN_DIMENSION.at(
                where,
                "dimension %d of its shape %s is open".formatted(i, dims),
                "give the shape, for instance --shape %s=%s."
                    .formatted(
                        tensor.borderName(),
                        dims.stream()
                            .map(d -> String.valueOf(Math.max(1, d)))
                            .collect(Collectors.joining("x")))));
      }
      fixed.add(stored);
    }
    return TensorTable.sized(fixed, tensor.element(), where);
  }

  private static Optional<Shape> shapeOption(String name, Map<String, Shape> shapes) {
    return Optional.ofNullable(shapes.get(name));
  }

  /// Names of the graph's outputs, in the model's order; adds what is wrong with them to
  /// `problems`.
  List<String> bindOutputs(Set<Diagnostic> problems) {
    List<String> names = new ArrayList<>();
    if (source.outputsLength() == 0) {
      problems.add(ReadProblem.BORDER.at(fileName, "the model has no outputs", DAMAGED_FIX));
    }
    for (int i = 0; i < source.outputsLength(); i++) {
      int index = source.outputs(i);
      try {
        String where = "%s, output '%s'".formatted(fileName, tensors.nameOf(index));
        SourceTensor described = tensors.get(index);
        Tensor tensor = graph.read(index, where);
        names.add(outputName(described, tensor, names, where));
      } catch (Refusal refusal) {
        problems.add(refusal.diagnostic());
      }
    }
    return names;
  }

  private String outputName(
      SourceTensor described, Tensor tensor, List<String> before, String where) {
    String name = tensor.name();
    TensorType type = tensor.type();
    if (described.fromUint8() && options.io() == Io.MODEL) {
      name = described.borderName();
      type = unsigned(type);
      if (!inputNames.contains(name) && !before.contains(name)) {
        Tensor outer = graph.addBorder(name, type, where);
        graph.addBorderNode(new Op.Quantize(), tensor.name(), outer);
      }
    }
    // The same tensor twice: the second one is a copy, so that every output has a place of its own.
    return before.contains(name)
        ? graph.addPart(name, new Op.Reshape(), List.of(name), type, where)
        : name;
  }

  private static TensorType unsigned(TensorType type) {
    Quantization.PerTensor q = type.quantization().perTensor();
    return new TensorType(
        ElementType.UINT8,
        type.shape(),
        new Quantization.PerTensor(q.scale(), q.zeroPoint() + 128));
  }
}
