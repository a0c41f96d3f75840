package dev.mote.pipeline.emit;

import dev.mote.ir.Blob;
import dev.mote.pipeline.plan.LoweredStep;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything that the emitter turns into C.
///
/// @param symbol prefix of every name
/// @param origin one line about the source of the model, for the header comment
/// @param steps the kernel calls in order
/// @param graph the graph after all passes
/// @param tensorOffsets tensor name → offset in the arena; constants have none
/// @param workOffsets for each step the offsets of its own memory, by the keys of [Workload]
/// @param arenaBytes size of the arena
/// @param firstBytes bytes of the first memory: offsets from there on are in a second one; the
/// whole
///     arena when there is one memory
/// @param arenaAlignment alignment of the arena
/// @param inputs the caller's inputs
/// @param outputs the caller's outputs
/// @param shared whether a kernel that many layers call is emitted as one function, instead of
///     specialised for each
/// @param external contents of the constants that lie in a second flash
public record Layout(
    String symbol,
    String origin,
    dev.mote.ir.Graph graph,
    List<LoweredStep> steps,
    Map<String, Integer> tensorOffsets,
    List<Map<String, Integer>> workOffsets,
    int arenaBytes,
    int firstBytes,
    int arenaAlignment,
    List<Border> inputs,
    List<Border> outputs,
    boolean shared,
    Set<Blob> external) {

  boolean hasTwoMemories() {
    return firstBytes < arenaBytes;
  }

  /// C text of the address at `offset`, in a function with `arena` and, where there are two
  /// memories,
  /// `bank`.
  String address(int offset, String type) {
    return offset >= firstBytes && hasTwoMemories()
        ? "(%s)(bank + %d)".formatted(type, offset - firstBytes)
        : "(%s)(arena + %d)".formatted(type, offset);
  }

  /// The input whose rows the application hands in.
  Optional<String> streamed() {
    return steps.stream().flatMap(step -> step.streamed().stream()).findFirst();
  }

  public Layout {
    steps = List.copyOf(steps);
    tensorOffsets = Map.copyOf(tensorOffsets);
    workOffsets = List.copyOf(workOffsets);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    external = Set.copyOf(external);
  }
}
