package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.ActivationFunctionType;
import dev.mote.frontends.tflite.schema.AssignVariableOptionsT;
import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.OperatorT;
import dev.mote.frontends.tflite.schema.ReadVariableOptionsT;
import dev.mote.frontends.tflite.schema.SVDFOptionsT;
import dev.mote.frontends.tflite.schema.UnidirectionalSequenceLSTMOptionsT;
import dev.mote.ir.Op;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Writes operators with state.
final class StateWriters {

  private static final int GATES = 4;
  private static final int INTERMEDIATES = 5;

  private StateWriters() {}

  static void lstm(NodeExport node, Op.Lstm op) {
    List<Integer> inputs = new ArrayList<>(List.of(node.x(0)));
    add(node, inputs, 1, 2 * GATES);
    absent(inputs, 3);
    add(node, inputs, 1 + 2 * GATES, GATES);
    absent(inputs, 2);
    add(node, inputs, 1 + 3 * GATES, 2);
    absent(inputs, GATES);
    UnidirectionalSequenceLSTMOptionsT options = new UnidirectionalSequenceLSTMOptionsT();
    options.setFusedActivationFunction(ActivationFunctionType.TANH);
    options.setTimeMajor(op.timeMajor());
    options.setCellClip(op.cellClip());
    OperatorT operator =
        node.emit(
            BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
            node.inputType(0),
            Optional.of(options),
            inputs,
            node.y());
    if (node.inputType(0).element().isInteger()) {
      // TFLite asks for the scales between the parts; without layer normalisation only the last
      // counts, that of the hidden state.
      int hidden = 1 + 3 * GATES;
      TensorType type =
          TensorType.plain(dev.mote.ir.ElementType.INT8, Shape.of(1))
              .withQuantization(node.inputType(hidden).quantization());
      int[] intermediates = new int[INTERMEDIATES];
      for (int i = 0; i < INTERMEDIATES; i++) {
        intermediates[i] = node.part("intermediate", type);
      }
      operator.setIntermediates(intermediates);
    }
  }

  private static void add(NodeExport node, List<Integer> inputs, int first, int count) {
    for (int i = first; i < first + count; i++) {
      inputs.add(node.real(i));
    }
  }

  private static void absent(List<Integer> inputs, int count) {
    inputs.addAll(Collections.nCopies(count, FileDraft.ABSENT));
  }

  static void svdf(NodeExport node, Op.Svdf op) {
    SVDFOptionsT options = new SVDFOptionsT();
    options.setRank(op.rank());
    options.setFusedActivationFunction(NodeExport.code(op.activation()));
    int bias = node.inputCount() > 4 ? node.real(4) : FileDraft.ABSENT;
    node.emit(
        BuiltinOperator.SVDF,
        node.inputType(0),
        Optional.of(options),
        List.of(node.x(0), node.real(1), node.real(2), bias, node.x(3)),
        node.y());
  }

  static void read(NodeExport node, Op.ReadVariable op) {
    node.emit(
        BuiltinOperator.READ_VARIABLE,
        1,
        Optional.of(new ReadVariableOptionsT()),
        List.of(node.handle(op.variable())),
        node.y());
  }

  static void assign(NodeExport node, Op.AssignVariable op) {
    node.emit(
        BuiltinOperator.ASSIGN_VARIABLE,
        1,
        Optional.of(new AssignVariableOptionsT()),
        List.of(node.handle(op.variable()), node.x(0)));
  }
}
