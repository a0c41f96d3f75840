/* Receives a file of a module from its first byte to its last, in pieces of any size. The head goes to the start of a slot
 * and is verified there; the chosen payload goes to the sector behind it, block by block; others are passed over. */
#include "runtime/receive.h"

#include <string.h>

static const uint32_t most_bytes[] = {1u << 14, 1u << 15, 1u << 16, 1u << 27};

mote_error_t mote_flush(const mote_flash_t *flash, mote_install_t *in) {
  uint32_t at = in->flash_at;
  memset(in->unit + in->filled, 0xff, flash->unit - in->filled);
  if (at % flash->sector == 0 && !flash->erase(flash->context, at)) {
    return MOTE_FLASH_FAILED;
  }
  if (!flash->program(flash->context, at, in->unit) || memcmp(flash->memory + at, in->unit, flash->unit) != 0) {
    return MOTE_FLASH_FAILED;
  }
  in->flash_at = at + flash->unit;
  in->filled = 0;
  return MOTE_OK;
}

mote_error_t mote_store(const mote_flash_t *flash, mote_install_t *in, const uint8_t *bytes, uint32_t size) {
  mote_error_t error = MOTE_OK;
  while (error == MOTE_OK && size > 0) {
    uint32_t piece = flash->unit - in->filled;
    piece = size < piece ? size : piece;
    memcpy(in->unit + in->filled, bytes, piece);
    in->filled += piece;
    bytes += piece;
    size -= piece;
    if (in->filled == flash->unit) {
      error = mote_flush(flash, in);
    }
  }
  return error;
}

static mote_error_t store_head(mote_runtime_t *r, const uint8_t *bytes, uint32_t size) {
  mote_install_t *in = &r->install;
  uint32_t used = in->flash_at + in->filled - mote_slot_offset(r->config, in->slot);
  return size > r->config->slot_bytes - used ? MOTE_LIMIT : mote_store(&r->config->flash, in, bytes, size);
}

mote_error_t mote_newer(const mote_runtime_t *runtime, const mote_manifest_t *manifest) {
  const mote_state_t *state = &runtime->state;
  bool same = state->confirmed != MOTE_NO_SLOT && memcmp(state->vendor, manifest->vendor, 16) == 0 &&
              memcmp(state->module, manifest->module, 16) == 0;
  bool old = manifest->sequence < mote_trust_floor(mote_trust_of(runtime), manifest->module) ||
             (same && manifest->sequence <= state->sequence);
  return old ? MOTE_ROLLBACK : MOTE_OK;
}

/* All of the head is stored: verifies it, and chooses a payload. */
static mote_error_t end_head(mote_runtime_t *r) {
  const mote_config_t *c = r->config;
  mote_install_t *in = &r->install;
  mote_module_t module;
  mote_transport_t transport;
  /* As in the file, so that what lies behind the head in flash is never taken for more of it. */
  static const uint8_t key_of_payload = 0x62;
  mote_error_t error = store_head(r, &key_of_payload, 1);
  if (error == MOTE_OK && in->filled > 0) {
    error = mote_flush(&c->flash, in);
  }
  if (error == MOTE_OK) {
    error = mote_load_head(r, in->slot, MOTE_TO_INSTALL, &module);
  }
  if (error == MOTE_OK) {
    error = mote_head_transport(mote_slot_bytes(c, in->slot), module.payload.index, &transport);
  }
  if (error == MOTE_OK) {
    in->payload = module.payload;
    in->payload_count = module.manifest.payload_count;
    in->flash_at = (uint32_t)(module.bytes - c->flash.memory);
  }
  return error;
}

/* The head of a payload's byte string was read. */
static mote_error_t begin_payload(mote_runtime_t *r) {
  const mote_install_t *in = &r->install;
  uint32_t index = in->carried - 1u;
  if (index < in->payload.index) {
    return MOTE_OK;
  }
  return index > in->payload.index ? MOTE_PAYLOAD_ABSENT : mote_payload_begin(r);
}

static void end_body(mote_install_t *in) {
  if (in->step == MOTE_BODY) {
    in->step = MOTE_KEY;
    in->part = (uint8_t)(in->part < MOTE_TRANSPORTS ? in->part + 1 : MOTE_PAYLOAD);
  }
}

/* The last entry of the envelope was read, and the chosen payload was not among them. */
static mote_error_t end_file(mote_runtime_t *r) {
  mote_error_t error = r->install.carried == 0 ? end_head(r) : MOTE_OK;
  return error == MOTE_OK ? MOTE_PAYLOAD_ABSENT : error;
}

static mote_error_t take_body(mote_runtime_t *r, const uint8_t *bytes, uint32_t *size) {
  mote_install_t *in = &r->install;
  mote_error_t error = MOTE_OK;
  if (*size > in->left) {
    *size = in->left;
  }
  if (in->part < MOTE_PAYLOAD) {
    error = store_head(r, bytes, *size);
  } else if (in->carried == in->payload.index + 1u) {
    error = mote_payload_take(r, bytes, size);
  }
  in->left -= *size;
  if (error == MOTE_OK && in->left == 0) {
    end_body(in);
  }
  return error;
}

static mote_error_t end_length(mote_runtime_t *r) {
  mote_install_t *in = &r->install;
  if (in->length > most_bytes[in->part]) {
    return MOTE_LIMIT;
  }
  in->step = MOTE_BODY;
  in->left = in->length;
  in->entries--;
  mote_error_t error = in->part == MOTE_PAYLOAD ? begin_payload(r) : MOTE_OK;
  if (error == MOTE_OK && in->left == 0) {
    if (in->carried == in->payload.index + 1u) {
      return MOTE_NOT_A_DELTA; /* only a delta may have a size that is not the payload's */
    }
    end_body(in);
  }
  return error;
}

static mote_error_t take_length(mote_runtime_t *r, uint8_t byte) {
  mote_install_t *in = &r->install;
  if (in->step == MOTE_LENGTH) {
    uint8_t low = byte & 31;
    if (byte >> 5 != 2 || low > 26) {
      return MOTE_FIELD;
    }
    in->length = low < 24 ? low : 0;
    in->more = (uint8_t)(low < 24 ? 0 : 1u << (low - 24));
    in->length_bytes = in->more;
    in->step = MOTE_LENGTH_MORE;
  } else {
    in->length = in->length << 8 | byte;
    in->more--;
  }
  if (in->more > 0) {
    return MOTE_OK;
  }
  uint32_t bytes = in->length_bytes;
  bool longer = bytes > 0 && (in->length < 24 || (bytes > 1 && in->length >> (4 * bytes) == 0));
  return longer ? MOTE_NOT_CANONICAL : end_length(r);
}

static mote_error_t take_key(mote_runtime_t *r, uint8_t byte) {
  mote_install_t *in = &r->install;
  if (in->part == MOTE_AUTHENTICATION || in->part == MOTE_MANIFEST) {
    in->step = MOTE_LENGTH;
    return byte == in->part + 2 ? MOTE_OK : MOTE_UNKNOWN_KEY;
  }
  if (in->part == MOTE_TRANSPORTS && byte == 0x38) {
    in->step = MOTE_KEY_TRANSPORTS;
    return MOTE_OK;
  }
  in->part = MOTE_PAYLOAD;
  in->step = MOTE_KEY_PAYLOAD;
  return byte == 0x62 ? MOTE_OK : MOTE_UNKNOWN_KEY;
}

/* A byte of the envelope itself. */
static mote_error_t take_byte(mote_runtime_t *r, uint8_t byte) {
  mote_install_t *in = &r->install;
  switch (in->step) {
    case MOTE_START:
      in->step = MOTE_TAG;
      return byte == 0xd8 ? MOTE_OK : MOTE_NOT_A_MODULE;
    case MOTE_TAG:
      in->step = MOTE_ENTRIES;
      return byte == 107 ? MOTE_OK : MOTE_NOT_A_MODULE;
    case MOTE_ENTRIES:
      in->step = MOTE_KEY;
      in->entries = byte & 31;
      return byte >= 0xa2 && byte <= 0xab ? MOTE_OK : MOTE_FIELD;
    case MOTE_KEY:
      return take_key(r, byte);
    case MOTE_KEY_TRANSPORTS:
      in->step = MOTE_LENGTH;
      return byte == 0xff ? MOTE_OK : MOTE_UNKNOWN_KEY;
    case MOTE_KEY_PAYLOAD:
      in->step = MOTE_KEY_INDEX;
      return byte == '#' ? MOTE_OK : MOTE_UNKNOWN_KEY;
    case MOTE_KEY_INDEX: {
      uint8_t before = in->carried;
      mote_error_t error = before == 0 ? end_head(r) : MOTE_OK;
      in->carried = (uint8_t)(byte - '0' + 1);
      in->step = MOTE_LENGTH;
      bool known = in->carried > before && in->carried <= in->payload_count;
      return error == MOTE_OK && !known ? MOTE_UNKNOWN_KEY : error;
    }
    default:
      return take_length(r, byte);
  }
}

/* One or more bytes; how many is left in `size`. */
static mote_error_t take(mote_runtime_t *r, const uint8_t *bytes, uint32_t *size) {
  mote_install_t *in = &r->install;
  mote_error_t error;
  if (in->step == MOTE_BODY) {
    error = take_body(r, bytes, size);
    in->place += *size;
  } else {
    *size = 1;
    in->place++;
    error = take_byte(r, *bytes);
    bool of_head = in->part < MOTE_PAYLOAD;
    if (error == MOTE_OK && of_head) {
      error = store_head(r, bytes, 1);
    }
  }
  bool ended = in->entries == 0 && in->step == MOTE_KEY && in->part >= MOTE_TRANSPORTS;
  return error == MOTE_OK && ended ? end_file(r) : error;
}

mote_error_t mote_install_write(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t size) {
  mote_install_t *in = &runtime->install;
  if (in->step == MOTE_IDLE) {
    return MOTE_NOT_STARTED;
  }
  while (in->error == MOTE_OK && size > 0 && in->step != MOTE_COMPLETE) {
    uint32_t piece = size;
    in->error = take(runtime, bytes, &piece);
    bytes += piece;
    size -= piece;
  }
  return in->error;
}
