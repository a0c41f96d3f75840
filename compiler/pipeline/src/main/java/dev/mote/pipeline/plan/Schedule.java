package dev.mote.pipeline.plan;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Op;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds an order of execution with the smallest peak of live activations.
///
/// A best-first search over the sets of nodes that have been executed (the downsets of the graph),
/// smallest peak first, is exact: the first complete set that it takes from the queue has the
/// smallest peak of all orders. Graphs with more nodes or downsets than the budget keep the order
/// of the file. Source of the formulation: Liberis and Lane, "Neural networks on microcontrollers:
/// saving memory at inference via operator reordering", 2019.
public final class Schedule {

  private static final int STATE_BUDGET = 30_000;
  private static final int NODE_LIMIT = 512;

  private final Graph graph;
  private final Storage storage;
  private final List<Node> nodes;
  private final Map<String, Long> bytes = new HashMap<>();
  private final List<BitSet> predecessors = new ArrayList<>();
  private final Map<String, BitSet> readers = new HashMap<>();

  private Schedule(Graph graph) {
    this.graph = graph;
    this.storage = new Storage(graph);
    this.nodes = graph.nodes();
    index();
  }

  /// `graph` with its nodes in the best order found.
  public static Graph order(Graph graph) {
    boolean stateful = graph.nodes().stream().anyMatch(Schedule::hasEffect);
    return stateful || graph.nodes().size() > NODE_LIMIT ? graph : new Schedule(graph).search();
  }

  /// State is read and written in the order of the file.
  private static boolean hasEffect(Node node) {
    return node.op() instanceof Op.ReadVariable || node.op() instanceof Op.AssignVariable;
  }

  private void index() {
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        bytes.putIfAbsent(
            storage.owner(output), graph.tensor(storage.owner(output)).type().bytes());
      }
    }
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      BitSet before = new BitSet();
      for (String input : nodes.get(i).inputs()) {
        Integer producer = producers.get(input);
        if (producer != null) {
          before.set(producer);
        }
        if (!graph.tensor(input).isConstant()) {
          readers.computeIfAbsent(storage.owner(input), _ -> new BitSet()).set(i);
        }
      }
      predecessors.add(before);
      for (String output : nodes.get(i).outputs()) {
        producers.put(output, i);
      }
    }
    for (String input : graph.inputs()) {
      bytes.put(input, graph.tensor(input).type().bytes());
    }
  }

  private record State(BitSet done, long peak, long live, int node, @Nullable State before) {}

  private Graph search() {
    PriorityQueue<State> queue =
        new PriorityQueue<>(
            Comparator.comparingLong(State::peak)
                .thenComparingInt(s -> -s.done().cardinality())
                .thenComparingInt(State::node));
    Set<BitSet> seen = new HashSet<>();
    long inputs = graph.inputs().stream().mapToLong(name -> bytes.getOrDefault(name, 0L)).sum();
    State start = new State(new BitSet(), inputs, inputs, -1, null);
    queue.add(start);
    while (!queue.isEmpty() && seen.size() < STATE_BUDGET) {
      State state = queue.remove();
      if (state.done().cardinality() == nodes.size()) {
        return graph.withNodes(path(state));
      }
      if (!seen.add(state.done())) {
        continue;
      }
      for (int i = 0; i < nodes.size(); i++) {
        if (!state.done().get(i) && ready(i, state.done())) {
          State next = execute(state, i);
          if (!seen.contains(next.done())) {
            queue.add(next);
          }
        }
      }
    }
    return graph;
  }

  private boolean ready(int node, BitSet done) {
    BitSet missing = (BitSet) predecessors.get(node).clone();
    missing.andNot(done);
    return missing.isEmpty();
  }

  private State execute(State state, int index) {
    Node node = nodes.get(index);
    BitSet done = (BitSet) state.done().clone();
    done.set(index);
    long written = 0;
    for (String output : node.outputs()) {
      if (storage.owner(output).equals(output)) {
        written += bytes.getOrDefault(output, 0L);
      }
    }
    long during = state.live() + written;
    long freed = 0;
    Set<String> touched = new HashSet<>();
    node.inputs().forEach(input -> touched.add(storage.owner(input)));
    node.outputs().forEach(output -> touched.add(storage.owner(output)));
    for (String tensor : touched) {
      if (bytes.containsKey(tensor) && isDead(tensor, done)) {
        freed += bytes.get(tensor);
      }
    }
    return new State(done, Math.max(state.peak(), during), during - freed, index, state);
  }

  private boolean isDead(String tensor, BitSet done) {
    BitSet waiting = (BitSet) readers.getOrDefault(tensor, new BitSet()).clone();
    waiting.andNot(done);
    return waiting.isEmpty()
        && graph.outputs().stream().noneMatch(output -> storage.owner(output).equals(tensor));
  }

  private List<Node> path(State last) {
    List<Node> order = new ArrayList<>();
    for (State state = last; state != null && state.node() >= 0; state = state.before()) {
      order.add(nodes.get(state.node()));
    }
    return order.reversed();
  }
}
