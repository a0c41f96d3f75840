package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.SignatureDef;
import dev.mote.frontends.tflite.schema.SubGraph;
import dev.mote.frontends.tflite.schema.TensorMap;
import dev.mote.ir.Graph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/// The named entry points of a model.
final class Signatures {

  private static final String DAMAGED_FIX =
      "the file is damaged or was written wrongly: export the model again.";
  private static final String DEFAULT_KEY = "serving_default";

  private final String fileName;
  private final Model model;
  private final int subgraph;
  private final TensorTable tensors;

  Signatures(String fileName, Model model, int subgraph, TensorTable tensors) {
    this.fileName = fileName;
    this.model = model;
    this.subgraph = subgraph;
    this.tensors = tensors;
  }

  /// Number of the subgraph that is the model: that of signature `serving_default`, else that of
  /// the only signature, else the first.
  static int mainSubgraph(Model model) {
    int count = model.signatureDefsLength();
    for (int i = 0; i < count; i++) {
      SignatureDef signature = model.signatureDefs(i);
      if (TensorTable.text(signature.signatureKeyAsByteBuffer(), "").equals(DEFAULT_KEY)) {
        return number(signature);
      }
    }
    return count == 1 ? number(model.signatureDefs(0)) : 0;
  }

  private static int number(SignatureDef signature) {
    return (int) Math.min(signature.subgraphIndex(), Integer.MAX_VALUE);
  }

  /// The signatures of the subgraph.
  ///
  /// @param inputs names of the graph's inputs, in the subgraph's order
  /// @param outputs names of the graph's outputs, in the subgraph's order
  /// @throws Refusal when a signature names a tensor that is no input or output
  List<Graph.Signature> read(SubGraph source, List<String> inputs, List<String> outputs) {
    if (inputs.size() != source.inputsLength() || outputs.size() != source.outputsLength()) {
      return List.of();
    }
    Map<Long, String> inputOf = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      inputOf.put((long) source.inputs(i), inputs.get(i));
    }
    Map<Long, String> outputOf = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      outputOf.putIfAbsent((long) source.outputs(i), outputs.get(i));
    }
    List<Graph.Signature> signatures = new ArrayList<>();
    for (int i = 0; i < model.signatureDefsLength(); i++) {
      SignatureDef signature = model.signatureDefs(i);
      if (signature.subgraphIndex() == subgraph) {
        String key = TensorTable.text(signature.signatureKeyAsByteBuffer(), "signature_" + i);
        signatures.add(
            new Graph.Signature(
                key,
                names(key, "input", signature.inputsLength(), signature::inputs, inputOf),
                names(key, "output", signature.outputsLength(), signature::outputs, outputOf)));
      }
    }
    return signatures;
  }

  private Map<String, String> names(
      String key, String side, int count, IntFunction<TensorMap> entry, Map<Long, String> known) {
    Map<String, String> names = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      TensorMap map = entry.apply(i);
      String alias = TensorTable.text(map.nameAsByteBuffer(), side + "_" + i);
      String tensor = known.get(map.tensorIndex());
      if (tensor == null) {
        throw new Refusal(
            ReadProblem.BAD_SIGNATURE.at(
                "%s, signature '%s'".formatted(fileName, key),
                "its %s '%s' is tensor '%s', which is no %s of the model"
                    .formatted(
                        side,
                        alias,
                        tensors.nameOf((int) Math.min(map.tensorIndex(), Integer.MAX_VALUE)),
                        side),
                DAMAGED_FIX));
      }
      names.put(alias, tensor);
    }
    return names;
  }
}
