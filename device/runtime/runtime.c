#include <string.h>

#include "runtime/receive.h"

uint32_t mote_slot_offset(const mote_config_t *config, uint8_t slot) {
  return config->slots + slot * config->slot_bytes;
}

mote_bytes_t mote_slot_bytes(const mote_config_t *config, uint8_t slot) {
  mote_bytes_t bytes = {config->flash.memory + mote_slot_offset(config, slot), config->slot_bytes};
  return bytes;
}

uint32_t mote_payload_offset(const mote_config_t *config, uint32_t head_size) {
  return (head_size + config->flash.sector) & ~(config->flash.sector - 1);
}

bool mote_has_digest(const mote_crypto_t *crypto, const uint8_t *bytes, uint32_t size, const uint8_t *digest) {
  mote_hash_t hash;
  uint8_t actual[MOTE_SHA_256_BYTES];
  crypto->hash_start(crypto->context, &hash);
  crypto->hash_update(crypto->context, &hash, bytes, size);
  crypto->hash_end(crypto->context, &hash, actual);
  return memcmp(actual, digest, sizeof actual) == 0;
}

mote_error_t mote_load_head(const mote_runtime_t *runtime, uint8_t slot, uint8_t index, mote_module_t *module) {
  const mote_config_t *config = runtime->config;
  mote_bytes_t bytes = mote_slot_bytes(config, slot);
  uint32_t head_size;
  module->slot = slot;
  mote_error_t error = mote_head_verify(bytes, &config->crypto, mote_trust_of(runtime), &module->manifest, &head_size);
  if (error == MOTE_OK && index == MOTE_TO_INSTALL) {
    error = mote_newer(runtime, &module->manifest);
    if (error == MOTE_OK) {
      error = mote_choose(&module->manifest, &config->device, &module->payload);
    }
  } else if (error == MOTE_OK) {
    if (index < module->manifest.payload_count) {
      mote_manifest_payload(&module->manifest, index, &module->payload);
    } else {
      error = MOTE_PAYLOAD_ABSENT;
    }
  }
  uint32_t offset = mote_payload_offset(config, head_size);
  if (error == MOTE_OK && (offset > bytes.size || module->payload.size > bytes.size - offset)) {
    error = MOTE_TARGET;
  }
  module->bytes = error == MOTE_OK ? bytes.at + offset : NULL;
  return error;
}

mote_error_t mote_load(const mote_runtime_t *runtime, uint8_t slot, uint8_t index, mote_module_t *module) {
  const mote_config_t *config = runtime->config;
  mote_error_t error = mote_load_head(runtime, slot, index, module);
  const mote_payload_t *payload = &module->payload;
  if (error == MOTE_OK && !mote_has_digest(&config->crypto, module->bytes, payload->size, payload->digest)) {
    error = MOTE_PAYLOAD_DIGEST;
  }
  return error;
}

static bool power_of_two(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

static bool layout_holds(const mote_config_t *c) {
  uint32_t sector = c->flash.sector;
  return power_of_two(c->flash.unit) && c->flash.unit >= 4 && c->flash.unit <= MOTE_FLASH_MOST_UNIT &&
         power_of_two(sector) && sector >= 256 && c->state % sector == 0 && c->slots % sector == 0 &&
         c->slot_bytes % sector == 0 && c->slot_bytes >= 2 * sector && c->slot_count >= 2 &&
         c->slot_count <= MOTE_MOST_SLOTS && c->trial_boots >= 1 &&
         c->lists % sector == 0 && c->list_bytes % sector == 0;
}

static mote_error_t save(mote_runtime_t *r) { return mote_state_save(&r->log, &r->config->flash, &r->state); }

static mote_error_t end_trial(mote_runtime_t *r) {
  r->state.trial = MOTE_NO_SLOT;
  r->state.rollbacks++;
  return save(r);
}

/* Gives the module on trial one of its starts, if it has one left and is whole. */
static mote_error_t start_trial(mote_runtime_t *r) {
  uint8_t slot = r->state.trial;
  if (slot >= r->config->slot_count || r->state.boots == 0) {
    return end_trial(r);
  }
  r->state.boots--;
  mote_error_t error = save(r);
  if (error == MOTE_OK && mote_load(r, slot, r->state.payload[slot], &r->running) != MOTE_OK) {
    error = end_trial(r);
  }
  return error;
}

mote_error_t mote_start(mote_runtime_t *runtime, const mote_config_t *config) {
  memset(runtime, 0, sizeof *runtime);
  runtime->config = config;
  runtime->running.slot = MOTE_NO_SLOT;
  if (!layout_holds(config)) {
    return MOTE_BAD_LAYOUT;
  }
  mote_state_load(&runtime->log, &config->flash, config->state, &runtime->state);
  mote_error_t error = mote_trust_start(runtime);
  if (error == MOTE_OK && runtime->state.trial != MOTE_NO_SLOT) {
    error = start_trial(runtime);
  }
  uint8_t slot = runtime->state.confirmed;
  if (error == MOTE_OK && runtime->state.trial == MOTE_NO_SLOT) {
    runtime->running.slot = MOTE_NO_SLOT;
    if (slot < config->slot_count) {
      error = mote_load(runtime, slot, runtime->state.payload[slot], &runtime->running);
    }
  }
  if (error != MOTE_OK) {
    runtime->running.slot = MOTE_NO_SLOT;
  }
  return error;
}

mote_error_t mote_confirm(mote_runtime_t *runtime) {
  mote_state_t *state = &runtime->state;
  const mote_manifest_t *manifest = &runtime->running.manifest;
  if (state->trial == MOTE_NO_SLOT || state->trial != runtime->running.slot) {
    return MOTE_NO_TRIAL;
  }
  state->confirmed = state->trial;
  state->trial = MOTE_NO_SLOT;
  state->sequence = manifest->sequence;
  memcpy(state->vendor, manifest->vendor, sizeof state->vendor);
  memcpy(state->module, manifest->module, sizeof state->module);
  return save(runtime);
}

mote_error_t mote_roll_back(mote_runtime_t *runtime) {
  return runtime->state.trial == MOTE_NO_SLOT ? MOTE_NO_TRIAL : end_trial(runtime);
}
