/* The self-test of a module: its golden vectors, section 4 of docs/spec/inference-module.md. */
#ifndef MOTE_GOLDEN_H
#define MOTE_GOLDEN_H

#include "runtime/runtime.h"

/* Runs a model once, from its initial state, with inputs and outputs where its memory plan says; false when it fails. */
typedef bool (*mote_invoke_t)(void *context, const mote_module_t *module, uint8_t *arena);

/* Whether the model computes all golden vectors. False as well when the payload states no memory plan, or one that does not
 * fit the arena.
 *
 * @param arena  aligned as the payload says */
bool mote_run_golden(const mote_module_t *module, const mote_crypto_t *crypto, uint8_t *arena, uint32_t arena_bytes,
                     mote_invoke_t invoke, void *context);

#endif
