#include "classify.h"

#include <string.h>

#include "engine.h"
#include "platform.h"

enum { SIGNAL_SCALE = 4, SIGNAL_ZERO_POINT = 5, ROWS_BYTES = 64 * 1024 };

/* Behind the arena there is room for an input that is not in it. */
#if defined(__arm__) || defined(__riscv)
__attribute__((section(".arena")))
#endif
static uint8_t arena[CLASSIFY_ARENA_BYTES + ROWS_BYTES] __attribute__((aligned(64)));

mote_error_t classify_open(const mote_module_t *module) { return engine_open(module, arena, CLASSIFY_ARENA_BYTES); }

bool classify_self_test(const mote_module_t *module, const mote_crypto_t *crypto) {
  return mote_run_golden(module, crypto, arena, sizeof arena, engine_invoke, NULL);
}

/* A float of CBOR, of 16 or 32 bits. */
static float float_of(const uint8_t *item) {
  uint32_t bits = mote_number(item);
  float value;
  if (*item == 0xf9) {
    if ((bits & 0x7fffu) < 0x400) {
      return (float)bits / 16777216.0f;
    }
    bits = (bits << 13) + 0x38000000u;
  }
  memcpy(&value, &bits, sizeof value);
  return value;
}

static float element(const uint8_t *bytes, uint32_t type, uint32_t index) {
  int16_t half;
  int32_t word;
  float number;
  switch (type) {
    case MOTE_INT8:
      return (float)(int8_t)bytes[index];
    case MOTE_INT16:
      memcpy(&half, bytes + 2 * index, sizeof half);
      return (float)half;
    case MOTE_INT32:
      memcpy(&word, bytes + 4 * index, sizeof word);
      return (float)word;
    case MOTE_FLOAT32:
      memcpy(&number, bytes + 4 * index, sizeof number);
      return number;
    default:
      return (float)bytes[index];
  }
}

static uint32_t element_bytes(uint32_t type) {
  switch (type) {
    case MOTE_INT16:
      return 2;
    case MOTE_INT32:
    case MOTE_FLOAT32:
      return 4;
    case MOTE_INT64:
      return 8;
    default:
      return 1;
  }
}

/* The largest element of the first output, and what it stands for. */
static void read_answer(const mote_module_t *module, const uint8_t *output, answer_t *answer) {
  const uint8_t *signal = mote_item(module->manifest.description, MOTE_OUTPUTS, 0);
  uint32_t type = mote_signal_type(signal);
  uint32_t count = mote_signal_bytes(signal) / element_bytes(type);
  const uint8_t *scale = mote_field(signal, SIGNAL_SCALE);
  const uint8_t *zero = mote_field(signal, SIGNAL_ZERO_POINT);
  answer->label = 0;
  answer->score = element(output, type, 0);
  for (uint32_t i = 1; i < count; i++) {
    float value = element(output, type, i);
    if (value > answer->score) {
      answer->score = value;
      answer->label = (int32_t)i;
    }
  }
  if (scale != NULL) {
    float point = (float)mote_number(zero);
    if (zero != NULL && *zero >> 5 == MOTE_CBOR_NEGATIVE) {
      point = -1.0f - point;
    }
    answer->score = (answer->score - point) * float_of(scale);
  }
}

/* Fills the inputs in the arena; the one that is handed in by rows lies behind it. */
static bool fill(const mote_module_t *module, uint32_t number) {
  const uint8_t *description = module->manifest.description;
  uint32_t vectors = mote_count(mote_field(description, MOTE_GOLDEN));
  uint32_t inputs = mote_count(mote_field(description, MOTE_INPUTS));
  uint32_t sample_bytes = 0;
  uint32_t offset = 0;
  for (uint32_t i = 0; i < inputs; i++) {
    sample_bytes += mote_signal_bytes(mote_item(description, MOTE_INPUTS, i));
  }
  const uint8_t *values = mote_inside(mote_inside(mote_item(description, MOTE_GOLDEN, number % vectors)));
  for (uint32_t i = 0; i < inputs; i++, values = mote_next(values)) {
    uint32_t size = mote_signal_bytes(mote_item(description, MOTE_INPUTS, i));
    uint8_t *to = engine_input(i);
    if (to == NULL) {
      to = arena + CLASSIFY_ARENA_BYTES;
      if (size > ROWS_BYTES) {
        return false;
      }
    }
    if (!platform_sample(number * sample_bytes + offset, to, size)) {
      mote_golden_input(values, 0, to, size);
    }
    offset += size;
  }
  return vectors > 0;
}

mote_error_t classify(const mote_module_t *module, uint32_t number, answer_t *answer) {
  if (!fill(module, number)) {
    return MOTE_BAD_ARENA;
  }
  uint32_t before = platform_microseconds();
  mote_error_t error = engine_run(arena + CLASSIFY_ARENA_BYTES);
  answer->microseconds = platform_microseconds() - before;
  if (error == MOTE_OK) {
    read_answer(module, engine_output(0), answer);
  }
  return error;
}
