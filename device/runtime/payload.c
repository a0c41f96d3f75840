/* The payload that the device chose, from how it travels to blocks in flash. */
#include <string.h>

#include "runtime/receive.h"

/* Ciphertext is decrypted in pieces of this size, on the stack. */
#define PIECE 64u

static mote_error_t save(mote_runtime_t *r) { return mote_state_save(&r->log, &r->config->flash, &r->state); }

static bool is_delta(const mote_install_t *in) {
#if MOTE_DELTAS
  return in->delta.base.size > 0;
#else
  (void)in;
  return false;
#endif
}

static bool is_encrypted(const mote_install_t *in) {
#if MOTE_ENCRYPTION
  return in->decryption.started;
#else
  (void)in;
  return false;
#endif
}

static void start_block(mote_runtime_t *r) {
  const mote_crypto_t *crypto = &r->config->crypto;
  crypto->hash_start(crypto->context, &r->install.hash);
  r->install.hashing = true;
}

/* Has what the transport needs, to go on at byte `travelled` of what travels. */
static mote_error_t prepare(mote_runtime_t *r, const mote_transport_t *transport, uint32_t travelled) {
  mote_error_t error = MOTE_OK;
  r->install.travelled = travelled;
  if (transport->encrypted.size > 0) {
#if MOTE_ENCRYPTION
    const mote_config_t *c = r->config;
    error = mote_decrypt_begin(&r->install.decryption, &c->crypto, transport->encrypted, c->recipients, c->recipient_count,
                               travelled);
#else
    error = MOTE_CONTENT_KEY;
#endif
  }
  if (error == MOTE_OK && transport->base != NULL) {
    const mote_module_t *running = &r->running;
    error = MOTE_DELTA_BASE;
#if MOTE_DELTAS
    if (running->slot != MOTE_NO_SLOT && memcmp(running->payload.digest, transport->base, MOTE_SHA_256_BYTES) == 0) {
      r->install.delta.base.at = running->bytes;
      r->install.delta.base.size = running->payload.size;
      error = MOTE_OK;
    }
#else
    (void)running;
#endif
  }
  return error;
}

mote_error_t mote_payload_begin(mote_runtime_t *runtime) {
  mote_install_t *in = &runtime->install;
  mote_state_t *state = &runtime->state;
  mote_transport_t transport;
  mote_error_t error = mote_head_transport(mote_slot_bytes(runtime->config, in->slot), in->payload.index, &transport);
  uint32_t more = transport.encrypted.size > 0 ? MOTE_TAG_BYTES : 0;
  if (error == MOTE_OK && transport.base == NULL && in->length != in->payload.size + more) {
    error = MOTE_PAYLOAD_SIZE;
  }
  if (error == MOTE_OK) {
    error = prepare(runtime, &transport, 0);
  }
  if (error != MOTE_OK) {
    return error;
  }
  state->receiving = in->slot;
  state->payload[in->slot] = in->payload.index;
  state->place = in->place;
  state->length = in->length;
  state->travelled = 0;
  state->made = 0;
  in->done = 0;
  start_block(runtime);
  return save(runtime);
}

/* How many blocks in flash are as they should be, from the first on. */
static uint32_t good_blocks(const mote_crypto_t *crypto, const mote_module_t *module) {
  const mote_payload_t *payload = &module->payload;
  uint32_t blocks = mote_payload_blocks(payload);
  uint32_t good = 0;
  while (good < blocks && mote_has_digest(crypto, module->bytes + good * payload->block_size,
                                          mote_payload_block_bytes(payload, good),
                                          mote_payload_block_digest(payload, good))) {
    good++;
  }
  return good;
}

mote_error_t mote_payload_resume(mote_runtime_t *runtime, const mote_module_t *module) {
  const mote_config_t *c = runtime->config;
  const mote_state_t *state = &runtime->state;
  mote_install_t *in = &runtime->install;
  mote_transport_t transport;
  mote_error_t error = mote_head_transport(mote_slot_bytes(c, module->slot), module->payload.index, &transport);
  uint32_t good = good_blocks(&c->crypto, module);
  if (good == mote_payload_blocks(&module->payload)) {
    in->step = MOTE_COMPLETE;
    in->done = module->payload.size;
    in->travelled = state->length;
    return error;
  }
  /* A block that was cut off leaves its sector neither erased nor right: all of the sector is written again. */
  uint32_t done = good * module->payload.block_size & ~(c->flash.sector - 1);
  uint32_t travelled = done;
  if (transport.base != NULL) {
    /* Only at the places that were saved it is known where in the delta they are. */
    error = error == MOTE_OK && state->made > done ? MOTE_NOTHING_TO_RESUME : error;
    done = state->made;
    travelled = state->travelled;
  }
  if (error == MOTE_OK) {
    error = prepare(runtime, &transport, travelled);
  }
  in->done = done;
  in->step = MOTE_BODY;
  in->left = state->length - travelled;
  in->flash_at = (uint32_t)(module->bytes - c->flash.memory) + done;
  if (error == MOTE_OK) {
    start_block(runtime);
  }
  return error;
}

uint32_t mote_payload_rest(const mote_install_t *install) {
  uint32_t block = install->done / install->payload.block_size;
  return block * install->payload.block_size + mote_payload_block_bytes(&install->payload, block) - install->done;
}

uint8_t mote_payload_made(const mote_runtime_t *runtime, uint32_t offset) {
  const mote_install_t *in = &runtime->install;
  uint32_t stored = in->done - in->filled;
  return offset < stored ? runtime->config->flash.memory[in->flash_at - stored + offset] : in->unit[offset - stored];
}

/* Saves where a delta can be resumed: where the next byte is the first of a sector. */
static mote_error_t save_place(mote_runtime_t *r) {
  const mote_install_t *in = &r->install;
  if (!is_delta(in) || in->done % r->config->flash.sector != 0) {
    return MOTE_OK;
  }
  r->state.made = in->done;
  r->state.travelled = in->travelled;
  return save(r);
}

static mote_error_t end_block(mote_runtime_t *r) {
  mote_install_t *in = &r->install;
  const mote_crypto_t *crypto = &r->config->crypto;
  uint8_t digest[MOTE_SHA_256_BYTES];
  uint32_t block = (in->done - 1) / in->payload.block_size;
  crypto->hash_end(crypto->context, &in->hash, digest);
  in->hashing = false;
#if MOTE_DELTAS
  in->delta.step = MOTE_DELTA_SEGMENT;
  if (in->delta.left > 0) {
    return MOTE_NOT_A_DELTA; /* the segment goes on behind its block */
  }
#endif
  if (memcmp(digest, mote_payload_block_digest(&in->payload, block), sizeof digest) != 0) {
    return MOTE_PAYLOAD_DIGEST;
  }
  if (in->done < in->payload.size) {
    start_block(r);
    return save_place(r);
  }
  in->step = MOTE_COMPLETE;
  return in->filled > 0 ? mote_flush(&r->config->flash, in) : MOTE_OK;
}

mote_error_t mote_payload_put(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t size) {
  mote_install_t *in = &runtime->install;
  const mote_crypto_t *crypto = &runtime->config->crypto;
  bool ends = size == mote_payload_rest(in);
  crypto->hash_update(crypto->context, &in->hash, bytes, size);
  in->done += size;
  mote_error_t error = mote_store(&runtime->config->flash, in, bytes, size);
  return error == MOTE_OK && ends ? end_block(runtime) : error;
}

/* Plain bytes, as they travel. */
static mote_error_t take_clear(mote_runtime_t *r, const uint8_t *bytes, uint32_t size) {
  mote_install_t *in = &r->install;
  if (!is_delta(in)) {
    in->travelled += size;
    return mote_payload_put(r, bytes, size);
  }
  mote_error_t error = MOTE_OK;
#if MOTE_DELTAS
  for (uint32_t i = 0; error == MOTE_OK && i < size && in->step != MOTE_COMPLETE; i++) {
    in->travelled++;
    error = mote_delta_take(r, bytes[i]);
  }
#endif
  return error;
}

mote_error_t mote_payload_take(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t *size) {
  mote_install_t *in = &runtime->install;
  mote_error_t error = MOTE_OK;
  uint32_t left = in->left;
  if (!is_delta(in) && *size > mote_payload_rest(in)) {
    *size = mote_payload_rest(in);
  }
  if (is_encrypted(in)) {
#if MOTE_ENCRYPTION
    uint8_t clear[PIECE];
    left = left > MOTE_TAG_BYTES ? left - MOTE_TAG_BYTES : 0;
    *size = *size < left ? *size : left;
    *size = *size < PIECE ? *size : PIECE;
    memcpy(clear, bytes, *size);
    mote_decrypt(&in->decryption, &runtime->config->crypto, clear, *size);
    error = take_clear(runtime, clear, *size);
#endif
  } else {
    error = take_clear(runtime, bytes, *size);
  }
  bool ended = left == *size && in->step != MOTE_COMPLETE;
  return error == MOTE_OK && ended ? MOTE_NOT_A_DELTA : error;
}

void mote_payload_end(mote_runtime_t *runtime) {
#if MOTE_ENCRYPTION
  mote_decrypt_end(&runtime->install.decryption, &runtime->config->crypto);
#else
  (void)runtime;
#endif
}
