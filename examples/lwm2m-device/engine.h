/* How the code of a module is called: where it lies in flash, or as a shared library of an operating system. */
#ifndef ENGINE_H
#define ENGINE_H

#include "runtime/golden.h"

/* Makes this the module that is run. */
mote_error_t engine_open(const mote_module_t *module, uint8_t *arena, uint32_t arena_bytes);

/* Where an input or output lies; null for an input that is handed over with the run. */
uint8_t *engine_input(uint32_t index);
const uint8_t *engine_output(uint32_t index);

mote_error_t engine_run(const uint8_t *rows);

/* For mote_run_golden. The module that was open is not any more. */
bool engine_invoke(void *context, const mote_trial_t *trial);

#endif
