package dev.mote.optimizer.sensitivity;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.ir.Tensor;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.optimizer.fidelity.Divergence;
import dev.mote.optimizer.fidelity.Fidelity;
import dev.mote.optimizer.fidelity.Task;
import dev.mote.optimizer.run.Predictions;
import dev.mote.pipeline.quantize.Calibration;
import dev.mote.pipeline.quantize.LayerFormat;
import dev.mote.pipeline.quantize.QuantizationScheme;
import dev.mote.pipeline.quantize.Quantized;
import dev.mote.pipeline.quantize.Quantizer;
import dev.mote.pipeline.quantize.WeightRounding;
import dev.mote.pipeline.quantize.WeightScales;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// What a model loses when only one of its layers is quantized.
///
/// @param reference the float model by itself: its accuracy where there are labels
/// @param rows each layer in each format, layers in order of execution
/// @param kept layers that have no integer form, and why
public record Sensitivity(Fidelity reference, List<Row> rows, List<String> kept) {

  /// Most numbers of layers' outputs that are kept to compare.
  private static final long MAX_NUMBERS = 32L << 20;

  public Sensitivity {
    rows = List.copyOf(rows);
    kept = List.copyOf(kept);
  }

  /// One layer in one format.
  ///
  /// @param layer its first output, by which a [QuantizationScheme] calls it
  /// @param operator the operator's label
  /// @param parameters number of its weights
  /// @param format its format; all other layers are float
  /// @param signalToNoise of the layer's own output, in decibels
  /// @param fidelity of the model's outputs
  public record Row(
      String layer,
      String operator,
      long parameters,
      LayerFormat format,
      double signalToNoise,
      Fidelity fidelity) {}

  /// Number of models that [#measure] compiles and runs.
  public static int runs(Graph prepared, List<LayerFormat> formats) {
    return layers(prepared).size() * formats.size() + 1;
  }

  /// Quantizes each layer with weights by itself and measures.
  ///
  /// @param prepared what [Quantizer#prepare] gives
  /// @param calibration the ranges of its tensors
  /// @param formats which formats are tried
  /// @param progress is told each layer when it is done
  /// @throws dev.mote.ir.DiagnosticException MOTE-2204 when no layer has float weights
  public static Sensitivity measure(
      Graph prepared,
      Calibration calibration,
      SampleSet samples,
      List<LayerFormat> formats,
      Consumer<String> progress) {
    List<Node> layers = layers(prepared);
    List<String> names = layers.stream().map(Node::output).toList();
    if (layers.isEmpty()) {
      // Says why there is nothing to do.
      Quantizer.convert(
          prepared,
          calibration,
          QuantizationScheme.INT8,
          WeightScales.MIN_MAX,
          WeightRounding.NEAREST);
      throw Problems.noWeights(prepared);
    }
    Predictions reference = Predictions.of(prepared, samples);
    SampleSet few = samples.first(layerSamples(prepared, names, samples.size()));
    Predictions inside = Predictions.of(open(prepared, names), few);
    progress.accept("float");
    Task task = Task.of(prepared, samples);
    List<Row> rows = new ArrayList<>();
    Set<String> kept = new LinkedHashSet<>();
    for (Node layer : layers) {
      for (LayerFormat format : formats) {
        Quantized quantized = quantize(prepared, calibration, layer.output(), format);
        quantized.kept().forEach(k -> kept.add(k.layer() + ": " + k.reason()));
        if (quantized.kept().isEmpty()) {
          Predictions candidate =
              Predictions.of(open(quantized.graph(), List.of(layer.output())), samples);
          rows.add(
              new Row(
                  layer.output(),
                  layer.op().label(),
                  parameters(prepared, layer),
                  format,
                  own(inside, candidate, layer.output(), few.size()),
                  Fidelity.compare(reference, candidate, samples, task)));
        }
        progress.accept(layer.output());
      }
    }
    return new Sensitivity(
        Fidelity.compare(reference, reference, samples, task), rows, List.copyOf(kept));
  }

  private static Quantized quantize(
      Graph prepared, Calibration calibration, String layer, LayerFormat format) {
    QuantizationScheme scheme =
        QuantizationScheme.of(LayerFormat.FLOAT32).with(layer, format).withIntegerBorder(false);
    return Quantizer.convert(
        prepared, calibration, scheme, WeightScales.MIN_MAX, WeightRounding.NEAREST);
  }

  /// Layers that have weights of their own.
  private static List<Node> layers(Graph prepared) {
    List<String> names = Quantizer.layers(prepared);
    return prepared.nodes().stream()
        .filter(node -> isWeighted(node.op()))
        .filter(node -> names.contains(node.output()) && parameters(prepared, node) > 0)
        .toList();
  }

  private static boolean isWeighted(Op op) {
    return op instanceof Op.Conv2d
        || op instanceof Op.DepthwiseConv2d
        || op instanceof Op.TransposeConv2d
        || op instanceof Op.FullyConnected
        || op instanceof Op.BatchMatMul
        || op instanceof Op.Lstm
        || op instanceof Op.Svdf;
  }

  private static long parameters(Graph graph, Node node) {
    return node.inputs().stream()
        .filter(name -> !name.isEmpty())
        .map(graph::tensor)
        .filter(Tensor::isConstant)
        .mapToLong(tensor -> tensor.shape().count())
        .sum();
  }

  /// The graph with more outputs behind its own.
  private static Graph open(Graph graph, List<String> names) {
    Set<String> outputs = new LinkedHashSet<>(graph.outputs());
    outputs.addAll(names);
    return graph.withBorder(graph.inputs(), List.copyOf(outputs));
  }

  private static int layerSamples(Graph graph, List<String> names, int samples) {
    long numbers = names.stream().mapToLong(name -> graph.tensor(name).shape().count()).sum();
    return Math.clamp(MAX_NUMBERS / Math.max(1, numbers), 1, samples);
  }

  private static double own(Predictions inside, Predictions candidate, String layer, int samples) {
    int wanted = inside.graph().outputs().indexOf(layer);
    int found = candidate.graph().outputs().indexOf(layer);
    return Divergence.of(
            samples,
            sample -> List.of(inside.output(sample, wanted)),
            sample -> List.of(candidate.output(sample, found)))
        .signalToNoise();
  }
}
