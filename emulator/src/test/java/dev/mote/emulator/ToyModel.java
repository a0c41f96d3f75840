package dev.mote.emulator;

import dev.mote.ir.Blob;
import dev.mote.ir.ElementType;
import dev.mote.ir.Graph;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.CompiledModel;
import dev.mote.pipeline.CompiledModel.Layer;
import dev.mote.pipeline.CompiledModel.Port;
import dev.mote.plugin.Compiler;
import dev.mote.targets.Targets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A module written by hand with the interface that the compiler emits: 64 bytes, plus weights,
/// plus a count of the calls so far; then their exponentials as floats.
final class ToyModel {

  static final int COUNT = 64;

  private static final TensorType BYTES = TensorType.plain(ElementType.INT8, Shape.of(1, COUNT));
  private static final TensorType FLOATS =
      TensorType.plain(ElementType.FLOAT32, Shape.of(1, COUNT));
  private static final Port INPUT = new Port("x", BYTES, 0);
  private static final Port SUM = new Port("sum", BYTES, 64);
  private static final Port OUTPUT = new Port("y", FLOATS, 128);
  private static final int CALLS_OFFSET = 384;
  private static final int ARENA_BYTES = 388;

  private static final String HEADER =
      """
      #ifndef TOY_H
      #define TOY_H
      #include <stddef.h>
      #include <stdint.h>
      #define TOY_ARENA_BYTES (%du)
      #define TOY_ARENA_ALIGN (16u)
      typedef enum { TOY_OK = 0, TOY_ERROR_ARENA = 1 } toy_status_t;
      toy_status_t toy_init(void *arena, size_t arena_bytes);
      toy_status_t toy_invoke(void *arena);
      #ifdef TOY_OBSERVE
      toy_status_t toy_invoke_observed(
          void *arena, void (*observer)(void *context, uint32_t layer, int done), void *context);
      #endif
      #endif
      """
          .formatted(ARENA_BYTES);

  private static final String SOURCE =
      """
      #include "toy.h"
      #include <math.h>
      static const int8_t weights[64] = {1, 2, 3};
      static void add(uint8_t *arena) {
        const int8_t *x = (const int8_t *)arena;
        int8_t *y = (int8_t *)arena + 64;
        int32_t *calls = (int32_t *)(void *)(arena + 384);
        for (int i = 0; i < 64; i++) {
          y[i] = (int8_t)(x[i] + weights[i] + *calls);
        }
        *calls += 1;
      }
      static void exponential(uint8_t *arena) {
        const int8_t *x = (const int8_t *)arena + 64;
        float *y = (float *)(void *)(arena + 128);
        for (int i = 0; i < 64; i++) {
          y[i] = expf((float)x[i] * 0.01f);
        }
        /*EXTRA*/
      }
      toy_status_t toy_init(void *arena, size_t arena_bytes) {
        *(int32_t *)(void *)((uint8_t *)arena + 384) = 0;
        return arena_bytes < TOY_ARENA_BYTES ? TOY_ERROR_ARENA : TOY_OK;
      }
      toy_status_t toy_invoke(void *arena) {
        add(arena);
        exponential(arena);
        return TOY_OK;
      }
      #ifdef TOY_OBSERVE
      toy_status_t toy_invoke_observed(
          void *arena, void (*observer)(void *context, uint32_t layer, int done), void *context) {
        observer(context, 0, 0);
        add(arena);
        observer(context, 0, 1);
        observer(context, 1, 0);
        exponential(arena);
        observer(context, 1, 1);
        return TOY_OK;
      }
      #endif
      """;

  private ToyModel() {}

  static CompiledModel forTarget(String target) {
    return withExtraCode(target, "");
  }

  /// With a statement at the end of the second layer, where `arena` is in scope.
  static CompiledModel withExtraCode(String target, String statement) {
    return withSource(target, SOURCE.replace("/*EXTRA*/", statement));
  }

  static CompiledModel withSource(String target, String source) {
    Graph graph =
        new Graph("toy", Map.of(), List.of(), List.of("x"), List.of("y"), List.of(), List.of());
    return new CompiledModel(
        "toy",
        Targets.find(target),
        Compiler.Optimize.SPEED,
        HEADER,
        source,
        graph,
        ARENA_BYTES,
        ARENA_BYTES,
        16,
        List.of(INPUT),
        List.of(OUTPUT),
        List.of(
            new Layer(
                0,
                "add",
                "Binary ADD",
                "toy_add",
                0,
                0,
                List.of("add"),
                0,
                0,
                List.of(),
                List.of(SUM)),
            new Layer(
                1,
                "exponential",
                "Unary EXP",
                "toy_exponential",
                0,
                0,
                List.of("exponential"),
                0,
                0,
                List.of(),
                List.of(OUTPUT))),
        64,
        0,
        0,
        0,
        0,
        0,
        List.of(new CompiledModel.Buffer("calls", false, CALLS_OFFSET, 4, -1, 2, -1, 2)),
        List.of(),
        Optional.empty(),
        List.of());
  }

  static Blob input(int first) {
    byte[] bytes = new byte[COUNT];
    for (int i = 0; i < COUNT; i++) {
      bytes[i] = (byte) (first + i);
    }
    return Blob.of(bytes);
  }

  /// The int8 sums that the first layer gives.
  static Blob sum(Blob input, int calls) {
    byte[] bytes = input.toByteArray();
    int[] weights = {1, 2, 3};
    for (int i = 0; i < COUNT; i++) {
      bytes[i] += (byte) ((i < weights.length ? weights[i] : 0) + calls);
    }
    return Blob.of(bytes);
  }

  static Blob exponentials(Blob sums) {
    ByteBuffer floats = ByteBuffer.allocate(4 * COUNT).order(ByteOrder.LITTLE_ENDIAN);
    for (byte sum : sums.toByteArray()) {
      floats.putFloat((float) Math.exp(sum * 0.01f));
    }
    return Blob.of(floats.array());
  }
}
