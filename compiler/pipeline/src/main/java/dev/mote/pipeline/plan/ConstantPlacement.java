package dev.mote.pipeline.plan;

import dev.mote.ir.Blob;
import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Tensor;
import dev.mote.pipeline.cascade.Cascade;
import dev.mote.pipeline.lower.KernelCall;
import dev.mote.pipeline.lower.KernelCall.Argument;
import dev.mote.pipeline.lower.KernelCost;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which constants lie in a target's second flash, because its first one has no room for them.
///
/// Code stays in the first flash. Of the constants those that are read most often for each of their
/// bytes are kept there too, as many as fit; the others go to the second, slower one.
///
/// @param constants those in the second flash
/// @param memory the second flash; empty when nothing lies in it
public record ConstantPlacement(List<Constant> constants, Optional<Memory> memory) {

  /// A constant outside of the first flash.
  ///
  /// @param layer name of the first node that reads it
  /// @param data its bytes
  /// @param readsPerByte estimated loads of each byte in one inference
  public record Constant(String layer, Blob data, double readsPerByte) {}

  private static final class Use {
    private final String layer;
    private double loadedBytes;

    Use(String layer) {
      this.layer = layer;
    }
  }

  public ConstantPlacement {
    constants = List.copyOf(constants);
  }

  /// Everything in the first flash.
  public static ConstantPlacement none() {
    return new ConstantPlacement(List.of(), Optional.empty());
  }

  /// The placement for `steps`.
  ///
  /// @param codeBytes code in the first flash
  public static ConstantPlacement of(
      Graph graph, List<LoweredStep> steps, Target target, long codeBytes) {
    List<Memory> flashes =
        target.memories().stream().filter(m -> m.kind() == Memory.Kind.FLASH).toList();
    return flashes.size() < 2
        ? none()
        : place(uses(graph, steps), flashes.get(0).bytes() - codeBytes, flashes.get(1));
  }

  private static ConstantPlacement place(Map<Blob, Use> uses, long room, Memory second) {
    List<Constant> all =
        uses.entrySet().stream()
            .map(
                use ->
                    new Constant(
                        use.getValue().layer,
                        use.getKey(),
                        use.getValue().loadedBytes / Math.max(1, use.getKey().size())))
            .sorted(
                Comparator.comparingDouble(Constant::readsPerByte)
                    .reversed()
                    .thenComparingInt(constant -> constant.data().size()))
            .toList();
    List<Constant> outside = new ArrayList<>();
    long left = room;
    for (Constant constant : all) {
      if (constant.data().size() <= left) {
        left -= constant.data().size();
      } else {
        outside.add(constant);
      }
    }
    return outside.isEmpty() ? none() : new ConstantPlacement(outside, Optional.of(second));
  }

  private static Map<Blob, Use> uses(Graph graph, List<LoweredStep> steps) {
    Map<Blob, Use> uses = new LinkedHashMap<>();
    for (LoweredStep step : steps) {
      switch (step) {
        case LoweredStep.Layer layer ->
            add(uses, graph, layer.node(), layer.call(), layer.cost(), 1);
        case LoweredStep.Rows(Cascade cascade) ->
            cascade.stages().forEach(s -> add(uses, graph, s.node(), s.call(), s.cost(), s.runs()));
      }
    }
    return uses;
  }

  private static void add(
      Map<Blob, Use> uses, Graph graph, Node node, KernelCall call, KernelCost cost, int runs) {
    List<Blob> read = constants(graph, node, call);
    double bytes = Math.max(1, read.stream().mapToLong(Blob::size).sum());
    for (Blob data : read) {
      uses.computeIfAbsent(data, _ -> new Use(node.name())).loadedBytes +=
          cost.loadedBytes() * (data.size() / bytes) * runs;
    }
  }

  private static List<Blob> constants(Graph graph, Node node, KernelCall call) {
    List<Blob> constants = new ArrayList<>();
    for (Argument argument : call.arguments()) {
      switch (argument) {
        case Argument.Table(var table) -> constants.add(table.data());
        case Argument.Input(int index) -> add(constants, graph.input(node, index));
        case Argument.Inputs() -> node.inputs().forEach(name -> add(constants, graph.tensor(name)));
        default -> {}
      }
    }
    return constants;
  }

  private static void add(List<Blob> constants, Tensor tensor) {
    tensor.data().ifPresent(constants::add);
  }

  /// The constants' bytes.
  public long bytes() {
    return constants.stream().mapToLong(constant -> constant.data().size()).sum();
  }

  /// Their contents, by which the emitter knows them.
  public Set<Blob> data() {
    Set<Blob> data = new HashSet<>();
    constants.forEach(constant -> data.add(constant.data()));
    return data;
  }
}
