/* Trust lists arrive in one of two places of flash while the other one counts. */
#include <string.h>

#include "runtime/receive.h"

#if MOTE_TRUST_LISTS

static mote_bytes_t place(const mote_config_t *c, uint8_t number, uint32_t size) {
  mote_bytes_t bytes = {c->flash.memory + c->lists + (number - 1u) * c->list_bytes, size};
  return bytes;
}

mote_error_t mote_trust_start(mote_runtime_t *runtime) {
  const mote_config_t *c = runtime->config;
  const mote_state_t *state = &runtime->state;
  runtime->trust = c->trust;
  if (state->list == 0) {
    return MOTE_OK;
  }
  memset(&runtime->trust, 0, sizeof runtime->trust);
  if (state->list <= 2 && state->list_bytes <= c->list_bytes) {
    runtime->trust.list = mote_trust_again(place(c, state->list, state->list_bytes), &c->crypto);
  }
  runtime->trust.sequence = state->list_sequence;
  return runtime->trust.list == NULL ? MOTE_TRUST_LIST : MOTE_OK;
}

mote_error_t mote_trust_begin(mote_runtime_t *runtime) {
  const mote_config_t *c = runtime->config;
  mote_install_reset(runtime, runtime->state.list == 1 ? 2 : 1, MOTE_IDLE);
  if (c->list_bytes == 0) {
    return MOTE_NOT_STARTED;
  }
  runtime->install.step = MOTE_LIST;
  runtime->install.flash_at = c->lists + (runtime->install.slot - 1u) * c->list_bytes;
  return MOTE_OK;
}

mote_error_t mote_trust_write(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t size) {
  mote_install_t *in = &runtime->install;
  if (in->step != MOTE_LIST) {
    return MOTE_NOT_STARTED;
  }
  if (in->error == MOTE_OK && size > runtime->config->list_bytes - in->place) {
    in->error = MOTE_LIMIT;
  }
  if (in->error == MOTE_OK) {
    in->place += size;
    in->error = mote_store(&runtime->config->flash, in, bytes, size);
  }
  return in->error;
}

mote_error_t mote_trust_finish(mote_runtime_t *runtime) {
  const mote_config_t *c = runtime->config;
  mote_install_t *in = &runtime->install;
  mote_state_t *state = &runtime->state;
  uint8_t number = in->slot;
  uint32_t size = in->place;
  mote_error_t error = in->step == MOTE_LIST ? in->error : MOTE_NOT_STARTED;
  if (error == MOTE_OK && in->filled > 0) {
    error = mote_flush(&c->flash, in);
  }
  mote_install_reset(runtime, MOTE_NO_SLOT, MOTE_IDLE);
  if (error != MOTE_OK) {
    return error;
  }
  /* When the list that counts is damaged, the keys of the firmware may sign one that is newer still. */
  mote_trust_t current = state->list != 0 && runtime->trust.list == NULL ? c->trust : runtime->trust;
  current.sequence = state->list != 0 ? state->list_sequence : current.sequence;
  const uint8_t *list = NULL;
  error = mote_trust_accept(place(c, number, size), &c->crypto, &current, &list);
  if (error != MOTE_OK) {
    return error;
  }
  state->list = number;
  state->list_bytes = size;
  state->list_sequence = mote_long_number(mote_field(list, 2));
  error = mote_state_save(&runtime->log, &c->flash, state);
  return error == MOTE_OK ? mote_trust_start(runtime) : error;
}

#endif
