package dev.mote.pipeline;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelChoice;
import dev.mote.pipeline.lower.KernelChoice.Candidate;
import dev.mote.pipeline.lower.PackedLayers;
import dev.mote.pipeline.plan.ArenaPlanner;
import dev.mote.pipeline.plan.LoweredStep;
import dev.mote.pipeline.plan.Storage;
import dev.mote.pipeline.plan.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Keeps weights that are unpacked as the model runs from costing RAM: the arena grows by no more
/// than the weights of one output channel, the largest of the model. Layers that would need more
/// keep their weights as they are, as few as the greedy search below finds.
///
/// @param graph as it is executed
/// @param storage of its tensors
/// @param nodes that kernels compute, in order
record PackingLimit(Graph graph, Storage storage, List<Node> nodes) {

  /// What `choice` takes among `candidates`, of each node, within the limit unless it may exceed
  /// that.
  List<Candidate> choose(KernelChoice choice, List<List<Candidate>> candidates) {
    List<Candidate> chosen = choice.among(candidates);
    List<Integer> packed =
        IntStream.range(0, chosen.size())
            .boxed()
            .filter(i -> isPacked(chosen.get(i)))
            .sorted(Comparator.comparingLong(i -> -chosen.get(i).cost().memoryBytes()))
            .toList();
    if (packed.isEmpty() || choice.mayGrowArena()) {
      return chosen;
    }
    List<Candidate> plain =
        choice.among(candidates.stream().map(PackingLimit::withoutPacked).toList());
    long limit = arenaBytes(plain) + largestRow(packed);
    List<Candidate> result = new ArrayList<>(chosen);
    List<Integer> taken = new ArrayList<>();
    for (int i : packed) {
      if (arenaBytes(result) <= limit) {
        break;
      }
      result.set(i, plain.get(i));
      taken.add(i);
    }
    for (int i : taken.reversed()) {
      result.set(i, chosen.get(i));
      if (arenaBytes(result) > limit) {
        result.set(i, plain.get(i));
      }
    }
    return List.copyOf(result);
  }

  private static List<Candidate> withoutPacked(List<Candidate> candidates) {
    return candidates.stream().filter(candidate -> !isPacked(candidate)).toList();
  }

  private static boolean isPacked(Candidate candidate) {
    return PackedLayers.isPacked(candidate.call());
  }

  /// Bytes of the weights of an output channel, unpacked.
  private long largestRow(List<Integer> packed) {
    return packed.stream()
        .mapToLong(
            i -> {
              Tensor weights = graph.input(nodes.get(i), 1);
              return weights.shape().count()
                  / Math.max(1, graph.output(nodes.get(i)).shape().last());
            })
        .max()
        .orElse(0);
  }

  private long arenaBytes(List<Candidate> chosen) {
    List<LoweredStep> steps = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      steps.add(new LoweredStep.Layer(nodes.get(i), chosen.get(i).call(), chosen.get(i).cost()));
    }
    Workload workload = Workload.of(graph, storage, steps);
    return ArenaPlanner.plan(workload.requests(), workload.permits()).arenaBytes();
  }
}
