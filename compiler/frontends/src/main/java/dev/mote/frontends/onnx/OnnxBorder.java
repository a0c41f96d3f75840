package dev.mote.frontends.onnx;

import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorShapeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TypeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.ElementType;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.plugin.ModelReader.Options;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The inputs of the graph: gives each a type and fixes its open dimensions.
final class OnnxBorder {

  private static final String EXPORT_FIX =
      "the file is damaged or was written wrongly: export the model again.";

  private final String fileName;
  private final GraphProto source;
  private final Options options;
  private final Drawing drawing;
  private final Map<String, Wire> values;
  private final Set<String> failed;

  OnnxBorder(
      String fileName,
      GraphProto source,
      Options options,
      Drawing drawing,
      Map<String, Wire> values,
      Set<String> failed) {
    this.fileName = fileName;
    this.source = source;
    this.options = options;
    this.drawing = drawing;
    this.values = values;
    this.failed = failed;
  }

  /// The inputs that are no constants, in the model's order; adds what is wrong to `problems`.
  List<Wire> read(Set<Diagnostic> problems) {
    List<Wire> inputs = new ArrayList<>();
    Set<String> unknown = new HashSet<>(options.inputShapes().keySet());
    for (ValueInfoProto input : source.getInputList()) {
      String name = input.getName();
      unknown.remove(name);
      if (values.containsKey(name) && values.get(name) instanceof Wire wire && wire.isConstant()) {
        continue;
      }
      String where = "%s, input '%s'".formatted(fileName, OnnxNames.printable(name));
      try {
        if (failed.contains(name) || name.isEmpty()) {
          throw new OnnxRefusal(
              OnnxProblem.BORDER.at(where, "an input has no name or a constant's", EXPORT_FIX));
        }
        drawing.begin("", where);
        Wire wire = drawing.activation(OnnxNames.printable(name), type(input, where));
        wire.call(OnnxNames.printable(name));
        if (values.putIfAbsent(name, wire) != null) {
          throw new OnnxRefusal(
              OnnxProblem.BORDER.at(where, "an input is listed twice", EXPORT_FIX));
        }
        inputs.add(wire);
      } catch (OnnxRefusal refusal) {
        problems.add(refusal.diagnostic());
        failed.add(name);
      }
    }
    for (String name : unknown.stream().sorted().toList()) {
      problems.add(
          OnnxProblem.INPUT_SHAPE.at(
              fileName,
              "a shape is given for '%s', but there is no such input".formatted(name),
              "name one of the model's inputs: "
                  + inputs.stream().map(w -> "'" + w.hint() + "'").collect(Collectors.joining(", "))
                  + "."));
    }
    return inputs;
  }

  private TensorType type(ValueInfoProto input, String where) {
    TypeProto type = input.getType();
    if (!type.hasTensorType()) {
      throw new OnnxRefusal(
          OnnxProblem.NOT_A_TENSOR.at(
              where,
              "it is no tensor but %s"
                  .formatted(
                      switch (type.getValueCase()) {
                        case SEQUENCE_TYPE -> "a sequence";
                        case MAP_TYPE -> "a map";
                        case OPTIONAL_TYPE -> "an optional value";
                        case SPARSE_TENSOR_TYPE -> "a sparse tensor";
                        case TENSOR_TYPE, VALUE_NOT_SET -> "of no type";
                      }),
              "give the model tensors as inputs."));
    }
    ElementType element = TensorData.element(type.getTensorType().getElemType(), where);
    Shape given = options.inputShapes().get(input.getName());
    TensorShapeProto stored = type.getTensorType().getShape();
    if (!type.getTensorType().hasShape() && given == null) {
      throw new OnnxRefusal(
          OnnxProblem.OPEN_DIMENSION.at(
              where,
              "the model does not say how many dimensions it has",
              "give the shape, for instance --shape %s=1x3x32x32.".formatted(input.getName())));
    }
    if (given == null) {
      return TensorType.plain(element, fixed(stored, element, input.getName(), where));
    }
    boolean fits = !type.getTensorType().hasShape() || given.rank() == stored.getDimCount();
    for (int i = 0; fits && i < stored.getDimCount(); i++) {
      TensorShapeProto.Dimension dim = stored.getDim(i);
      fits = isOpen(dim) || dim.getDimValue() == given.dim(i);
    }
    if (!fits) {
      throw new OnnxRefusal(
          OnnxProblem.INPUT_SHAPE.at(
              where,
              "the given shape [%s] does not fit the model's [%s]".formatted(given, text(stored)),
              "give a shape that differs only where the model has no number."));
    }
    List<Long> dims = given.dims().stream().map(Integer::longValue).toList();
    return TensorType.plain(element, TensorData.shape(dims, element, where));
  }

  private static boolean isOpen(TensorShapeProto.Dimension dim) {
    return !dim.hasDimValue() || dim.getDimValue() <= 0;
  }

  /// The stored shape; an open first dimension is a batch of one.
  private static Shape fixed(
      TensorShapeProto stored, ElementType element, String name, String where) {
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < stored.getDimCount(); i++) {
      TensorShapeProto.Dimension dim = stored.getDim(i);
      if (dim.hasDimValue() && dim.getDimValue() == 0) {
        dims.add(0L);
      } else if (!isOpen(dim)) {
        dims.add(dim.getDimValue());
      } else if (i == 0) {
        dims.add(1L);
      } else {
        throw new OnnxRefusal(
            OnnxProblem.OPEN_DIMENSION.at(
                where,
                "dimension %d of its shape [%s] is open".formatted(i, text(stored)),
                "give the shape, for instance --shape %s=%s."
                    .formatted(
                        OnnxNames.printable(name),
                        stored.getDimList().stream()
                            .map(d -> String.valueOf(Math.max(1, d.getDimValue())))
                            .collect(Collectors.joining("x")))));
      }
    }
    return TensorData.shape(dims, element, where);
  }

  private static String text(TensorShapeProto shape) {
    return shape.getDimList().stream()
        .limit(OnnxLimits.RANK)
        .map(
            d ->
                d.hasDimValue()
                    ? String.valueOf(d.getDimValue())
                    : OnnxNames.printable(d.getDimParam()))
        .collect(Collectors.joining("x"));
  }
}
