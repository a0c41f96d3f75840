package dev.mote.optimizer.compress;

import dev.mote.ir.Activation;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import dev.mote.optimizer.data.SampleSet;
import dev.mote.pipeline.compress.ChannelElimination;
import dev.mote.pipeline.compress.ChannelPruning;
import dev.mote.pipeline.compress.CompressionCodes;
import dev.mote.pipeline.compress.LayerMoments;
import dev.mote.pipeline.compress.Reconstruction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Removes channels of a float model without training: which ones follows from what their readers
/// would lose on given data ([ChannelElimination]), and the layers that are left are fitted, first
/// to last, to what the original's computed ([Reconstruction]). Each is fitted on what the layers
/// before it give after they have been fitted, so that errors do not add up.
///
/// @param pruning how many channels go; its importance is not used
/// @param reconstruction how layers are fitted
public record ReconstructedPruning(ChannelPruning pruning, Reconstruction reconstruction) {

  /// Memory for the activations of all samples at one layer.
  private static final long MAX_BYTES = 256L << 20;

  public static ReconstructedPruning of(ChannelPruning pruning) {
    return new ReconstructedPruning(pruning, Reconstruction.STANDARD);
  }

  /// The smaller graph.
  ///
  /// @param samples some hundreds that are typical; labels are not needed
  /// @throws DiagnosticException when the model is not of floats, or the samples do not fit it
  public Graph apply(Graph graph, SampleSet samples) {
    requireFloats(graph);
    SampleSet some = samples.first(affordable(graph));
    ChannelElimination importance = new ChannelElimination(ActivationMoments.of(graph, some));
    return fit(graph, pruning.by(importance).prune(graph), some);
  }

  /// `pruned` with its layers fitted to those of `graph`.
  Graph fit(Graph graph, ChannelPruning.Pruned pruned, SampleSet samples) {
    Graph result = pruned.graph();
    SampleValues wanted = new SampleValues(graph, samples);
    SampleValues present = new SampleValues(graph, samples);
    Set<String> changed = new HashSet<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node original = graph.nodes().get(i);
      Node node = result.nodes().get(i);
      boolean differs =
          original.inputs().stream().anyMatch(changed::contains)
              || (isLayer(original) && pruned.kept().containsKey(original.input(0)));
      if (differs) {
        changed.addAll(original.outputs());
      }
      List<byte[]> sums = wanted.execute(graph, withoutActivation(original));
      Optional<LayerMoments> moments = differs ? LayerMoments.of(result, node) : Optional.empty();
      if (moments.isPresent()) {
        List<Integer> kept = pruned.kept().getOrDefault(original.output(), List.of());
        int channels = graph.output(original).shape().last();
        for (int sample = 0; sample < present.samples(); sample++) {
          LayerMoments m = moments.get();
          m.add(
              present.of(node.input(0), sample),
              chosen(sums.get(sample), channels, kept),
              sample,
              ActivationMoments.step(m, present.samples()));
        }
        result = reconstruction.apply(result, node, moments.get());
      }
      wanted.put(original, activated(sums, activation(original.op())));
      present.put(node, present.execute(result, result.nodes().get(i)));
      List<Node> later = graph.nodes().subList(i + 1, graph.nodes().size());
      if (later.stream().noneMatch(ReconstructedPruning::isLayer)) {
        break;
      }
      wanted.retain(later);
      present.retain(later);
    }
    return result;
  }

  private static void requireFloats(Graph graph) {
    boolean fits =
        graph.variables().isEmpty()
            && graph.nodes().stream()
                .flatMap(node -> node.outputs().stream())
                .allMatch(name -> graph.tensor(name).element() == ElementType.FLOAT32);
    if (!fits) {
      throw new DiagnosticException(
          Diagnostic.user(
              CompressionCodes.STATISTICS,
              graph.name(),
              "layers are fitted to data in float models without state only",
              "prune the float model and quantize it afterwards, or leave out the data."));
    }
  }

  /// For how many samples the activations at one place of the graph fit into memory.
  private static int affordable(Graph graph) {
    long largest =
        graph.tensors().values().stream()
            .filter(tensor -> !tensor.isConstant())
            .mapToLong(tensor -> tensor.type().bytes())
            .max()
            .orElse(1);
    return (int) Math.clamp(MAX_BYTES / Math.max(1, largest), 16, 4096);
  }

  private static boolean isLayer(Node node) {
    return node.op() instanceof Op.Conv2d
        || node.op() instanceof Op.FullyConnected
        || node.op() instanceof Op.DepthwiseConv2d;
  }

  private static Activation activation(Op op) {
    return switch (op) {
      case Op.Conv2d c -> c.activation();
      case Op.DepthwiseConv2d d -> d.activation();
      case Op.FullyConnected f -> f.activation();
      default -> Activation.NONE;
    };
  }

  private static Node withoutActivation(Node node) {
    Op op =
        switch (node.op()) {
          case Op.Conv2d c -> new Op.Conv2d(c.window(), c.groups(), Activation.NONE);
          case Op.DepthwiseConv2d d ->
              new Op.DepthwiseConv2d(d.window(), d.multiplier(), Activation.NONE);
          case Op.FullyConnected _ -> new Op.FullyConnected(Activation.NONE);
          default -> node.op();
        };
    return new Node(node.name(), op, node.inputs(), node.outputs());
  }

  private static List<byte[]> activated(List<byte[]> sums, Activation activation) {
    if (activation == Activation.NONE) {
      return sums;
    }
    List<byte[]> results = new ArrayList<>();
    for (byte[] sum : sums) {
      ByteBuffer result = ByteBuffer.wrap(sum.clone()).order(ByteOrder.LITTLE_ENDIAN);
      for (int at = 0; at < sum.length; at += Float.BYTES) {
        float value = result.getFloat(at);
        result.putFloat(at, Math.max(activation.lower(), Math.min(activation.upper(), value)));
      }
      results.add(result.array());
    }
    return results;
  }

  /// The channels `kept` of rows of `channels` floats; all when none are listed.
  private static float[] chosen(byte[] bytes, int channels, List<Integer> kept) {
    ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int rows = bytes.length / Float.BYTES / channels;
    int width = kept.isEmpty() ? channels : kept.size();
    float[] chosen = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        int channel = kept.isEmpty() ? i : kept.get(i);
        chosen[row * width + i] = all.getFloat(Float.BYTES * (row * channels + channel));
      }
    }
    return chosen;
  }
}
