#include "runtime/golden.h"

#include <string.h>

enum { LITERAL = 1, LINEAR, LINEAR_FLOATS };

enum { EXACT = 1, HASH, NEAR };

static float float_at(const uint8_t *bytes) {
  uint32_t bits = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void put_float(uint8_t *bytes, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  for (uint32_t i = 0; i < 4; i++) {
    bytes[i] = (uint8_t)(bits >> 8 * i);
  }
}

/* Items of a golden value are less than 24, so that each is a byte; or it is the last one. */
void mote_golden_input(const uint8_t *value, uint32_t from, uint8_t *to, uint32_t size) {
  const uint8_t *part = value + 2;
  if (value[1] == LITERAL) {
    memcpy(to, mote_inside(part) + from, size);
    return;
  }
  uint32_t factor = mote_number(part);
  uint32_t offset = mote_number(mote_next(part));
  if (value[1] == LINEAR) {
    for (uint32_t i = 0; i < size; i++) {
      to[i] = (uint8_t)(factor * (from + i) + offset);
    }
    return;
  }
  for (uint32_t i = 0; i < size / 4; i++) {
    int32_t number = (int32_t)((factor * (from / 4 + i) + offset) & 0xffu);
    put_float(to + 4 * i, (float)(number < 128 ? number : number - 256) / 128.0f);
  }
}

static float magnitude(float value) { return value < 0.0f ? -value : value; }

static float tolerance_at(const uint8_t *item) {
  uint32_t bits = mote_number(item);
  float value;
  if (*item == 0xf9 && bits < 0x400) {
    return (float)bits / 16777216.0f; /* a subnormal half */
  }
  bits = *item == 0xf9 ? (bits << 13) + 0x38000000u : bits;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static bool near(const uint8_t *expected, const uint8_t *output, uint32_t size, float tolerance) {
  float largest = 0.0f;
  for (uint32_t i = 0; i < size; i += 4) {
    float value = magnitude(float_at(expected + i));
    largest = value > largest ? value : largest;
  }
  for (uint32_t i = 0; i < size; i += 4) {
    /* Not "greater than": a difference that is no number is not near. */
    if (!(magnitude(float_at(expected + i) - float_at(output + i)) <= tolerance * largest)) {
      return false;
    }
  }
  return true;
}

static bool accepts(const uint8_t *value, const mote_crypto_t *crypto, const uint8_t *output, uint32_t size) {
  const uint8_t *part = value + 2;
  const uint8_t *expected = mote_inside(part);
  switch (value[1]) {
    case EXACT:
      return memcmp(expected, output, size) == 0;
    case HASH:
      return mote_has_digest(crypto, output, size, expected);
    default:
      return near(expected, output, size, tolerance_at(mote_next(part)));
  }
}

#if MOTE_STRICT

/* The manifest was checked. */
static bool readable(const uint8_t *value, bool input, uint32_t size) {
  (void)value;
  (void)input;
  (void)size;
  return true;
}

#else

/* Whether a golden value is of a form that is known, for a signal of this size. */
static bool readable(const uint8_t *value, bool input, uint32_t size) {
  uint32_t items = *value - 0x80u;
  if (mote_count(value) != items || items < 2 || items > 3 || value[1] < LITERAL || value[1] > NEAR || size == 0) {
    return false;
  }
  uint32_t form = value[1];
  uint32_t bytes = mote_string(value + 2).size;
  if (form == LITERAL) {
    return bytes == size; /* the same for EXACT */
  }
  if (input) {
    return items == 3 && (form == LINEAR || size % 4 == 0);
  }
  return form == HASH ? bytes == MOTE_SHA_256_BYTES : items == 3 && bytes == size && size % 4 == 0;
}

#endif

/* Fills all inputs in the arena, or compares all outputs. */
static bool each(mote_trial_t *trial, const mote_crypto_t *crypto, const uint8_t *value, bool inputs) {
  const mote_payload_t *payload = &trial->module->payload;
  const uint8_t *signal = mote_field(trial->module->manifest.description, inputs ? MOTE_INPUTS : MOTE_OUTPUTS);
  const uint8_t *memory = mote_field(payload->map, MOTE_MEMORY);
  const uint8_t *place = mote_field(memory, inputs ? MOTE_INPUT_OFFSETS : MOTE_OUTPUT_OFFSETS);
  uint32_t left = mote_count(signal);
  if (mote_count(value) != left || mote_count(place) != left) {
    return false;
  }
  place = mote_inside(place);
  value = mote_inside(value);
  signal = mote_inside(signal);
  for (; left > 0; left--, value = mote_next(value), signal = mote_next(signal), place = mote_next(place)) {
    uint32_t size = mote_signal_bytes(signal);
    uint32_t offset = mote_number(place);
    uint8_t *bytes = trial->arena + offset;
    if (!readable(value, inputs, size)) {
      return false;
    }
    if (inputs && offset == payload->arena_bytes) {
      trial->rows = value;
    } else if (offset > payload->arena_bytes || size > payload->arena_bytes - offset) {
      return false;
    } else if (inputs) {
      mote_golden_input(value, 0, bytes, size);
    } else if (!accepts(value, crypto, bytes, size)) {
      return false;
    }
  }
  return true;
}

bool mote_run_golden(const mote_module_t *module, const mote_crypto_t *crypto, uint8_t *arena, uint32_t arena_bytes,
                     mote_invoke_t invoke, void *context) {
  uint32_t needed = module->payload.arena_bytes;
  if (module->payload.arena_alignment == 0 || needed > arena_bytes) {
    return false;
  }
  mote_trial_t trial = {module, arena, arena + needed, arena_bytes - needed, NULL};
  const uint8_t *vector = mote_field(module->manifest.description, MOTE_GOLDEN);
  uint32_t left = mote_count(vector);
  for (vector = mote_inside(vector); left > 0; left--, vector = mote_next(vector)) {
    const uint8_t *inputs = mote_inside(vector);
    if (mote_count(vector) != 2 || !each(&trial, crypto, inputs, true) || !invoke(context, &trial) ||
        !each(&trial, crypto, mote_next(inputs), false)) {
      return false;
    }
  }
  return true;
}
