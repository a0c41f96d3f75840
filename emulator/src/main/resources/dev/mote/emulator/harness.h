/* Between the harness, which is the same for every model, and the binding, which is generated for one. */
#ifndef MOTE_HARNESS_H
#define MOTE_HARNESS_H

#include <stdint.h>

#include "startup.h"

/* Bytes of the arena that hold one tensor. */
typedef struct {
  uint32_t offset;
  uint32_t bytes;
} mote_range_t;

/* The tensors that are complete after one layer: ranges [first, first + count) of mote_layer_ranges. */
typedef struct {
  uint32_t first;
  uint32_t count;
} mote_layer_t;

/* Bytes behind the arena that a model must leave alone. */
enum { MOTE_GUARD_BYTES = 64 };

/* Provided by the binding. */
extern uint8_t *const mote_arena; /* mote_arena_bytes, then the guard */
extern const uint32_t mote_arena_bytes;
extern const mote_range_t mote_inputs[];
extern const uint32_t mote_input_count;
extern const mote_range_t mote_outputs[];
extern const uint32_t mote_output_count;
extern const mote_layer_t mote_layers[];
extern const mote_range_t mote_layer_ranges[];
uint32_t mote_model_init(void);
uint32_t mote_model_invoke(void);

/* Provided by the harness, besides what startup.h declares. */
void mote_board_observe(void *context, uint32_t layer, int done);

/* The instruction counter finds these by their addresses: what runs between the first two is counted, what
 * runs between the other two is counted for the current layer. */
void mote_mark_begin(void);
void mote_mark_end(void);
void mote_mark_layer_begin(void);
void mote_mark_layer_end(void);

#endif
