package dev.mote.builder;

import dev.mote.builder.page.Figures;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.lower.StoredWeights;
import dev.mote.plugin.Target.Memory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The figures of a compiled model.
///
/// @param model the compiled model
public record Report(CompiledModel model) {

  public static Report of(CompiledModel model) {
    return new Report(model);
  }

  /// Lines of name and figure for people.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "arena    %,11d bytes%s; %s"
            .formatted(model.arenaBytes(), share(Memory.Kind.RAM, model.arenaBytes()), gap()));
    model
        .secondMemory()
        .ifPresent(
            name ->
                lines.add(
                    "  of it  %,11d bytes in a second memory, %s"
                        .formatted(model.arenaBytes() - model.firstBytes(), name)));
    lines.add(
        "weights  %,11d bytes%s"
            .formatted(model.weightBytes(), share(Memory.Kind.FLASH, model.weightBytes())));
    saved().ifPresent(lines::add);
    lines.add("tables   %,11d bytes (multipliers, look-up tables)".formatted(model.tableBytes()));
    if (model.externalBytes() > 0) {
      lines.add(
          "of these %,11d bytes in %s, which the other flash has no room for"
              .formatted(model.externalBytes(), model.external().getFirst().memory()));
    }
    if (model.estimatedCodeBytes() > 0) {
      lines.add("code     %,11d bytes (estimated)".formatted(model.estimatedCodeBytes()));
    }
    lines.add("MACs     %,11d".formatted(model.macs()));
    if (model.estimatedCycles() > 0) {
      lines.add(
          "cycles   %,11d (estimated%s)"
              .formatted(model.estimatedCycles(), time().map(t -> ", " + t).orElse("")));
    }
    lines.add("layers   %,11d".formatted(model.graph().nodes().size()));
    model.storedWeights().stream()
        .filter(weights -> weights.form() != StoredWeights.Form.PLAIN)
        .forEach(weights -> lines.add("stored   " + stored(weights)));
    model.layers().stream()
        .filter(layer -> layer.patches() > 0)
        .forEach(layer -> lines.add("by rows  " + rows(layer)));
    return lines;
  }

  /// What the forms save in which weights are stored; empty where all are plain.
  private Optional<String> saved() {
    long bytes = model.storedWeights().stream().mapToLong(StoredWeights::bytes).sum();
    long plain = model.storedWeights().stream().mapToLong(StoredWeights::plainBytes).sum();
    return bytes < plain
        ? Optional.of("  packed %,11d bytes fewer than plain".formatted(plain - bytes))
        : Optional.empty();
  }

  /// How the weights of a layer are stored.
  public static String stored(StoredWeights weights) {
    return "%,11d of %,d bytes, %s: %s%s"
        .formatted(
            weights.bytes(),
            weights.plainBytes(),
            Figures.firstName(weights.layer()),
            weights.form().words(),
            weights.detail().isEmpty() ? "" : " (" + weights.detail() + ")");
  }

  /// A chain of layers, and what its patches do twice.
  private static String rows(CompiledModel.Layer layer) {
    String chain =
        "%,11d layers, %s to %s"
            .formatted(
                layer.nodes().size(),
                Figures.firstName(layer.nodes().getFirst()),
                Figures.firstName(layer.nodes().getLast()));
    return layer.patches() == 1
        ? chain
        : chain
            + "; in %d patches, which do %,d MACs again (%.1f %%)"
                .formatted(
                    layer.patches(),
                    layer.recomputedMacs(),
                    100.0 * layer.recomputedMacs() / Math.max(1, layer.macs()));
  }

  /// Time at the target's highest clock; empty when it has none.
  public Optional<String> time() {
    long hertz = model.target().clockHz();
    return hertz == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%.2f ms at %.0f MHz",
                1e3 * model.estimatedCycles() / hertz,
                hertz / 1e6));
  }

  /// How far the arena is from what no plan can go below, and what overlaps saved.
  String gap() {
    long over = model.arenaBytes() - model.planBoundBytes();
    String proof =
        over == 0
            ? "proven smallest"
            : "%,d above the lower bound of %,d".formatted(over, model.planBoundBytes());
    return "%s; %,d without overlaps".formatted(proof, model.lowerBoundBytes());
  }

  private String share(Memory.Kind kind, long bytes) {
    return model
        .target()
        .limit(kind)
        .map(
            limit ->
                String.format(
                    Locale.ROOT,
                    ", %.1f %% of the %s",
                    100.0 * bytes / limit,
                    kind == Memory.Kind.RAM ? "largest RAM" : "flash"))
        .orElse("");
  }

  private static Map<String, Object> json(StoredWeights weights) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("layer", weights.layer());
    row.put("storage", weights.form().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    row.put("detail", weights.detail());
    row.put("bytes", weights.bytes());
    row.put("plainBytes", weights.plainBytes());
    return row;
  }

  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", model.target().name());
    json.put("optimize", model.optimize().name().toLowerCase(Locale.ROOT));
    json.put("arenaBytes", model.arenaBytes());
    json.put("secondMemoryBytes", model.arenaBytes() - model.firstBytes());
    json.put("lowerBoundBytes", model.lowerBoundBytes());
    json.put("planBoundBytes", model.planBoundBytes());
    json.put("weightBytes", model.weightBytes());
    json.put("tableBytes", model.tableBytes());
    json.put("estimatedCodeBytes", model.estimatedCodeBytes());
    json.put(
        "external",
        model.external().stream()
            .map(
                constant -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("layer", constant.layer());
                  row.put("bytes", constant.bytes());
                  row.put("memory", constant.memory());
                  row.put("readsPerByte", constant.readsPerByte());
                  return row;
                })
            .toList());
    json.put("macs", model.macs());
    json.put("estimatedCycles", model.estimatedCycles());
    json.put(
        "layers",
        model.layers().stream()
            .map(
                layer -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("name", layer.name());
                  row.put("operator", layer.op());
                  row.put("kernel", layer.kernel());
                  row.put("macs", layer.macs());
                  row.put("nodes", layer.nodes());
                  row.put("patches", layer.patches());
                  row.put("recomputedMacs", layer.recomputedMacs());
                  row.put("estimatedCycles", layer.estimatedCycles());
                  row.put("weights", layer.weights().stream().map(Report::json).toList());
                  return row;
                })
            .toList());
    json.put(
        "buffers",
        model.buffers().stream()
            .map(
                buffer -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("name", buffer.name());
                  row.put("scratch", buffer.scratch());
                  row.put("offset", buffer.offset());
                  row.put("bytes", buffer.bytes());
                  row.put("firstLayer", buffer.firstLayer());
                  row.put("lastLayer", buffer.lastLayer());
                  return row;
                })
            .toList());
    return json;
  }
}
