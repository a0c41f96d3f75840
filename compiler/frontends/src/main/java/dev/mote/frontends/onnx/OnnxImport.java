package dev.mote.frontends.onnx;

import dev.mote.frontends.classical.ClassicalRefusal;
import dev.mote.frontends.onnx.schema.OnnxMl.GraphProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.frontends.onnx.schema.OnnxMl.NodeProto;
import dev.mote.frontends.onnx.schema.OnnxMl.OperatorSetIdProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.frontends.onnx.schema.OnnxMl.ValueInfoProto;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.ir.Verifier;
import dev.mote.plugin.ModelReader.Options;
import dev.mote.plugin.ModelReader.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads one model node by node, and collects everything that is wrong with it.
final class OnnxImport {

  private static final int OLDEST_SET = 1;
  private static final int NEWEST_SET = 22;
  private static final String EXPORT_FIX =
      "the file is damaged or was written wrongly: export the model again.";

  private final String fileName;
  private final ModelProto model;
  private final GraphProto source;
  private final Options options;
  private final int opset;
  private final Set<Diagnostic> problems = new LinkedHashSet<>();
  private final Map<String, Wire> values = new HashMap<>();
  private final Set<String> failed = new HashSet<>();
  private final Set<String> awaited = new HashSet<>();
  private final Drawing drawing;
  private final Blocks blocks;

  /// @throws OnnxRefusal when the model cannot be read at all
  OnnxImport(String fileName, ModelProto model, int fileBytes, Options options) {
    this.fileName = fileName;
    this.model = model;
    this.source = model.getGraph();
    this.options = options;
    this.opset = operatorSet();
    this.drawing = new Drawing(OnnxLimits.foldedBytes(fileBytes));
    this.blocks = new Blocks(drawing);
    if (source.getNodeCount() > OnnxLimits.NODES) {
      throw new OnnxRefusal(
          OnnxProblem.TOO_LARGE.at(
              fileName,
              "it has %d nodes; at most %d are read"
                  .formatted(source.getNodeCount(), OnnxLimits.NODES),
              "give a model made for microcontrollers."));
    }
    if (source.getOutputCount() == 0) {
      throw new OnnxRefusal(
          OnnxProblem.NO_GRAPH.at(fileName, "its graph has no outputs", EXPORT_FIX));
    }
  }

  private int operatorSet() {
    long version = 0;
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      if (isStandard(set.getDomain())) {
        version = Math.max(version, set.getVersion());
      }
    }
    if (version == 0 && model.getIrVersion() < 3) {
      version = 1;
    }
    for (OperatorSetIdProto set : model.getOpsetImportList()) {
      if (set.getDomain().equals(MlReaders.DOMAIN)
          && (set.getVersion() < 1 || set.getVersion() > MlReaders.NEWEST_SET)) {
        throw new OnnxRefusal(
            OnnxProblem.OPERATOR_SET.at(
                fileName,
                "it follows operator set %d of %s; Mote reads 1 to %d"
                    .formatted(set.getVersion(), MlReaders.DOMAIN, MlReaders.NEWEST_SET),
                "export with target_opset={'': 17, 'ai.onnx.ml': 3}."));
      }
    }
    boolean onlyForeign = version == 0 && model.getOpsetImportCount() > 0;
    if (onlyForeign) {
      return NEWEST_SET;
    }
    if (version < OLDEST_SET || version > NEWEST_SET) {
      throw new OnnxRefusal(
          OnnxProblem.OPERATOR_SET.at(
              fileName,
              "it follows operator set %d; Mote reads %d to %d"
                  .formatted(version, OLDEST_SET, NEWEST_SET),
              "export with opset_version=17, or convert with onnx.version_converter."));
    }
    return (int) version;
  }

  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  Result run() {
    for (NodeProto node : source.getNodeList()) {
      awaited.addAll(node.getOutputList());
    }
    readConstants(new ExternalData(options.companions()));
    List<Wire> inputs =
        new OnnxBorder(fileName, source, options, drawing, values, failed).read(problems);
    int number = 0;
    for (NodeProto node : source.getNodeList()) {
      readNode(node, number++);
    }
    List<Wire> outputs = readOutputs(inputs);
    if (!problems.isEmpty()) {
      return new Result.Refused(List.copyOf(problems));
    }
    Graph graph = drawing.finish(name(), inputs, outputs).withClasses(classes(outputs));
    for (Tensor tensor : graph.tensors().values()) {
      if (tensor.shape().count() == 0) {
        problems.add(
            OnnxProblem.SHAPE.at(
                "%s, '%s'".formatted(fileName, tensor.name()),
                "its shape [%s] has no elements".formatted(tensor.shape()),
                "leave empty tensors out of the model."));
      }
    }
    if (!problems.isEmpty()) {
      return new Result.Refused(List.copyOf(problems));
    }
    List<Diagnostic> faults = Verifier.verify(graph);
    return faults.isEmpty() ? arranged(graph) : new Result.Refused(faults);
  }

  /// The graph with channels last; a fault of that pass is a defect of the reader.
  private static Result arranged(Graph graph) {
    Graph arranged = FuseQuantized.apply(ChannelsLast.apply(graph));
    List<Diagnostic> faults = Verifier.verify(arranged);
    return faults.isEmpty() ? new Result.Model(arranged) : new Result.Refused(faults);
  }

  private void readConstants(ExternalData external) {
    for (TensorProto tensor : source.getInitializerList()) {
      String name = tensor.getName();
      String where = "%s, constant '%s'".formatted(fileName, OnnxNames.printable(name));
      try {
        TensorProto whole = external.inside(tensor, where);
        if (whole != tensor) {
          drawing.mayFold(whole.getRawData().size());
        }
        Wire wire = TensorData.wire(whole, OnnxNames.printable(name), where);
        if (values.put(name, wire) != null) {
          problems.add(OnnxProblem.COMPUTED_TWICE.at(where, "there are two of it", EXPORT_FIX));
        }
      } catch (OnnxRefusal refusal) {
        problems.add(refusal.diagnostic());
        failed.add(name);
      }
    }
  }

  private void readNode(NodeProto node, int number) {
    String title =
        node.getName().isEmpty() && node.getOutputCount() > 0 ? node.getOutput(0) : node.getName();
    String where =
        "%s, %s '%s' (node #%d)"
            .formatted(
                fileName,
                OnnxNames.printable(node.getOpType()),
                OnnxNames.printable(title),
                number);
    try {
      List<Optional<Wire>> inputs = new ArrayList<>();
      for (String input : node.getInputList()) {
        inputs.add(input.isEmpty() ? Optional.empty() : Optional.of(value(input, where)));
      }
      drawing.begin(OnnxNames.printable(title), where);
      NodeView view = new NodeView(node, where, opset, inputs);
      List<Wire> outputs = Operators.read(node.getDomain(), view, blocks);
      bind(node, outputs, where);
    } catch (OnnxRefusal refusal) {
      reject(node, refusal.diagnostic());
    } catch (AwaitedFailure e) {
      failed.addAll(node.getOutputList());
    } catch (ClassicalRefusal refusal) {
      String place = refusal.where().isEmpty() ? "" : refusal.where() + ": ";
      reject(node, OnnxProblem.ATTRIBUTE.at(where, place + refusal.what(), EXPORT_FIX));
    } catch (IllegalArgumentException e) {
      // The records of the graph say what does not fit.
      reject(
          node, OnnxProblem.OPERAND_SHAPES.at(where, String.valueOf(e.getMessage()), EXPORT_FIX));
    } catch (IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException e) {
      // No reader expected such a number: the file is wrong, and this node is where.
      reject(
          node,
          OnnxProblem.ATTRIBUTE.at(where, "it cannot be read: " + e.getMessage(), EXPORT_FIX));
    }
  }

  /// A value whose node was refused: what follows from that is not reported again.
  private static final class AwaitedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AwaitedFailure() {
      super("", null, false, false);
    }
  }

  private void reject(NodeProto node, Diagnostic problem) {
    problems.add(problem);
    failed.addAll(node.getOutputList());
  }

  private Wire value(String name, String where) {
    Wire wire = values.get(name);
    if (wire != null) {
      return wire;
    }
    if (failed.contains(name)) {
      throw new AwaitedFailure();
    }
    throw new OnnxRefusal(
        OnnxProblem.NOT_COMPUTED.at(
            where,
            awaited.contains(name)
                ? "it reads '%s' before that is computed (nodes out of order, or a cycle)"
                    .formatted(OnnxNames.printable(name))
                : "it reads '%s', which is no input, no constant, and computed by no node"
                    .formatted(OnnxNames.printable(name)),
            EXPORT_FIX));
  }

  private void bind(NodeProto node, List<Wire> outputs, String where) {
    for (int i = 0; i < node.getOutputCount(); i++) {
      String name = node.getOutput(i);
      if (name.isEmpty()) {
        continue;
      }
      if (i >= outputs.size()) {
        throw new OnnxRefusal(
            OnnxProblem.OPERAND_COUNT.at(
                where,
                "its output #%d is not supported".formatted(i),
                "leave that output out of the model."));
      }
      outputs.get(i).call(OnnxNames.printable(name));
      if (values.putIfAbsent(name, outputs.get(i)) != null) {
        throw new OnnxRefusal(
            OnnxProblem.COMPUTED_TWICE.at(
                where,
                "it computes '%s', which is an input, a constant or another result"
                    .formatted(OnnxNames.printable(name)),
                EXPORT_FIX));
      }
    }
  }

  /// The results, each with a place and a name of its own.
  private List<Wire> readOutputs(List<Wire> inputs) {
    List<Wire> outputs = new ArrayList<>();
    Set<Wire> taken = new HashSet<>(inputs);
    for (ValueInfoProto output : source.getOutputList()) {
      String where = "%s, output '%s'".formatted(fileName, OnnxNames.printable(output.getName()));
      try {
        Wire wire = value(output.getName(), where);
        drawing.begin(OnnxNames.printable(output.getName()), where);
        if (wire.isConstant() || !taken.add(wire)) {
          Wire source = wire;
          wire = drawing.activationCopy(source);
          wire.setTexts(source.texts());
          wire.setClasses(source.classes());
          wire.call(OnnxNames.printable(output.getName()));
        } else {
          wire.rename(OnnxNames.printable(output.getName()));
        }
        outputs.add(wire);
      } catch (OnnxRefusal refusal) {
        problems.add(refusal.diagnostic());
      } catch (AwaitedFailure e) {
        // Reported where it failed.
      }
    }
    return outputs;
  }

  /// Names of the classes: those of the first result that has any.
  private static List<String> classes(List<Wire> outputs) {
    return outputs.stream()
        .map(wire -> wire.texts().isEmpty() ? wire.classes() : wire.texts())
        .filter(names -> !names.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private String name() {
    String base = fileName.substring(fileName.lastIndexOf('/') + 1);
    String stem = base.endsWith(".onnx") ? base.substring(0, base.length() - 5) : base;
    return stem.isBlank() ? "model" : stem;
  }
}
