package dev.mote.pipeline.emit;

/// The fixed text of emitted files.
final class CTemplates {

  private CTemplates() {}

  /// Before the tables, where some of them lie in a second flash.
  static final String EXTERNAL =
      """
      /* Constants for the second flash: the linker script places this section there. */
      #ifndef MOTE_WEIGHTS_EXTERNAL
      #if defined(__GNUC__)
      #define MOTE_WEIGHTS_EXTERNAL __attribute__((section(".mote_external")))
      #else
      #define MOTE_WEIGHTS_EXTERNAL
      #endif
      #endif
      """;

  static final Template HEADER =
      new Template(
          """
          /* ${origin}. Do not edit. */
          #ifndef ${SYMBOL}_H
          #define ${SYMBOL}_H

          #include <stddef.h>
          #include <stdint.h>

          #ifdef __cplusplus
          extern "C" {
          #endif

          /* The arena holds inputs, outputs, activations, scratch memory and state. The application owns it:
           *   static uint8_t arena[${SYMBOL}_ARENA_BYTES] __attribute__((aligned(${SYMBOL}_ARENA_ALIGN)));
           * The contents of the inputs are used up by each call: fill them before every ${symbol}_invoke. */
          #define ${SYMBOL}_ARENA_BYTES (${arena_bytes}u)
          ${bank}#define ${SYMBOL}_ARENA_ALIGN (${arena_alignment}u)
          #define ${SYMBOL}_LAYER_COUNT (${layers}u)

          /* real = (quantized - ZERO_POINT) * SCALE */
          #define ${SYMBOL}_INPUT_COUNT (${input_count}u)
          ${inputs}
          #define ${SYMBOL}_OUTPUT_COUNT (${output_count}u)
          ${outputs}
          typedef enum {
            ${SYMBOL}_OK = 0,
            ${SYMBOL}_ERROR_NULL = 1,      /* the arena is a null pointer */
            ${SYMBOL}_ERROR_ALIGNMENT = 2, /* the arena is not aligned to ${SYMBOL}_ARENA_ALIGN */
            ${SYMBOL}_ERROR_SIZE = 3,      /* the arena is smaller than ${SYMBOL}_ARENA_BYTES */
            ${SYMBOL}_ERROR_ROWS = 4       /* more rows were pushed than the input has */
          } ${symbol}_status_t;

          /* Checks the arena and clears the model's state. Call it once, and again to forget the past. */
          ${symbol}_status_t ${symbol}_init(void *arena, size_t arena_bytes${bank_parameters});

          ${calls}
          ${input_accessors}
          ${output_accessors}
          #ifdef ${SYMBOL}_OBSERVE
          /* Called before (done = 0) and after (done = 1) every layer. */
          typedef void (*${symbol}_observer_t)(void *context, uint32_t layer, int done);
          ${symbol}_status_t ${symbol}_invoke_observed(void *arena, ${input}${symbol}_observer_t observer,
                                                       void *context);
          #endif

          #ifdef __cplusplus
          }
          #endif

          #endif
          """);

  static final Template BORDER =
      new Template(
          """
          /* ${name}: ${type} [${shape}] */
          #define ${prefix}_LENGTH (${length}u)
          #define ${prefix}_BYTES (${bytes}u)
          #define ${prefix}_OFFSET (${offset}u)
          """);

  static final Template STREAMED_BORDER =
      new Template(
          """
          /* ${name}: ${type} [${shape}], handed in by rows */
          #define ${prefix}_LENGTH (${length}u)
          #define ${prefix}_BYTES (${bytes}u)
          #define ${prefix}_ROWS (${rows}u)
          #define ${prefix}_ROW_LENGTH (${row_length}u)
          """);

  static final Template INVOKE_API =
      new Template(
          """
          /* One inference: reads the inputs in the arena, writes the outputs in it. */
          ${symbol}_status_t ${symbol}_invoke(void *arena${bank});
          """);

  static final Template STREAM_API =
      new Template(
          """
          /* One inference whose input comes row by row, from the top, each row as soon as it is there: begin, then push
           * ${SYMBOL}_INPUT_${index}_ROWS rows. The last one completes the outputs. Rows are copied. Other inputs must be in the
           * arena before the first row. */
          ${symbol}_status_t ${symbol}_begin(void *arena);
          ${symbol}_status_t ${symbol}_push_row(void *arena, const ${type} *row);

          /* The same for an input that is complete elsewhere. */
          ${symbol}_status_t ${symbol}_invoke(void *arena, const ${type} *input);
          """);

  static final Template INVOKE_BODY =
      new Template(
          """
          ${symbol}_status_t ${symbol}_invoke(void *arena_start${bank}) {
            uint8_t *const arena = (uint8_t *)arena_start;
          ${local}  if (${missing}) {
              return ${SYMBOL}_ERROR_NULL;
            }
          ${calls}  return ${SYMBOL}_OK;
          }

          #ifdef ${SYMBOL}_OBSERVE
          ${symbol}_status_t ${symbol}_invoke_observed(void *arena_start, ${observed_bank}${symbol}_observer_t observer,
                                                       void *context) {
            uint8_t *const arena = (uint8_t *)arena_start;
          ${local}  if (${missing}) {
              return ${SYMBOL}_ERROR_NULL;
            }
          ${observed_calls}  return ${SYMBOL}_OK;
          }
          #endif
          """);

  static final Template STREAM_BODY =
      new Template(
          """
          ${symbol}_status_t ${symbol}_begin(void *arena) {
            if (arena == NULL) {
              return ${SYMBOL}_ERROR_NULL;
            }
            mote_cascade_begin(&${symbol}_layer_0_cascade, (uint8_t *)arena);
            return ${SYMBOL}_OK;
          }

          ${symbol}_status_t ${symbol}_push_row(void *arena_start, const ${type} *row) {
            uint8_t *const arena = (uint8_t *)arena_start;
            if (arena == NULL || row == NULL) {
              return ${SYMBOL}_ERROR_NULL;
            }
            if (mote_cascade_missing(&${symbol}_layer_0_cascade, arena) == 0) {
              return ${SYMBOL}_ERROR_ROWS;
            }
            mote_cascade_push(&${symbol}_layer_0_cascade, arena, (const uint8_t *)(const void *)row);
            if (mote_cascade_missing(&${symbol}_layer_0_cascade, arena) == 0) {
          ${calls}  }
            return ${SYMBOL}_OK;
          }

          ${symbol}_status_t ${symbol}_invoke(void *arena, const ${type} *input) {
            ${symbol}_status_t status = input == NULL ? ${SYMBOL}_ERROR_NULL : ${symbol}_begin(arena);
            for (uint32_t row = 0; status == ${SYMBOL}_OK && row < ${SYMBOL}_INPUT_${index}_ROWS; ++row) {
              status = ${symbol}_push_row(arena, input + row * ${SYMBOL}_INPUT_${index}_ROW_LENGTH);
            }
            return status;
          }

          #ifdef ${SYMBOL}_OBSERVE
          ${symbol}_status_t ${symbol}_invoke_observed(void *arena_start, const ${type} *input,
                                                       ${symbol}_observer_t observer, void *context) {
            uint8_t *const arena = (uint8_t *)arena_start;
            if (arena == NULL || input == NULL) {
              return ${SYMBOL}_ERROR_NULL;
            }
            observer(context, 0u, 0);
            mote_cascade_begin(&${symbol}_layer_0_cascade, arena);
            for (uint32_t row = 0; row < ${SYMBOL}_INPUT_${index}_ROWS; ++row) {
              mote_cascade_push(&${symbol}_layer_0_cascade, arena,
                                (const uint8_t *)(const void *)(input + row * ${SYMBOL}_INPUT_${index}_ROW_LENGTH));
            }
            observer(context, 0u, 1);
          ${observed_calls}  return ${SYMBOL}_OK;
          }
          #endif
          """);

  static final Template QUANTIZED_BORDER =
      new Template(
          """
          #define ${prefix}_SCALE (${scale})
          #define ${prefix}_ZERO_POINT (${zero_point})
          """);

  static final Template INPUT_ACCESSOR =
      new Template(
          """
          static inline ${type} *${symbol}_input_${index}(void *${memory}) {
            return (${type} *)(void *)((uint8_t *)${memory} + ${SYMBOL}_INPUT_${index}_OFFSET);
          }
          """);

  static final Template OUTPUT_ACCESSOR =
      new Template(
          """
          static inline const ${type} *${symbol}_output_${index}(const void *${memory}) {
            return (const ${type} *)(const void *)((const uint8_t *)${memory} + ${SYMBOL}_OUTPUT_${index}_OFFSET);
          }
          """);

  static final Template LAYER =
      new Template(
          """
          /* ${index}: ${what} */
          MOTE_LAYER void ${symbol}_layer_${index}(uint8_t *arena${bank}) {
          ${statements}}
          """);

  static final Template STAGE =
      new Template(
          """
          /* ${index}.${stage}: a row of ${what} */
          MOTE_LAYER void ${symbol}_layer_${index}_row_${stage}(uint8_t *arena, const uint8_t *const *x, uint8_t *y,
                                                                int32_t row) {
          ${statements}}
          """);

  static final Template CASCADE =
      new Template(
          """
          ${rows}
          static const mote_lines_t ${symbol}_layer_${index}_lines[] = {
          ${lines}};
          static const mote_reading_t ${symbol}_layer_${index}_readings[] = {
          ${readings}};
          static const mote_stage_t ${symbol}_layer_${index}_stages[] = {
          ${stages}};
          static const mote_cascade_t ${symbol}_layer_${index}_cascade = {
              .lines = ${symbol}_layer_${index}_lines,
              .stages = ${symbol}_layer_${index}_stages,
              .line_count = ${line_count},
              .stage_count = ${stage_count},
              .pushed = ${pushed},
              .state = ${state}${patches}};
          """);

  static final Template CASCADE_LAYER =
      new Template(
          """
          /* ${index}: ${what} */
          MOTE_LAYER void ${symbol}_layer_${index}(uint8_t *arena) {
            mote_cascade(&${symbol}_layer_${index}_cascade, arena, arena + ${input});
          }
          """);

  static final Template SOURCE =
      new Template(
          """
          /* ${origin}. Do not edit. */
          #include "${symbol}.h"

          ${headers}
          /* Define MOTE_WEIGHTS to place the weights, for instance __attribute__((section(".qspi"))). */
          #ifndef MOTE_WEIGHTS
          #define MOTE_WEIGHTS
          #endif

          ${kernels}
          ${tables}

          ${layers}
          ${symbol}_status_t ${symbol}_init(void *arena, size_t arena_bytes${bank_parameters}) {
            if (${missing}) {
              return ${SYMBOL}_ERROR_NULL;
            }
            if (${unaligned}) {
              return ${SYMBOL}_ERROR_ALIGNMENT;
            }
            if (${small}) {
              return ${SYMBOL}_ERROR_SIZE;
            }
          ${clear}  return ${SYMBOL}_OK;
          }

          ${bodies}          """);
}
