#include "runtime/native.h"

#include <stddef.h>

enum { VERSION = 1, NO_INPUT = 0xff };

#define MAGIC 0x65746f6du /* "mote" */
#define MOST_ALIGNMENT 4096u

/* What the lowest bit of a function's address is: set for Thumb code. */
#ifndef MOTE_ENTRY_BIT
#if defined(__arm__)
#define MOTE_ENTRY_BIT 1u
#else
#define MOTE_ENTRY_BIT 0u
#endif
#endif

/* The entry table, as it stands at the start of the payload; all numbers are little-endian, as the processor is. */
typedef struct {
  uint32_t magic;
  uint16_t version;
  uint16_t table_bytes;
  uint32_t flags;
  uint32_t size;
  uint32_t alignment;
  uint32_t arena_bytes;
  uint32_t arena_alignment;
  uint32_t functions[4];
  uint8_t inputs;
  uint8_t outputs;
  uint8_t streamed;
  uint8_t unused;
  uint32_t rows;
  uint32_t row_bytes;
  uint32_t offsets[];
} table_t;

enum { RESET, RUN, BEGIN, PUSH_ROW };

typedef uint32_t (*entry_t)(void *arena, uintptr_t second);

static const table_t *table_of(const mote_module_t *module) { return (const table_t *)(const void *)module->bytes; }

/* Whether the functions lie behind the table; those that come by rows are there when an input does. */
static bool functions_hold(const table_t *t) {
  for (uint32_t i = RESET; i <= PUSH_ROW; i++) {
    uint32_t at = t->functions[i] - MOTE_ENTRY_BIT;
    bool needed = i <= RUN || t->streamed != NO_INPUT;
    if (needed ? at % 2 != 0 || at < t->table_bytes || at >= t->size : t->functions[i] != 0) {
      return false;
    }
  }
  return true;
}

/* Whether inputs or outputs lie where the manifest says, which has checked that they are in the arena, but for the input
 * that is handed in by rows. */
static bool places_hold(const uint32_t *offsets, const uint8_t *stated, uint32_t arena, uint32_t streamed) {
  uint32_t count = mote_number(stated);
  stated = mote_inside(stated);
  for (uint32_t i = 0; i < count; i++, stated = mote_next(stated)) {
    if (offsets[i] != mote_number(stated) || (offsets[i] == arena) != (i == streamed)) {
      return false;
    }
  }
  return true;
}

mote_error_t mote_native_check(const mote_module_t *module) {
  const table_t *t = table_of(module);
  const mote_payload_t *p = &module->payload;
  const uint8_t *description = module->manifest.description;
  if (p->kind != MOTE_NATIVE || p->size < sizeof *t || (uintptr_t)t % 4 != 0 || t->magic != MAGIC ||
      t->version != VERSION || t->flags != 0 || t->unused != 0 || t->size != p->size ||
      t->inputs != mote_number(mote_field(description, MOTE_INPUTS)) ||
      t->outputs != mote_number(mote_field(description, MOTE_OUTPUTS)) ||
      t->table_bytes != sizeof *t + 4u * (t->inputs + t->outputs) || t->table_bytes > t->size) {
    return MOTE_ENTRY_TABLE;
  }
  uint32_t alignment = t->alignment;
  bool aligned = alignment >= 4 && alignment <= MOST_ALIGNMENT && (alignment & (alignment - 1)) == 0 &&
                 (uintptr_t)t % alignment == 0;
  bool arena = p->arena_alignment != 0 && t->arena_bytes == p->arena_bytes && t->arena_alignment == p->arena_alignment;
  bool rows = t->streamed == NO_INPUT
                  ? (t->rows | t->row_bytes) == 0
                  : t->streamed < t->inputs &&
                        (uint64_t)t->rows * t->row_bytes == mote_signal_bytes(mote_item(description, MOTE_INPUTS, t->streamed));
  const uint8_t *memory = mote_field(p->map, MOTE_MEMORY);
  return aligned && arena && rows && functions_hold(t) &&
                 places_hold(t->offsets, mote_field(memory, MOTE_INPUT_OFFSETS), t->arena_bytes, t->streamed) &&
                 places_hold(t->offsets + t->inputs, mote_field(memory, MOTE_OUTPUT_OFFSETS), t->arena_bytes, NO_INPUT)
             ? MOTE_OK
             : MOTE_ENTRY_TABLE;
}

static bool call(const mote_model_t *model, uint32_t function, uintptr_t second) {
  entry_t entry = (entry_t)(uintptr_t)(model->module->bytes + table_of(model->module)->functions[function]);
  return entry(model->arena, second) == 0;
}

mote_error_t mote_model_open(mote_model_t *model, const mote_module_t *module, void *arena, uint32_t arena_bytes) {
  mote_error_t error = mote_native_check(module);
  model->module = error == MOTE_OK ? module : NULL;
  model->arena = arena;
  if (error == MOTE_OK &&
      (arena_bytes < module->payload.arena_bytes || (uintptr_t)arena % module->payload.arena_alignment != 0)) {
    model->module = NULL;
    error = MOTE_BAD_ARENA;
  }
  return error == MOTE_OK ? mote_model_reset(model) : error;
}

mote_error_t mote_model_reset(mote_model_t *model) {
  if (model->module == NULL) {
    return MOTE_NO_MODEL;
  }
  model->rows = 0;
  return call(model, RESET, model->module->payload.arena_bytes) ? MOTE_OK : MOTE_MODEL_FAILED;
}

uint8_t *mote_model_input(const mote_model_t *model, uint32_t index) {
  const table_t *t = model->module != NULL ? table_of(model->module) : NULL;
  return t != NULL && index < t->inputs && index != t->streamed ? model->arena + t->offsets[index] : NULL;
}

const uint8_t *mote_model_output(const mote_model_t *model, uint32_t index) {
  const table_t *t = model->module != NULL ? table_of(model->module) : NULL;
  return t != NULL && index < t->outputs ? model->arena + t->offsets[t->inputs + index] : NULL;
}

static uint32_t now(const mote_hooks_t *hooks) {
  return hooks != NULL && hooks->now != NULL ? hooks->now(hooks->context) : 0;
}

static mote_error_t permitted(const mote_model_t *model) {
  const mote_hooks_t *h = model->hooks;
  return h == NULL || h->permit == NULL || h->permit(h->context) ? MOTE_OK : MOTE_NOT_PERMITTED;
}

/* Counts an inference that has ended. */
static mote_error_t finish(mote_model_t *model, mote_error_t error, uint32_t ticks) {
  const mote_hooks_t *h = model->hooks;
  mote_counts_t *c = &model->counts;
  model->rows = 0;
  if (error == MOTE_OK) {
    c->inferences++;
    c->ticks += ticks;
    c->longest = ticks > c->longest ? ticks : c->longest;
  } else {
    c->errors++;
  }
  if (h != NULL && h->done != NULL) {
    h->done(h->context, error, ticks);
  }
  return error;
}

/* Calls a function of the model, and adds the time that it took. */
static mote_error_t timed(mote_model_t *model, uint32_t function, const void *second) {
  uint32_t before = now(model->hooks);
  bool done = call(model, function, (uintptr_t)second);
  model->elapsed += now(model->hooks) - before;
  return done ? MOTE_OK : MOTE_MODEL_FAILED;
}

mote_error_t mote_model_run(mote_model_t *model, const void *input) {
  if (model->module == NULL) {
    return MOTE_NO_MODEL;
  }
  model->elapsed = 0;
  mote_error_t error = permitted(model);
  if (error == MOTE_OK) {
    error = timed(model, RUN, input);
  }
  return finish(model, error, model->elapsed);
}

mote_error_t mote_model_begin(mote_model_t *model) {
  if (model->module == NULL || table_of(model->module)->streamed == NO_INPUT) {
    return MOTE_NO_MODEL;
  }
  model->elapsed = 0;
  mote_error_t error = permitted(model);
  if (error == MOTE_OK) {
    error = timed(model, BEGIN, NULL);
  }
  model->rows = table_of(model->module)->rows;
  return error == MOTE_OK ? MOTE_OK : finish(model, error, model->elapsed);
}

mote_error_t mote_model_push_row(mote_model_t *model, const void *row) {
  if (model->module == NULL || model->rows == 0) {
    return MOTE_NO_MODEL;
  }
  mote_error_t error = timed(model, PUSH_ROW, row);
  model->rows--;
  return error == MOTE_OK && model->rows > 0 ? MOTE_OK : finish(model, error, model->elapsed);
}

bool mote_model_invoke(void *context, const mote_module_t *module, uint8_t *arena) {
  (void)context;
  mote_model_t model = {0};
  return mote_model_open(&model, module, arena, module->payload.arena_bytes) == MOTE_OK && mote_model_run(&model, NULL) == MOTE_OK;
}
