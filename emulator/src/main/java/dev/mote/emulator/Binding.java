package dev.mote.emulator;

import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

    static uint8_t arena[{bytes} + MOTE_GUARD_BYTES + {STREAMED_BYTES}]
        __attribute__((aligned({SYMBOL}_ARENA_ALIGN), section(".arena")));
    uint8_t *const mote_arena = arena;
    const uint32_t mote_arena_bytes = {bytes};
    const mote_range_t mote_inputs[] = {{inputs}};
    const uint32_t mote_input_count = {inputCount};
    const mote_range_t mote_outputs[] = {{outputs}};
    const uint32_t mote_output_count = {outputCount};
    const mote_layer_t mote_layers[] = {{layers}};
    const mote_range_t mote_layer_ranges[] = {{layerRanges}};

    uint32_t mote_model_init(void) {
      return (uint32_t){symbol}_init(arena, {first}{second});
    }

    uint32_t mote_model_invoke(void) {
      mote_mark_begin();
      const uint32_t status = (uint32_t){call};
      mote_mark_end();
      return status;
    }
    """
        .replace("{bytes}", model.arenaBytes() + "u")
        .replace("{first}", model.firstBytes() + "u")
        .replace(
            "{second}",
            model.hasTwoMemories()
                ? ", arena + %du, %du"
                    .formatted(model.firstBytes(), model.arenaBytes() - model.firstBytes())
                : "")
        .replace("{STREAMED_BYTES}", streamed(model) + "u")
        .replace("{inputs}", ranges(model, model.inputs()))
        .replace("{outputs}", ranges(model, model.outputs()))
        .replace("{layerRanges}", ranges(model, layerPorts))
        .replace("{layers}", layers.isEmpty() ? "{0u, 0u}" : String.join(", ", layers))
        .replace("{inputCount}", String.valueOf(model.inputs().size()))
        .replace("{outputCount}", String.valueOf(model.outputs().size()))
        .replace("{call}", call(model, observed))
        .replace("{SYMBOL}", macroPrefix(model))
        .replace("{symbol}", model.symbol());
  }

  /// The source of `binding.c` for a model that is a native payload: `payload.bin`, which lies
  /// `shift`
  /// bytes behind an address that suits any.
  static String ofPayload(CompiledModel model, NativePayload payload, int shift) {
    return """
    #include "harness.h"

    static uint8_t arena[{bytes} + MOTE_GUARD_BYTES + {streamedBytes}] __attribute__((aligned({alignment}), section(".arena")));
    uint8_t *const mote_arena = arena;
    const uint32_t mote_arena_bytes = {bytes};
    const mote_range_t mote_inputs[] = {{inputs}};
    const uint32_t mote_input_count = {inputCount};
    const mote_range_t mote_outputs[] = {{outputs}};
    const uint32_t mote_output_count = {outputCount};
    const mote_layer_t mote_layers[] = {{0u, 0u}};
    const mote_range_t mote_layer_ranges[] = {{0u, 0u}};

    __asm__(
        ".section .rodata.mote_payload, \\"a\\"\\n"
        ".balign 4096\\n"
        ".skip {shift}\\n"
        "mote_payload: .incbin \\"payload.bin\\"\\n"
        ".balign 4\\n"
        ".previous\\n");
    extern const uint8_t mote_payload[];

    uint32_t mote_model_init(void) {
      return ((uint32_t(*)(void *, uint32_t))(uintptr_t)(mote_payload + {reset}u))(arena, {bytes});
    }

    uint32_t mote_model_invoke(void) {
      mote_mark_begin();
      const uint32_t status =
          ((uint32_t(*)(void *, const void *))(uintptr_t)(mote_payload + {run}u))(arena, arena + {streamed});
      mote_mark_end();
      return status;
    }
    """
        .replace("{shift}", Integer.toString(shift))
        .replace("{reset}", Integer.toString(payload.table().reset()))
        .replace("{run}", Integer.toString(payload.table().run()))
        .replace("{alignment}", Integer.toString(model.arenaAlignment()))
        .replace("{streamedBytes}", streamed(model) + "u")
        .replace("{streamed}", streamedOffset())
        .replace("{inputs}", ranges(model, model.inputs()))
        .replace("{outputs}", ranges(model, model.outputs()))
        .replace("{inputCount}", model.inputs().size() + "u")
        .replace("{outputCount}", model.outputs().size() + "u")
        .replace("{SYMBOL}_ARENA_BYTES", model.arenaBytes() + "u")
        .replace("{bytes}", model.arenaBytes() + "u");
  }

  private static String call(CompiledModel model, boolean observed) {
    String input =
        model.streamed().isPresent()
            ? ", (const void *)(arena + %s)".formatted(streamedOffset())
            : model.hasTwoMemories() ? ", arena + %du".formatted(model.firstBytes()) : "";
    return observed
        ? "{symbol}_invoke_observed(arena" + input + ", mote_board_observe, 0)"
        : "{symbol}_invoke(arena" + input + ")";
  }

  /// Room behind the guard for the input that is not in the arena, aligned.
  private static long streamed(CompiledModel model) {
    return model.streamed().isPresent() ? model.streamedBytes() + 8 : 0;
  }

  private static String streamedOffset() {
    return "(({SYMBOL}_ARENA_BYTES + MOTE_GUARD_BYTES + 7u) & ~7u)";
  }

  /// A model of the same interface that does nothing, to tell what the real one takes of the flash.
  static String emptyModel(CompiledModel model) {
    return """
    #include <stddef.h>

    int {symbol}_init(void *arena, size_t arena_bytes, void *bank, size_t bank_bytes) {
      (void)arena;
      (void)arena_bytes;
      (void)bank;
      (void)bank_bytes;
      return 0;
    }

    int {symbol}_invoke(void *arena, const void *input) {
      (void)arena;
      (void)input;
      return 0;
    }
    """
        .replace("{symbol}", model.symbol());
  }

  /// What the model's macros start with.
  static String macroPrefix(CompiledModel model) {
    return model.symbol().toUpperCase(Locale.ROOT);
  }

  private static String ranges(CompiledModel model, List<Port> ports) {
    return ports.isEmpty()
        ? "{0u, 0u}"
        : ports.stream()
            .map(
                port ->
                    "{%s, %du}"
                        .formatted(
                            model.streamed().equals(Optional.of(port.tensor()))
                                ? streamedOffset()
                                : port.offset() + "u",
                            port.type().bytes()))
            .collect(Collectors.joining(", "));
  }
}
