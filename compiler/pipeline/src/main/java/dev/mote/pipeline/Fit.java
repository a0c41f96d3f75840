package dev.mote.pipeline;

import dev.mote.ir.Diagnostic;
import dev.mote.plugin.Target;
import dev.mote.plugin.Target.Memory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Checks a compiled model against the memories of its target.
final class Fit {

  private Fit() {}

  static List<Diagnostic> check(CompiledModel model) {
    List<Diagnostic> problems = new ArrayList<>();
    Target target = model.target();
    target
        .limit(Memory.Kind.RAM)
        .filter(limit -> model.arenaBytes() > limit && !model.hasTwoMemories())
        .ifPresent(limit -> problems.add(arena(model, limit)));
    target
        .total(Memory.Kind.FLASH)
        .filter(limit -> model.weightBytes() + model.tableBytes() > limit)
        .ifPresent(limit -> problems.add(flash(model, limit)));
    return problems;
  }

  private static Diagnostic arena(CompiledModel model, long limit) {
    return Diagnostic.resource(
        3002,
        model.graph().name() + " for " + model.target().name(),
        "the arena needs %,d bytes, the largest RAM has %,d (%,d too few); the peak is at layer %s"
            .formatted(model.arenaBytes(), limit, model.arenaBytes() - limit, peak(model)),
        "choose a target with more RAM, a smaller input (its area scales the peak), or fewer channels in"
            + " the layers before the peak.");
  }

  private static Diagnostic flash(CompiledModel model, long limit) {
    long needed = model.weightBytes() + model.tableBytes();
    return Diagnostic.resource(
        3003,
        model.graph().name() + " for " + model.target().name(),
        "weights and tables need %,d bytes before any code, the flash has %,d (%,d too few)"
            .formatted(needed, limit, needed - limit),
        "choose a target with more flash, quantize the weights to int8 or int4, or use fewer channels.");
  }

  private static String peak(CompiledModel model) {
    Optional<CompiledModel.Layer> peak =
        model.layers().stream()
            .max(Comparator.comparingLong(layer -> liveBytes(model, layer.index())));
    return peak.map(layer -> "'" + layer.name() + "' (" + layer.op() + ")").orElse("none");
  }

  private static long liveBytes(CompiledModel model, int layer) {
    return model.buffers().stream()
        .filter(buffer -> buffer.firstLayer() <= layer && layer <= buffer.lastLayer())
        .mapToLong(CompiledModel.Buffer::bytes)
        .sum();
  }
}
