package dev.mote.frontends.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The function that reads each operator of the standard domain.
final class Operators {

  /// Draws what a node computes; returns its results in order.
  interface Reading {
    List<Wire> read(NodeView node, Blocks draw);
  }

  private static final Set<String> CONTROL_FLOW = Set.of("If", "Loop", "SequenceMap");

  private static final Set<String> SEQUENCES =
      Set.of(
          "ConcatFromSequence",
          "Optional",
          "OptionalGetElement",
          "OptionalHasElement",
          "SequenceAt",
          "SequenceConstruct",
          "SequenceEmpty",
          "SequenceErase",
          "SequenceInsert",
          "SequenceLength",
          "SplitToSequence");

  /// Operators that take integers with what they mean; all others see plain numbers.
  private static final Set<String> ON_QUANTIZED =
      Set.of(
          "DequantizeLinear",
          "Flatten",
          "Identity",
          "QLinearConv",
          "QLinearMatMul",
          "Reshape",
          "Slice",
          "Squeeze",
          "Transpose",
          "Unsqueeze");

  /// Operators that leave strings as they are, and those that map them to something else.
  private static final Set<String> CARRIES_TEXTS =
      Set.of(
          "ArrayFeatureExtractor",
          "CategoryMapper",
          "Flatten",
          "Gather",
          "Identity",
          "LabelEncoder",
          "Reshape",
          "Squeeze",
          "Transpose",
          "Unsqueeze");

  private static final Map<String, Reading> STANDARD = standard();

  private Operators() {}

  private static Map<String, Reading> standard() {
    Map<String, Reading> readings = new HashMap<>();
    ElementReaders.register(readings);
    ActivationReaders.register(readings);
    ComparisonReaders.register(readings);
    ReductionReaders.register(readings);
    NormalizationReaders.register(readings);
    MatrixReaders.register(readings);
    ConvolutionReaders.register(readings);
    PoolReaders.register(readings);
    ShapeReaders.register(readings);
    MovementReaders.register(readings);
    IndexReaders.register(readings);
    QuantizationReaders.register(readings);
    ResizeReaders.register(readings);
    RecurrentReaders.register(readings);
    NeighbourReaders.register(readings);
    return Map.copyOf(readings);
  }

  /// Names of the operators that are read.
  static Set<String> names() {
    return STANDARD.keySet();
  }

  /// @throws OnnxRefusal when the operator is not supported, or not like this
  static List<Wire> read(String domain, NodeView node, Blocks draw) {
    String name = OnnxNames.printable(node.operator());
    if (node.texts().isPresent() && !CARRIES_TEXTS.contains(node.operator())) {
      throw node.types("it computes with strings as the model runs, which is not supported");
    }
    if (domain.equals(MlReaders.DOMAIN)) {
      return MlReaders.read(node, draw);
    }
    if (domain.equals("com.microsoft") && node.operator().equals("CDist")) {
      return List.of(NeighbourReaders.distances(node.plain(draw), draw));
    }
    if (!OnnxImport.isStandard(domain)) {
      throw node.refusal(
          OnnxProblem.FOREIGN_DOMAIN,
          "operator '%s' of domain '%s' is not supported"
              .formatted(name, OnnxNames.printable(domain)),
          "export the model with the operators of the standard domain.");
    }
    Reading reading = STANDARD.get(node.operator());
    if (reading != null) {
      List<Wire> results =
          reading.read(ON_QUANTIZED.contains(node.operator()) ? node : node.plain(draw), draw);
      node.texts().ifPresent(texts -> results.getFirst().setTexts(texts));
      return results;
    }
    if (CONTROL_FLOW.contains(node.operator())) {
      throw node.refusal(
          OnnxProblem.CONTROL_FLOW,
          "%s runs another graph, which is not supported".formatted(name),
          "export the model without control flow: trace it with fixed shapes, or unroll the loop.");
    }
    if (SEQUENCES.contains(node.operator())) {
      throw node.refusal(
          OnnxProblem.NOT_A_TENSOR,
          "%s computes on sequences or optional values, which are not supported".formatted(name),
          "express it on tensors.");
    }
    throw node.refusal(
        OnnxProblem.UNSUPPORTED_OPERATOR,
        "operator %s is not supported".formatted(name),
        "express it by other operators, or compute it in the application.");
  }
}
