package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.Model;
import dev.mote.frontends.tflite.schema.Operator;
import dev.mote.frontends.tflite.schema.OperatorCode;
import dev.mote.frontends.tflite.schema.SubGraph;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Verifier;
import dev.mote.plugin.ModelReader.Io;
import dev.mote.plugin.ModelReader.Options;
import dev.mote.plugin.ModelReader.Result;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/// Reads one model whose structure is sound, operator by operator, and collects everything that is
/// wrong with it.
final class ModelImport {

  private static final String DAMAGED_FIX =
      "the file is damaged or was written wrongly: export the model again.";

  private final String fileName;
  private final Model model;
  private final Options options;
  private final Set<Diagnostic> problems = new LinkedHashSet<>();
  private final SubGraph source;
  private final int sourceNumber;
  private final TensorTable tensors;
  private final GraphUnderConstruction graph;
  private final Border border;

  /// @throws Refusal when the model has no graph that could be run
  ModelImport(String fileName, ByteBuffer file, Model model, Options options) {
    this.fileName = fileName;
    this.model = model;
    this.options = options;
    this.sourceNumber = Signatures.mainSubgraph(model);
    if (sourceNumber >= model.subgraphsLength()) {
      throw new Refusal(
          ReadProblem.NO_GRAPH.at(
              fileName,
              model.subgraphsLength() == 0
                  ? "it has no subgraph"
                  : "its signature names subgraph #%d of %d"
                      .formatted(sourceNumber, model.subgraphsLength()),
              DAMAGED_FIX));
    }
    this.source = model.subgraphs(sourceNumber);
    requireSize("operators", source.operatorsLength(), Limits.OPERATORS);
    requireSize("tensors", source.tensorsLength(), Limits.TENSORS);
    UniqueNames names = new UniqueNames();
    this.tensors =
        new TensorTable(fileName, file, model, source, names, Border.wrapped(source, options.io()));
    this.graph = new GraphUnderConstruction(tensors, names);
    this.border = new Border(fileName, source, tensors, graph, options);
  }

  Result run() {
    for (int i = 0; i < source.operatorsLength(); i++) {
      Operator operator = source.operators(i);
      for (int j = 0; j < operator.outputsLength(); j++) {
        graph.await(operator.outputs(j));
      }
    }
    problems.addAll(border.bindInputs());
    for (int i = 0; i < source.operatorsLength(); i++) {
      readOperator(i, source.operators(i));
    }
    List<String> outputs = border.bindOutputs(problems);
    List<Graph.Signature> signatures = List.of();
    try {
      signatures =
          new Signatures(fileName, model, sourceNumber, tensors)
              .read(source, border.inputNames(), outputs);
    } catch (Refusal refusal) {
      problems.add(refusal.diagnostic());
    }
    if (!problems.isEmpty()) {
      return new Result.Refused(List.copyOf(problems));
    }
    Graph read = graph.finish(name(), border.inputNames(), outputs, signatures);
    if (options.io() == Io.INT8) {
      read = QuantizedBorder.apply(read);
    }
    List<Diagnostic> faults = Verifier.verify(read);
    return faults.isEmpty() ? new Result.Model(read) : new Result.Refused(faults);
  }

  private void readOperator(int number, Operator operator) {
    List<Integer> inputs = list(operator.inputsLength(), operator::inputs);
    List<Integer> outputs = list(operator.outputsLength(), operator::outputs);
    int code = -1;
    String where = fileName + ", operator #" + number;
    try {
      OperatorCode operatorCode = operatorCode(operator, where);
      code = builtinCode(operatorCode);
      String label = OperatorReaders.label(code);
      where = where(label, number, inputs, outputs);
      if (code == BuiltinOperator.CUSTOM) {
        throw custom(operatorCode, where);
      }
      for (int output : outputs) {
        tensors.get(output);
      }
      OperatorReaders.read(
          code, new OperatorView(graph, tensors, operator, where, inputs, outputs));
    } catch (Refusal refusal) {
      reject(refusal, outputs);
    } catch (IllegalArgumentException e) {
      // Shape inference and the records of the graph say what does not fit.
      String what = String.valueOf(e.getMessage());
      reject(new Refusal(ReadProblem.OPERAND_SHAPES.at(where, what, DAMAGED_FIX)), outputs);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      // No reader expected such a number: the file is wrong, and this operator is where.
      String what = "it cannot be read: " + e.getMessage();
      reject(new Refusal(ReadProblem.ATTRIBUTE.at(where, what, DAMAGED_FIX)), outputs);
    }
  }

  private void reject(Refusal refusal, List<Integer> outputs) {
    problems.add(refusal.diagnostic());
    for (int output : outputs) {
      graph.fail(output, refusal);
    }
  }

  private OperatorCode operatorCode(Operator operator, String where) {
    long index = operator.opcodeIndex();
    if (index >= model.operatorCodesLength()) {
      throw new Refusal(
          ReadProblem.BAD_INDEX.at(
              where,
              "its operator code #%d does not exist; there are %d"
                  .formatted(index, model.operatorCodesLength()),
              DAMAGED_FIX));
    }
    return model.operatorCodes((int) index);
  }

  /// Old files have only the byte, which is 127 in new ones when the number does not fit.
  private static int builtinCode(OperatorCode code) {
    return Math.max(code.builtinCode(), code.deprecatedBuiltinCode());
  }

  private static Refusal custom(OperatorCode code, String where) {
    return new Refusal(
        ReadProblem.CUSTOM_OPERATOR.at(
            where,
            "custom operator '%s' is not supported"
                .formatted(TensorTable.text(code.customCodeAsByteBuffer(), "?")),
            "replace it by TFLite's own operators, or leave it out of the model and compute it in the"
                + " application."));
  }

  private String where(String label, int number, List<Integer> inputs, List<Integer> outputs) {
    String name =
        !outputs.isEmpty()
            ? tensors.nameOf(outputs.getFirst())
            : inputs.isEmpty() ? "" : tensors.nameOf(inputs.getFirst());
    return "%s, %s '%s' (op #%d)".formatted(fileName, label, name, number);
  }

  private String name() {
    String base = fileName.substring(fileName.lastIndexOf('/') + 1);
    String stem = base.endsWith(".tflite") ? base.substring(0, base.length() - 7) : base;
    return UniqueNames.printable(stem, "model");
  }

  private void requireSize(String what, int count, int limit) {
    if (count > limit) {
      throw new Refusal(
          ReadProblem.TOO_LARGE.at(
              fileName,
              "it has %d %s; at most %d are read".formatted(count, what, limit),
              "give a model made for microcontrollers."));
    }
  }

  private static List<Integer> list(int length, IntUnaryOperator element) {
    List<Integer> values = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      values.add(element.applyAsInt(i));
    }
    return values;
  }
}
