package dev.mote.pipeline;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.pipeline.plan.ArenaPlanner;
import dev.mote.pipeline.plan.LoweredStep;
import dev.mote.pipeline.plan.Storage;
import dev.mote.pipeline.plan.Workload;
import dev.mote.plugin.Compiler.Optimize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Keeps weights that are unpacked as the model runs from costing RAM: the arena grows by no more
/// than
/// the weights of one output channel, the largest of the model.
final class PackingLimit {

  private PackingLimit() {}

  /// `chosen`, with weights as they are where unpacking them would need more arena than allowed:
  /// the
  /// layers that need most memory first, until the rest is within the limit.
  ///
  /// @param candidates for each node all kernels
  static List<Candidate> apply(
      Graph graph,
      Storage storage,
      List<Node> nodes,
      List<List<Candidate>> candidates,
      List<Candidate> chosen) {
    if (chosen.stream().noneMatch(PackingLimit::isPacked)) {
      return chosen;
    }
    List<Candidate> fast = KernelChoice.preferring(Optimize.SPEED).among(candidates);
    long limit = arenaBytes(graph, storage, nodes, fast) + largestRow(graph, nodes, chosen);
    List<Candidate> result = new ArrayList<>(chosen);
    List<Integer> packed =
        IntStream.range(0, nodes.size())
            .boxed()
            .filter(i -> isPacked(chosen.get(i)))
            .sorted(Comparator.comparingLong(i -> -chosen.get(i).cost().memoryBytes()))
            .toList();
    for (int i : packed) {
      if (arenaBytes(graph, storage, nodes, result) <= limit) {
        break;
      }
      result.set(i, fast.get(i));
    }
    return List.copyOf(result);
  }

  private static boolean isPacked(Candidate candidate) {
    return candidate.call().kernel().contains("packed");
  }

  /// Bytes of the weights of an output channel, unpacked.
  private static long largestRow(Graph graph, List<Node> nodes, List<Candidate> chosen) {
    return IntStream.range(0, nodes.size())
        .filter(i -> isPacked(chosen.get(i)))
        .mapToLong(
            i -> {
              Tensor weights = graph.input(nodes.get(i), 1);
              return weights.shape().count()
                  / Math.max(1, graph.output(nodes.get(i)).shape().last());
            })
        .max()
        .orElse(0);
  }

  private static long arenaBytes(
      Graph graph, Storage storage, List<Node> nodes, List<Candidate> chosen) {
    List<LoweredStep> steps = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      steps.add(new LoweredStep.Layer(nodes.get(i), chosen.get(i).call(), chosen.get(i).cost()));
    }
    Workload workload = Workload.of(graph, storage, steps);
    return ArenaPlanner.plan(workload.requests(), workload.permits()).arenaBytes();
  }
}
