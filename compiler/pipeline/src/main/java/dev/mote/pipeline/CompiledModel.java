package dev.mote.pipeline;

import dev.mote.ir.Graph;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.lower.StoredWeights;
import dev.mote.pipeline.plan.Workload;
import dev.mote.plugin.Compiler;
import dev.mote.plugin.Target;
import java.util.List;
import java.util.Optional;

/// A model as self-contained C sources, with what a caller must know to run and to check it.
///
/// @param symbol prefix of every C name, a lower-case C identifier
/// @param target the chip that it was compiled for
/// @param optimize what was preferred
/// @param header contents of `<symbol>.h`
/// @param source contents of `<symbol>.c`
/// @param graph the graph after all passes, which the layers compute
/// @param arenaBytes size of the caller's arena
/// @param firstBytes bytes of it in the first memory: offsets from there on are in a second one,
/// whose
///     address the model's functions take as well; the whole arena when it is in one memory
/// @param arenaAlignment required alignment of the arena in bytes
/// @param inputs the input tensors, in the model's order
/// @param outputs the output tensors, in the model's order
/// @param layers what `invoke` executes, in order
/// @param weightBytes bytes of the model's own constants as emitted
/// @param tableBytes bytes of other constant tables as emitted (multipliers, look-up tables)
/// @param estimatedCodeBytes code by the cost table of the instruction set; 0 where there is none
/// @param lowerBoundBytes peak of live activations in this order, nothing in place
/// @param planBoundBytes no plan of these buffers with their overlaps can be smaller; an arena of
/// this
///     size is proven optimal
/// @param macs multiply-accumulate operations of one inference
/// @param buffers where and when every arena buffer lives
/// @param permits which of them may share bytes although both live
/// @param streamed the input that is not in the arena, because the application hands in its rows
/// one
///     by one; its port has offset -1
/// @param external constants that lie in a second flash, because the first has no room for them
public record CompiledModel(
    String symbol,
    Target target,
    Compiler.Optimize optimize,
    String header,
    String source,
    Graph graph,
    int arenaBytes,
    int firstBytes,
    int arenaAlignment,
    List<Port> inputs,
    List<Port> outputs,
    List<Layer> layers,
    long weightBytes,
    long tableBytes,
    long estimatedCodeBytes,
    long lowerBoundBytes,
    long planBoundBytes,
    long macs,
    List<Buffer> buffers,
    List<Permit> permits,
    Optional<String> streamed,
    List<External> external) {

  public CompiledModel {
    external = List.copyOf(external);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    layers = List.copyOf(layers);
    buffers = List.copyOf(buffers);
    permits = List.copyOf(permits);
  }

  /// A constant in a second flash.
  ///
  /// @param layer name of the node that reads it
  /// @param bytes its size
  /// @param memory the flash
  /// @param readsPerByte estimated loads of each byte in one inference
  public record External(String layer, long bytes, String memory, double readsPerByte) {}

  /// Bytes of the constants in a second flash.
  public long externalBytes() {
    return external.stream().mapToLong(External::bytes).sum();
  }

  /// How the integer weights of all layers are stored.
  public List<StoredWeights> storedWeights() {
    return layers.stream().flatMap(layer -> layer.weights().stream()).toList();
  }

  /// Whether the arena goes on in a second memory.
  public boolean hasTwoMemories() {
    return firstBytes < arenaBytes;
  }

  /// The second memory's name on the target; empty where one memory is enough.
  public Optional<String> secondMemory() {
    return TwoMemories.second(target, this);
  }

  /// Bytes of the input that is not in the arena; 0 when all are.
  public long streamedBytes() {
    return streamed.map(name -> graph.tensor(name).type().bytes()).orElse(0L);
  }

  /// Flash that it takes: all constants, and its code as estimated.
  public long flashBytes() {
    return weightBytes + tableBytes + estimatedCodeBytes;
  }

  /// Cycles of one inference by the cost tables, at the target's highest clock; 0 when not known.
  public long estimatedCycles() {
    return layers.stream().mapToLong(Layer::estimatedCycles).sum();
  }

  /// A tensor at a fixed place of the arena.
  ///
  /// @param tensor name in [CompiledModel#graph]
  /// @param type element type, shape and quantization
  /// @param offset bytes from the start of the arena
  public record Port(String tensor, TensorType type, int offset) {}

  /// One executed step; its index is the one that the observer callback gets.
  ///
  /// @param index position in execution order, from 0
  /// @param name the node's name
  /// @param op operator as reports print it
  /// @param kernel name of the C kernel that was chosen
  /// @param macs multiply-accumulate operations
  /// @param estimatedCycles cycles by the cost table of the instruction set, at the target's
  /// highest
  ///     clock; 0 where there is no table
  /// @param nodes names of the nodes that it computes: several when they run row by row
  /// @param patches into how many the layers are cut that run row by row; 1 for none, 0 for a layer
  ///     that runs as a whole
  /// @param recomputedMacs multiply-accumulates that patches do again, in columns that two need
  /// @param weights how the integer weights of its nodes are stored
  /// @param outputs tensors that are complete after this step, valid in the arena until overwritten
  public record Layer(
      int index,
      String name,
      String op,
      String kernel,
      long macs,
      long estimatedCycles,
      List<String> nodes,
      int patches,
      long recomputedMacs,
      List<StoredWeights> weights,
      List<Port> outputs) {
    public Layer {
      weights = List.copyOf(weights);
      nodes = List.copyOf(nodes);
      outputs = List.copyOf(outputs);
    }
  }

  /// A range of the arena and the time during which it must keep its contents.
  ///
  /// Moments are finer than layers: layers that run row by row as one have a moment for each node.
  ///
  /// @param name tensor's name, or what the memory is for
  /// @param scratch whether it is memory of a layer's own: scratch memory, rows, counters
  /// @param offset bytes from the start of the arena
  /// @param bytes size
  /// @param firstLayer first layer that writes it; -1 when the caller does
  /// @param lastLayer last layer that reads it; the number of layers when the caller does
  /// @param firstMoment first moment at which it is written; -1 when the caller writes it
  /// @param lastMoment last moment at which it is read
  public record Buffer(
      String name,
      boolean scratch,
      int offset,
      int bytes,
      int firstLayer,
      int lastLayer,
      int firstMoment,
      int lastMoment) {

    /// How the names of buffers end that hold some rows of a tensor.
    public static final String ROWS = Workload.ROWS;
  }

  /// Two buffers that may share bytes while both live: legal when `offset(written) + distance <=
  /// offset(read)`, or, if exact, when both offsets are equal.
  ///
  /// @param written index in [#buffers] of the one that is written
  /// @param read index of the one that is used up meanwhile
  /// @param distance bytes; ≥ 0
  /// @param exact whether only equal offsets are legal
  public record Permit(int written, int read, int distance, boolean exact) {}
}
