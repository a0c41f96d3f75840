#include "engine.h"
#include "runtime/native.h"

static mote_model_t model;

mote_error_t engine_open(const mote_module_t *module, uint8_t *arena, uint32_t arena_bytes) {
  return mote_model_open(&model, module, arena, arena_bytes);
}

uint8_t *engine_input(uint32_t index) { return mote_model_input(&model, index); }

const uint8_t *engine_output(uint32_t index) { return mote_model_output(&model, index); }

mote_error_t engine_run(const uint8_t *rows) { return mote_model_run(&model, rows); }

bool engine_invoke(void *context, const mote_trial_t *trial) {
  (void)context;
  return mote_model_invoke(NULL, trial);
}
