package dev.mote.pipeline.plan;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.lower.KernelCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The buffers that lowered steps need, with lifetimes and permitted overlaps.
///
/// @param requests every buffer
/// @param permits pairs that may overlap
/// @param tensorBuffers tensor name → index of its buffer; constants have none
/// @param scratchBuffers step → index of its scratch buffer; steps without one are absent
public record Workload(
    List<BufferRequest> requests,
    List<OverlapPermit> permits,
    Map<String, Integer> tensorBuffers,
    Map<Integer, Integer> scratchBuffers) {

  private static final int SMALLEST_ALIGNMENT = 4;

  public Workload {
    requests = List.copyOf(requests);
    permits = List.copyOf(permits);
    tensorBuffers = Map.copyOf(tensorBuffers);
    scratchBuffers = Map.copyOf(scratchBuffers);
  }

  /// Lifetimes by first write and last read over `steps`; the caller's inputs live from before the
  /// first
  /// step, its outputs beyond the last, state always.
  public static Workload of(Graph graph, Storage storage, List<LoweredStep> steps) {
    Map<String, int[]> lifetimes = lifetimes(graph, storage, steps);
    List<BufferRequest> requests = new ArrayList<>();
    Map<String, Integer> owners = new HashMap<>();
    for (Tensor tensor : graph.tensors().values()) {
      int[] life = lifetimes.get(tensor.name());
      if (life != null) {
        owners.put(tensor.name(), requests.size());
        int bytes = Math.toIntExact(tensor.type().bytes());
        requests.add(
            new BufferRequest(
                tensor.name(), bytes, alignment(tensor.element()), life[0], life[1], false));
      }
    }
    Map<String, Integer> tensorBuffers = new HashMap<>();
    for (String tensor : graph.tensors().keySet()) {
      Integer buffer = owners.get(storage.owner(tensor));
      if (buffer != null) {
        tensorBuffers.put(tensor, buffer);
      }
    }
    Map<Integer, Integer> scratch = new HashMap<>();
    List<OverlapPermit> permits = new ArrayList<>();
    for (int step = 0; step < steps.size(); step++) {
      LoweredStep lowered = steps.get(step);
      int bytes = lowered.call().scratchBytes();
      if (bytes > 0) {
        scratch.put(step, requests.size());
        requests.add(
            new BufferRequest(
                lowered.node().name(), bytes, 2 * SMALLEST_ALIGNMENT, step, step, true));
      }
      addPermits(permits, graph, lowered, step, requests, tensorBuffers);
    }
    return new Workload(requests, permits, tensorBuffers, scratch);
  }

  private static int alignment(ElementType element) {
    return Math.max(SMALLEST_ALIGNMENT, element.bits() / 8);
  }

  private static Map<String, int[]> lifetimes(
      Graph graph, Storage storage, List<LoweredStep> steps) {
    Map<String, int[]> lifetimes = new HashMap<>();
    graph.inputs().forEach(input -> touch(lifetimes, storage.owner(input), -1));
    for (int step = 0; step < steps.size(); step++) {
      for (String input : steps.get(step).node().inputs()) {
        if (!graph.tensor(input).isConstant()) {
          touch(lifetimes, storage.owner(input), step);
        }
      }
      for (String output : steps.get(step).node().outputs()) {
        touch(lifetimes, storage.owner(output), step);
      }
    }
    for (String output : graph.outputs()) {
      if (!graph.tensor(output).isConstant()) {
        touch(lifetimes, storage.owner(output), steps.size());
      }
    }
    for (String variable : graph.variables()) {
      touch(lifetimes, variable, -1);
      touch(lifetimes, variable, steps.size());
    }
    return lifetimes;
  }

  private static void touch(Map<String, int[]> lifetimes, String tensor, int step) {
    int[] life = lifetimes.computeIfAbsent(tensor, _ -> new int[] {step, step});
    life[0] = Math.min(life[0], step);
    life[1] = Math.max(life[1], step);
  }

  private static void addPermits(
      List<OverlapPermit> permits,
      Graph graph,
      LoweredStep lowered,
      int step,
      List<BufferRequest> requests,
      Map<String, Integer> buffers) {
    for (KernelCall.Overlap overlap : lowered.call().overlaps()) {
      String input = lowered.node().input(overlap.input());
      Integer read = buffers.get(input);
      Integer written = buffers.get(lowered.node().output());
      if (read == null || written == null || graph.isVariable(input)) {
        continue;
      }
      boolean dies = requests.get(read).last() == step;
      if (dies && readOnlyWherePermitted(lowered, read, buffers)) {
        permits.add(new OverlapPermit(written, read, overlap.distance(), overlap.exact()));
      }
    }
  }

  /// A buffer that the step reads through several inputs may be overwritten only if all of them
  /// allow it.
  private static boolean readOnlyWherePermitted(
      LoweredStep lowered, int buffer, Map<String, Integer> buffers) {
    List<String> inputs = lowered.node().inputs();
    for (int i = 0; i < inputs.size(); i++) {
      int index = i;
      Integer other = buffers.get(inputs.get(i));
      if (other != null
          && other == buffer
          && lowered.call().overlaps().stream().noneMatch(o -> o.input() == index)) {
        return false;
      }
    }
    return true;
  }
}
