/* Begins, resumes and ends an installation. */
#include <string.h>

#include "runtime/receive.h"

static mote_error_t save(mote_runtime_t *r) { return mote_state_save(&r->log, &r->config->flash, &r->state); }

void mote_install_reset(mote_runtime_t *r, uint8_t slot, uint8_t step) {
  mote_install_t *in = &r->install;
  if (in->hashing) {
    uint8_t digest[MOTE_SHA_256_BYTES];
    r->config->crypto.hash_end(r->config->crypto.context, &in->hash, digest);
  }
  mote_payload_end(r);
  memset(in, 0, sizeof *in);
  in->slot = slot;
  in->step = step;
}

mote_error_t mote_install_begin(mote_runtime_t *runtime) {
  const mote_config_t *c = runtime->config;
  mote_state_t *state = &runtime->state;
  if (state->trial != MOTE_NO_SLOT) {
    return MOTE_SLOTS_IN_USE;
  }
  uint8_t slot = 0;
  while (slot == state->confirmed || slot == runtime->running.slot) {
    slot++;
  }
  if (slot >= c->slot_count) {
    return MOTE_SLOTS_IN_USE;
  }
  mote_install_reset(runtime, slot, MOTE_START);
  runtime->install.flash_at = mote_slot_offset(c, slot);
  if (state->receiving == MOTE_NO_SLOT) {
    return MOTE_OK;
  }
  /* The head of that download is about to be overwritten. */
  state->receiving = MOTE_NO_SLOT;
  runtime->install.error = save(runtime);
  return runtime->install.error;
}

mote_error_t mote_install_resume(mote_runtime_t *runtime, uint32_t *offset) {
  const mote_config_t *c = runtime->config;
  mote_install_t *in = &runtime->install;
  uint8_t slot = runtime->state.receiving;
  mote_module_t module;
  mote_install_reset(runtime, slot, MOTE_IDLE);
  *offset = 0;
  if (slot >= c->slot_count ||
      mote_load_head(runtime, slot, runtime->state.payload[slot], &module) != MOTE_OK ||
      mote_newer(runtime, &module.manifest) != MOTE_OK) {
    return MOTE_NOTHING_TO_RESUME;
  }
  in->payload = module.payload;
  in->payload_count = module.manifest.payload_count;
  in->carried = (uint8_t)(module.payload.index + 1);
  in->part = MOTE_PAYLOAD;
  mote_error_t error = mote_payload_resume(runtime, &module);
  if (error != MOTE_OK) {
    in->step = MOTE_IDLE;
    return MOTE_NOTHING_TO_RESUME;
  }
  *offset = runtime->state.place + in->travelled;
  in->place = *offset;
  return MOTE_OK;
}

mote_error_t mote_install_finish(mote_runtime_t *runtime) {
  const mote_config_t *c = runtime->config;
  mote_install_t *in = &runtime->install;
  uint8_t slot = in->slot;
  mote_module_t module;
  if (in->step == MOTE_IDLE || in->error != MOTE_OK) {
    return in->step == MOTE_IDLE ? MOTE_NOT_STARTED : in->error;
  }
  if (in->step != MOTE_COMPLETE) {
    return MOTE_MALFORMED;
  }
  mote_install_reset(runtime, slot, MOTE_IDLE);
  mote_error_t error = mote_load(runtime, slot, runtime->state.payload[slot], &module);
  if (error == MOTE_OK && c->self_test != NULL && !c->self_test(c->self_test_context, &module)) {
    error = MOTE_SELF_TEST_FAILED;
  }
  runtime->state.receiving = MOTE_NO_SLOT;
  if (error == MOTE_OK) {
    runtime->state.trial = slot;
    runtime->state.boots = c->trial_boots;
  }
  mote_error_t saved = save(runtime);
  return error != MOTE_OK ? error : saved;
}
