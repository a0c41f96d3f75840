package dev.mote.pipeline.plan;

import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.cascade.Cascade.Home;
import dev.mote.pipeline.lower.KernelCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The buffers that lowered steps need, with lifetimes and permitted overlaps.
///
/// Lifetimes are in moments: a layer is one, a chain of nodes that run row by row has one for each
/// node, because rows that are used up at once and scratch memory share bytes within the chain.
///
/// @param requests every buffer
/// @param permits pairs that may overlap
/// @param tensorBuffers tensor name → index of its buffer; constants have none
/// @param workBuffers for each step the indices of its own memory, by the keys below
/// @param moments first moment of each step, and behind the last the number of moments
public record Workload(
    List<BufferRequest> requests,
    List<OverlapPermit> permits,
    Map<String, Integer> tensorBuffers,
    List<Map<String, Integer>> workBuffers,
    List<Integer> moments) {

  private static final int SMALLEST_ALIGNMENT = 4;

  public Workload {
    requests = List.copyOf(requests);
    permits = List.copyOf(permits);
    tensorBuffers = Map.copyOf(tensorBuffers);
    workBuffers = List.copyOf(workBuffers);
    moments = List.copyOf(moments);
  }

  /// Key in [#workBuffers] of the scratch memory of node number `index` of a step.
  public static String scratch(int index) {
    return "scratch " + index;
  }

  /// Key in [#workBuffers] of the rows of line number `index` of a chain.
  public static String rows(int index) {
    return "rows " + index;
  }

  /// How the names of buffers end that hold some rows of a tensor.
  public static final String ROWS = " (rows)";

  /// Key in [#workBuffers] of the counters of a chain.
  public static final String STATE = "state";

  /// The step that `moment` belongs to; -1 before the first, the number of steps after the last.
  public int step(int moment) {
    int step = -1;
    while (step + 1 < moments.size() && moments.get(step + 1) <= moment) {
      step++;
    }
    return step;
  }

  /// Lifetimes by first write and last read over `steps`; the caller's inputs live from before the
  /// first step, its outputs beyond the last, state always.
  public static Workload of(Graph graph, Storage storage, List<LoweredStep> steps) {
    List<Integer> moments = new ArrayList<>(List.of(0));
    steps.forEach(step -> moments.add(moments.getLast() + step.nodes().size()));
    Map<String, int[]> lifetimes = lifetimes(graph, storage, steps, moments);
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
    List<Map<String, Integer>> work = new ArrayList<>();
    List<OverlapPermit> permits = new ArrayList<>();
    for (int step = 0; step < steps.size(); step++) {
      int moment = moments.get(step);
      switch (steps.get(step)) {
        case LoweredStep.Layer layer -> {
          work.add(scratch(layer, moment, requests));
          addPermits(permits, graph, layer, moment, requests, tensorBuffers);
        }
        case LoweredStep.Rows rows -> {
          work.add(memory(rows.cascade(), moment, requests));
          addPermits(permits, rows.cascade(), moment, requests, tensorBuffers);
        }
      }
    }
    return new Workload(requests, permits, tensorBuffers, work, moments);
  }

  private static Map<String, Integer> scratch(
      LoweredStep.Layer layer, int moment, List<BufferRequest> requests) {
    int bytes = layer.call().scratchBytes();
    return bytes == 0
        ? Map.of()
        : Map.of(scratch(0), request(requests, layer.node().name(), bytes, moment, moment));
  }

  /// Rows, counters and scratch memory of a chain that begins at `moment`.
  private static Map<String, Integer> memory(
      Cascade cascade, int moment, List<BufferRequest> requests) {
    Map<String, Integer> memory = new HashMap<>();
    int last = moment + cascade.stages().size() - 1;
    String name = cascade.nodes().getFirst().name();
    memory.put(STATE, request(requests, name + " (counters)", cascade.stateBytes(), moment, last));
    for (int i = 0; i < cascade.lines().size(); i++) {
      Cascade.Lines line = cascade.lines().get(i);
      if (line.home() != Home.TENSOR) {
        boolean passing = line.home() == Home.PASSING;
        int from = passing ? moment + line.producer() : moment;
        int to = passing ? moment + line.lastReader() : last;
        memory.put(rows(i), request(requests, line.tensor() + ROWS, line.bytes(), from, to));
      }
    }
    for (int i = 0; i < cascade.stages().size(); i++) {
      Cascade.Stage stage = cascade.stages().get(i);
      int bytes = stage.call().scratchBytes();
      if (bytes > 0) {
        int from = stage.collects() ? moment : moment + i;
        int to = stage.collects() ? last : moment + i;
        memory.put(scratch(i), request(requests, stage.node().name(), bytes, from, to));
      }
    }
    return memory;
  }

  private static int request(
      List<BufferRequest> requests, String name, int bytes, int first, int last) {
    requests.add(new BufferRequest(name, bytes, 2 * SMALLEST_ALIGNMENT, first, last, true));
    return requests.size() - 1;
  }

  private static int alignment(ElementType element) {
    return Math.max(SMALLEST_ALIGNMENT, element.bits() / 8);
  }

  private static Map<String, int[]> lifetimes(
      Graph graph, Storage storage, List<LoweredStep> steps, List<Integer> moments) {
    Map<String, int[]> lifetimes = new HashMap<>();
    Set<String> streamed =
        steps.stream().flatMap(step -> step.streamed().stream()).collect(Collectors.toSet());
    graph.inputs().stream()
        .filter(input -> !streamed.contains(input))
        .forEach(input -> touch(lifetimes, storage.owner(input), -1));
    for (int step = 0; step < steps.size(); step++) {
      int first = moments.get(step);
      int last = moments.get(step + 1) - 1;
      for (String input : steps.get(step).inputs()) {
        if (!graph.tensor(input).isConstant()) {
          touch(lifetimes, storage.owner(input), first);
          touch(lifetimes, storage.owner(input), last);
        }
      }
      for (String output : steps.get(step).outputs()) {
        touch(lifetimes, storage.owner(output), first);
        touch(lifetimes, storage.owner(output), last);
      }
    }
    for (String output : graph.outputs()) {
      if (!graph.tensor(output).isConstant()) {
        touch(lifetimes, storage.owner(output), moments.getLast());
      }
    }
    for (String variable : graph.variables()) {
      touch(lifetimes, variable, -1);
      touch(lifetimes, variable, moments.getLast());
    }
    return lifetimes;
  }

  private static void touch(Map<String, int[]> lifetimes, String tensor, int moment) {
    int[] life = lifetimes.computeIfAbsent(tensor, _ -> new int[] {moment, moment});
    life[0] = Math.min(life[0], moment);
    life[1] = Math.max(life[1], moment);
  }

  private static void addPermits(
      List<OverlapPermit> permits,
      Graph graph,
      LoweredStep.Layer layer,
      int moment,
      List<BufferRequest> requests,
      Map<String, Integer> buffers) {
    for (KernelCall.Overlap overlap : layer.call().overlaps()) {
      String input = layer.node().input(overlap.input());
      Integer read = buffers.get(input);
      Integer written = buffers.get(layer.node().output());
      if (read == null || written == null || graph.isVariable(input)) {
        continue;
      }
      boolean dies = requests.get(read).last() == moment;
      if (dies && readOnlyWherePermitted(layer, read, buffers)) {
        permits.add(new OverlapPermit(written, read, overlap.distance(), overlap.exact()));
      }
    }
  }

  private static void addPermits(
      List<OverlapPermit> permits,
      Cascade cascade,
      int moment,
      List<BufferRequest> requests,
      Map<String, Integer> buffers) {
    int last = moment + cascade.stages().size() - 1;
    for (Cascade.Overlap overlap : cascade.overlaps()) {
      Integer read = buffers.get(overlap.read());
      Integer written = buffers.get(overlap.written());
      if (read != null && written != null && requests.get(read).last() == last) {
        long aliases =
            cascade.inputs().stream().filter(name -> read.equals(buffers.get(name))).count();
        if (aliases == 1) {
          permits.add(new OverlapPermit(written, read, overlap.distance(), false));
        }
      }
    }
  }

  /// A buffer that the step reads through several inputs may be overwritten only if all of them
  /// allow it.
  private static boolean readOnlyWherePermitted(
      LoweredStep.Layer layer, int buffer, Map<String, Integer> buffers) {
    List<String> inputs = layer.node().inputs();
    for (int i = 0; i < inputs.size(); i++) {
      int index = i;
      Integer other = buffers.get(inputs.get(i));
      if (other != null
          && other == buffer
          && layer.call().overlaps().stream().noneMatch(o -> o.input() == index)) {
        return false;
      }
    }
    return true;
  }
}
