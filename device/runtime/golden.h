/* The self-test of a module: its golden vectors, section 4 of docs/spec/inference-module.md. */
#ifndef MOTE_GOLDEN_H
#define MOTE_GOLDEN_H

#include "runtime/runtime.h"

/* One run of a model. */
typedef struct {
  const mote_module_t *module;
  uint8_t *arena;
  uint8_t *behind;     /* memory behind the model's arena that is not in use */
  uint32_t room;       /* bytes of it */
  const uint8_t *rows; /* the input that is handed in by rows, for mote_golden_input; null when there is none */
} mote_trial_t;

/* Runs a model once, from its initial state, with inputs and outputs where its memory plan says; false when it fails. */
typedef bool (*mote_invoke_t)(void *context, const mote_trial_t *trial);

/* Bytes [from, from + size) of an input; both are multiples of 4 for floats. */
void mote_golden_input(const uint8_t *value, uint32_t from, uint8_t *to, uint32_t size);

/* Whether the model computes all golden vectors. False as well when the payload states no memory plan, or one that does not
 * fit the arena.
 *
 * @param arena  aligned as the payload says */
bool mote_run_golden(const mote_module_t *module, const mote_crypto_t *crypto, uint8_t *arena, uint32_t arena_bytes,
                     mote_invoke_t invoke, void *context);

#endif
