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

static void fill(mote_reader_t *r, uint8_t *input, uint32_t size) {
  (void)mote_read_array(r, 2, 3);
  int64_t form = mote_read_int(r, LITERAL, LINEAR_FLOATS);
  if (form == LITERAL) {
    memcpy(input, mote_read_bytes(r).at, size);
    return;
  }
  uint32_t factor = (uint32_t)mote_read_int(r, 0, 255);
  uint32_t offset = (uint32_t)mote_read_int(r, 0, 255);
  if (form == LINEAR) {
    for (uint32_t i = 0; i < size; i++) {
      input[i] = (uint8_t)(factor * i + offset);
    }
    return;
  }
  for (uint32_t i = 0; i < size / 4; i++) {
    int32_t value = (int32_t)((factor * i + offset) & 0xffu);
    put_float(input + 4 * i, (float)(value < 128 ? value : value - 256) / 128.0f);
  }
}

static float magnitude(float value) { return value < 0.0f ? -value : value; }

static bool near(const uint8_t *expected, const uint8_t *output, uint32_t size, uint32_t tolerance_bits) {
  float tolerance;
  float largest = 0.0f;
  memcpy(&tolerance, &tolerance_bits, sizeof tolerance);
  for (uint32_t i = 0; i < size; i += 4) {
    float value = magnitude(float_at(expected + i));
    largest = value > largest ? value : largest;
  }
  bool all = true;
  for (uint32_t i = 0; i < size; i += 4) {
    /* Not "greater than": a difference that is no number is not near. */
    all = all && magnitude(float_at(expected + i) - float_at(output + i)) <= tolerance * largest;
  }
  return all;
}

static bool accepts(mote_reader_t *r, const mote_crypto_t *crypto, const uint8_t *output, uint32_t size) {
  (void)mote_read_array(r, 2, 3);
  int64_t form = mote_read_int(r, EXACT, NEAR);
  const uint8_t *expected = mote_read_bytes(r).at;
  switch (form) {
    case EXACT:
      return memcmp(expected, output, size) == 0;
    case HASH:
      return mote_has_digest(crypto, output, size, expected);
    default:
      return near(expected, output, size, mote_read_float(r));
  }
}

/* The place of the next signal; null when it does not lie within the arena. */
static uint8_t *place(mote_reader_t *offsets, const mote_payload_t *payload, uint8_t *arena, uint32_t size) {
  uint32_t offset = (uint32_t)mote_read_int(offsets, 0, INT64_C(1) << 31);
  bool within = offset <= payload->arena_bytes && size <= payload->arena_bytes - offset;
  return within ? arena + offset : NULL;
}

static bool run_one(mote_reader_t *r, const mote_module_t *module, const mote_crypto_t *crypto, uint8_t *arena,
                    mote_invoke_t invoke, void *context) {
  const mote_manifest_t *m = &module->manifest;
  const mote_payload_t *p = &module->payload;
  mote_reader_t inputs = p->input_offsets;
  mote_reader_t outputs = p->output_offsets;
  (void)mote_read_array(r, 2, 2);
  (void)mote_read_array(r, m->input_count, m->input_count);
  for (uint32_t i = 0; i < m->input_count; i++) {
    uint32_t size = MOTE_SIGNAL_BYTES(m->inputs[i]);
    uint8_t *input = place(&inputs, p, arena, size);
    if (input == NULL) {
      return false;
    }
    fill(r, input, size);
  }
  if (!invoke(context, module, arena)) {
    return false;
  }
  (void)mote_read_array(r, m->output_count, m->output_count);
  for (uint32_t i = 0; i < m->output_count; i++) {
    uint32_t size = MOTE_SIGNAL_BYTES(m->outputs[i]);
    const uint8_t *output = place(&outputs, p, arena, size);
    if (output == NULL || !accepts(r, crypto, output, size)) {
      return false;
    }
  }
  return true;
}

bool mote_run_golden(const mote_module_t *module, const mote_crypto_t *crypto, uint8_t *arena, uint32_t arena_bytes,
                     mote_invoke_t invoke, void *context) {
  mote_reader_t golden = module->manifest.golden;
  if (module->payload.arena_alignment == 0 || module->payload.arena_bytes > arena_bytes) {
    return false;
  }
  for (uint32_t i = 0; i < module->manifest.golden_count; i++) {
    if (!run_one(&golden, module, crypto, arena, invoke, context)) {
      return false;
    }
  }
  return golden.error == MOTE_OK;
}
