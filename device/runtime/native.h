/* Runs native payloads (kind 1 of docs/spec/inference-module.md) where they lie in flash, in an arena of the application.
 *
 *   mote_model_t model = {.hooks = &hooks};           the counters start at 0
 *   mote_model_open(&model, &module, arena, sizeof arena);
 *   memcpy(mote_model_input(&model, 0), sample, sample_bytes);
 *   mote_model_run(&model);
 *   use(mote_model_output(&model, 0));
 *
 * An input that is handed in by rows has no place in the arena: mote_model_begin, then mote_model_push_row for each row; the
 * last one completes the outputs. */
#ifndef MOTE_RUNTIME_NATIVE_H
#define MOTE_RUNTIME_NATIVE_H

#include "runtime/golden.h"

/* What the application may have called around each inference; each function may be null. */
typedef struct {
  void *context;
  /* A clock that runs on and wraps around, in any unit. */
  uint32_t (*now)(void *context);
  /* Whether one more inference is paid for; when not, it ends with MOTE_NOT_PERMITTED. */
  bool (*permit)(void *context);
  /* After an inference: how it ended, and how long it took. */
  void (*done)(void *context, mote_error_t error, uint32_t ticks);
} mote_hooks_t;

/* What a model did since it was set to 0. */
typedef struct {
  uint32_t inferences; /* that were completed */
  uint32_t errors;     /* that were not */
  uint32_t longest;    /* ticks of the one that took longest */
  uint64_t ticks;      /* of all, in the model itself */
} mote_counts_t;

typedef struct {
  const struct mote_entry_table *table; /* null when no model is open */
  uint8_t *arena;
  const mote_hooks_t *hooks; /* or null; set before the model is opened */
  mote_counts_t counts;
  uint32_t rows;    /* that are still to be pushed */
  uint32_t elapsed; /* ticks of those that were */
} mote_model_t;

/* Checks the entry table of the module's payload against the manifest, and brings the arena to the model's initial state.
 * Counters and hooks stay as they are. MOTE_ENTRY_TABLE; MOTE_BAD_ARENA when the arena is too small or not aligned.
 *
 * @param module  its payload stays in use */
mote_error_t mote_model_open(mote_model_t *model, const mote_module_t *module, void *arena, uint32_t arena_bytes);

/* Forgets the past: state, and rows that were pushed. */
mote_error_t mote_model_reset(mote_model_t *model);

/* Where an input or output lies; null for the input that is handed in by rows, and when there is none of this index. */
uint8_t *mote_model_input(const mote_model_t *model, uint32_t index);
const uint8_t *mote_model_output(const mote_model_t *model, uint32_t index);

/* One inference on the inputs in the arena, which are used up. A model whose input is handed in by rows takes it from
 * `input`, where all of it lies; others do not look at it. */
mote_error_t mote_model_run(mote_model_t *model, const void *input);

/* One inference by rows. */
mote_error_t mote_model_begin(mote_model_t *model);
mote_error_t mote_model_push_row(mote_model_t *model, const void *row);

/* An invoke for mote_run_golden: opens the module in the arena and runs it once. The context is not used. Rows are made
 * behind the model's arena, so there is to be room for one. */
bool mote_model_invoke(void *context, const mote_trial_t *trial);

/* Whether the payload starts with an entry table that agrees with the manifest. */
mote_error_t mote_native_check(const mote_module_t *module);

#endif
