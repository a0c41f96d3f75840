package dev.mote.emulator;

import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The generated C that ties one model to the harness.
final class Binding {

  private Binding() {}

  /// The source of `binding.c`.
  ///
  /// @param observed whether the model is run with the observer, which marks the layers
  static String source(CompiledModel model, boolean observed) {
    List<Port> layerPorts = new ArrayList<>();
    List<String> layers = new ArrayList<>();
    for (CompiledModel.Layer layer : model.layers()) {
      layers.add("{%du, %du}".formatted(layerPorts.size(), layer.outputs().size()));
      layerPorts.addAll(layer.outputs());
    }
    return """
    #include "{symbol}.h"
    #include "harness.h"

    static uint8_t arena[{SYMBOL}_ARENA_BYTES + MOTE_GUARD_BYTES]
        __attribute__((aligned({SYMBOL}_ARENA_ALIGN), section(".arena")));
    uint8_t *const mote_arena = arena;
    const uint32_t mote_arena_bytes = {SYMBOL}_ARENA_BYTES;
    const mote_range_t mote_inputs[] = {{inputs}};
    const uint32_t mote_input_count = {inputCount};
    const mote_range_t mote_outputs[] = {{outputs}};
    const uint32_t mote_output_count = {outputCount};
    const mote_layer_t mote_layers[] = {{layers}};
    const mote_range_t mote_layer_ranges[] = {{layerRanges}};

    uint32_t mote_model_init(void) {
      return (uint32_t){symbol}_init(arena, mote_arena_bytes);
    }

    uint32_t mote_model_invoke(void) {
      mote_mark_begin();
      const uint32_t status = (uint32_t){call};
      mote_mark_end();
      return status;
    }
    """
        .replace("{inputs}", ranges(model.inputs()))
        .replace("{outputs}", ranges(model.outputs()))
        .replace("{layerRanges}", ranges(layerPorts))
        .replace("{layers}", layers.isEmpty() ? "{0u, 0u}" : String.join(", ", layers))
        .replace("{inputCount}", String.valueOf(model.inputs().size()))
        .replace("{outputCount}", String.valueOf(model.outputs().size()))
        .replace(
            "{call}",
            observed
                ? "{symbol}_invoke_observed(arena, mote_board_observe, 0)"
                : "{symbol}_invoke(arena)")
        .replace("{SYMBOL}", macroPrefix(model))
        .replace("{symbol}", model.symbol());
  }

  /// A model of the same interface that does nothing, to tell what the real one takes of the flash.
  static String emptyModel(CompiledModel model) {
    return """
    #include "{symbol}.h"

    {symbol}_status_t {symbol}_init(void *arena, size_t arena_bytes) {
      (void)arena;
      (void)arena_bytes;
      return ({symbol}_status_t)0;
    }

    {symbol}_status_t {symbol}_invoke(void *arena) {
      (void)arena;
      return ({symbol}_status_t)0;
    }
    """
        .replace("{symbol}", model.symbol());
  }

  /// What the model's macros start with.
  static String macroPrefix(CompiledModel model) {
    return model.symbol().toUpperCase(Locale.ROOT);
  }

  private static String ranges(List<Port> ports) {
    return ports.isEmpty()
        ? "{0u, 0u}"
        : ports.stream()
            .map(port -> "{%du, %du}".formatted(port.offset(), port.type().bytes()))
            .collect(Collectors.joining(", "));
  }
}
