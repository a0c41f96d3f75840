#include "runtime/native.h"

#include <stddef.h>

#define MAGIC 0x65746f6du /* "mote" */
#define VERSION 1u
#define NO_INPUT 0xffu
#define MOST_ALIGNMENT 4096u

/* What the lowest bit of a function's offset is: set for Thumb code. */
#ifndef MOTE_ENTRY_BIT
#if defined(__arm__)
#define MOTE_ENTRY_BIT 1u
#else
#define MOTE_ENTRY_BIT 0u
#endif
#endif

enum { RESET, RUN, BEGIN, PUSH_ROW, FUNCTIONS };

/* As it stands at the start of the payload; all numbers are little-endian, as the processor is. */
struct mote_entry_table {
  uint32_t magic;
  uint32_t version; /* 16 bits, and in the upper ones the bytes of the table */
  uint32_t flags;
  uint32_t size;
  uint32_t alignment;
  uint32_t arena_bytes;
  uint32_t arena_alignment;
  uint32_t functions[FUNCTIONS];
  uint8_t inputs;
  uint8_t outputs;
  uint16_t streamed; /* the upper 8 bits are 0 */
  uint32_t rows;
  uint32_t row_bytes;
  uint32_t offsets[];
};

typedef struct mote_entry_table table_t;

typedef uint32_t (*entry_t)(void *arena, uintptr_t second);

/* Whether functions start behind the table, and where Thumb code does. */
static bool functions_hold(const table_t *t, uint32_t table_bytes) {
  uint32_t needed = t->streamed == NO_INPUT ? BEGIN : FUNCTIONS;
  for (uint32_t i = RESET; i < FUNCTIONS; i++) {
    uint32_t at = t->functions[i] ^ MOTE_ENTRY_BIT;
    if (i < needed ? at % 2 != 0 || at < table_bytes || at >= t->size : t->functions[i] != 0) {
      return false;
    }
  }
  return true;
}

#if MOTE_STRICT

/* The manifest was checked. */
static bool in_arena(const table_t *t, uint32_t offset, const mote_module_t *module, uint8_t signals, uint32_t index) {
  (void)t;
  (void)offset;
  (void)module;
  (void)signals;
  (void)index;
  return true;
}

#else

/* Whether a signal that the manifest has lies in the arena, or is handed in by rows. */
static bool in_arena(const table_t *t, uint32_t offset, const mote_module_t *module, uint8_t signals, uint32_t index) {
  uint32_t bytes = mote_signal_bytes(mote_item(module->manifest.description, signals, index));
  return bytes > 0 && (offset == t->arena_bytes || (bytes <= t->arena_bytes && offset <= t->arena_bytes - bytes));
}

#endif

/* Whether signals are as many as, and lie where, the manifest says. */
static bool places_hold(const table_t *t, const mote_module_t *module, const uint32_t *offsets, uint8_t signals,
                        uint32_t count, uint32_t streamed) {
  const uint8_t key = signals == MOTE_INPUTS ? MOTE_INPUT_OFFSETS : MOTE_OUTPUT_OFFSETS;
  const uint8_t *stated = mote_field(mote_field(module->payload.map, MOTE_MEMORY), key);
  if (mote_count(stated) != count) {
    return false;
  }
  stated = mote_inside(stated);
  for (uint32_t i = 0; i < count; i++, stated = mote_next(stated)) {
    if (offsets[i] != mote_number(stated) || (offsets[i] == t->arena_bytes) != (i == streamed) ||
        !in_arena(t, offsets[i], module, signals, i)) {
      return false;
    }
  }
  return true;
}

static bool rows_hold(const table_t *t, const mote_module_t *module) {
  if (t->streamed == NO_INPUT) {
    return (t->rows | t->row_bytes) == 0;
  }
  return t->streamed < t->inputs &&
         (uint64_t)t->rows * t->row_bytes ==
             mote_signal_bytes(mote_item(module->manifest.description, MOTE_INPUTS, t->streamed));
}

mote_error_t mote_native_check(const mote_module_t *module) {
  const table_t *t = (const table_t *)(const void *)module->bytes;
  const mote_payload_t *p = &module->payload;
  if (p->kind != MOTE_NATIVE || p->arena_alignment == 0 || p->size < sizeof *t || (uintptr_t)t % 4 != 0) {
    return MOTE_ENTRY_TABLE;
  }
  uint32_t table_bytes = (uint32_t)sizeof *t + 4u * (t->inputs + t->outputs);
  uint32_t wrong = (t->magic ^ MAGIC) | (t->version ^ (VERSION | table_bytes << 16)) | t->flags |
                   (t->size ^ p->size) | (t->arena_bytes ^ p->arena_bytes) | (t->arena_alignment ^ p->arena_alignment) |
                   (t->alignment & (t->alignment - 1)) | ((uint32_t)(uintptr_t)t & (t->alignment - 1));
  return wrong == 0 && t->alignment >= 4 && t->alignment <= MOST_ALIGNMENT && table_bytes <= t->size &&
                 functions_hold(t, table_bytes) &&
                 places_hold(t, module, t->offsets, MOTE_INPUTS, t->inputs, t->streamed) &&
                 places_hold(t, module, t->offsets + t->inputs, MOTE_OUTPUTS, t->outputs, NO_INPUT) &&
                 rows_hold(t, module)
             ? MOTE_OK
             : MOTE_ENTRY_TABLE;
}

static mote_error_t call(const mote_model_t *model, uint32_t function, uintptr_t second) {
  const table_t *t = model->table;
  entry_t entry = (entry_t)((uintptr_t)t + t->functions[function]);
  return entry(model->arena, second) == 0 ? MOTE_OK : MOTE_MODEL_FAILED;
}

mote_error_t mote_model_open(mote_model_t *model, const mote_module_t *module, void *arena, uint32_t arena_bytes) {
  mote_error_t error = mote_native_check(module);
  model->table = NULL;
  if (error != MOTE_OK) {
    return error;
  }
  if (arena_bytes < module->payload.arena_bytes || (uintptr_t)arena % module->payload.arena_alignment != 0) {
    return MOTE_BAD_ARENA;
  }
  model->table = (const table_t *)(const void *)module->bytes;
  model->arena = arena;
  return mote_model_reset(model);
}

mote_error_t mote_model_reset(mote_model_t *model) {
  model->rows = 0;
  return model->table == NULL ? MOTE_NO_MODEL : call(model, RESET, model->table->arena_bytes);
}

uint8_t *mote_model_input(const mote_model_t *model, uint32_t index) {
  const table_t *t = model->table;
  return t != NULL && index < t->inputs && index != t->streamed ? model->arena + t->offsets[index] : NULL;
}

const uint8_t *mote_model_output(const mote_model_t *model, uint32_t index) {
  const table_t *t = model->table;
  return t != NULL && index < t->outputs ? model->arena + t->offsets[t->inputs + index] : NULL;
}

static uint32_t now(const mote_hooks_t *hooks) {
  return hooks != NULL && hooks->now != NULL ? hooks->now(hooks->context) : 0;
}

/* Calls a function of the model; an inference goes on when there are rows left, else it is counted. */
static mote_error_t step(mote_model_t *model, uint32_t function, const void *second, uint32_t rows) {
  const mote_hooks_t *h = model->hooks;
  mote_error_t error = MOTE_OK;
  if (function != PUSH_ROW) {
    model->elapsed = 0;
    if (h != NULL && h->permit != NULL && !h->permit(h->context)) {
      error = MOTE_NOT_PERMITTED;
    }
  }
  if (error == MOTE_OK) {
    uint32_t before = now(h);
    error = call(model, function, (uintptr_t)second);
    model->elapsed += now(h) - before;
  }
  model->rows = error == MOTE_OK ? rows : 0;
  if (model->rows > 0) {
    return MOTE_OK;
  }
  mote_counts_t *c = &model->counts;
  if (error == MOTE_OK) {
    c->inferences++;
    c->ticks += model->elapsed;
    c->longest = model->elapsed > c->longest ? model->elapsed : c->longest;
  } else {
    c->errors++;
  }
  if (h != NULL && h->done != NULL) {
    h->done(h->context, error, model->elapsed);
  }
  return error;
}

mote_error_t mote_model_run(mote_model_t *model, const void *input) {
  return model->table == NULL ? MOTE_NO_MODEL : step(model, RUN, input, 0);
}

mote_error_t mote_model_begin(mote_model_t *model) {
  const table_t *t = model->table;
  return t == NULL || t->rows == 0 ? MOTE_NO_MODEL : step(model, BEGIN, NULL, t->rows);
}

mote_error_t mote_model_push_row(mote_model_t *model, const void *row) {
  return model->table == NULL || model->rows == 0 ? MOTE_NO_MODEL : step(model, PUSH_ROW, row, model->rows - 1);
}

bool mote_model_invoke(void *context, const mote_trial_t *trial) {
  (void)context;
  mote_model_t model = {0};
  mote_error_t error = mote_model_open(&model, trial->module, trial->arena, trial->module->payload.arena_bytes);
  if (error != MOTE_OK || trial->rows == NULL) {
    return error == MOTE_OK && mote_model_run(&model, NULL) == MOTE_OK;
  }
  const table_t *t = model.table;
  if (t->row_bytes > trial->room || mote_model_begin(&model) != MOTE_OK) {
    return false;
  }
  for (uint32_t row = 0; error == MOTE_OK && row < t->rows; row++) {
    mote_golden_input(trial->rows, row * t->row_bytes, trial->behind, t->row_bytes);
    error = mote_model_push_row(&model, trial->behind);
  }
  return error == MOTE_OK;
}
