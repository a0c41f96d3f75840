/* Payloads of kind 5: docs/spec/inference-module.md, "Shared libraries". */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine.h"

enum { NAME_BYTES = 80 };

typedef struct {
  const mote_module_t *module;
  void *library;
  const uint8_t *bytes; /* that the library was loaded from */
  uint32_t size;
  uint8_t *arena;
  int (*init)(void *arena, size_t bytes);
  int (*invoke)(void *arena, const void *rows);
} engine_t;

static engine_t engine;
static mote_module_t opened;

static void *find(void *library, mote_bytes_t prefix, const char *function) {
  char name[NAME_BYTES];
  if (prefix.size + strlen(function) >= sizeof name) {
    return NULL;
  }
  memcpy(name, prefix.at, prefix.size);
  strcpy(name + prefix.size, function);
  return dlsym(library, name);
}

/* Loads it out of memory. */
static bool load(const mote_module_t *module) {
  char path[32];
  int file = memfd_create("module", MFD_CLOEXEC);
  if (file < 0 || write(file, module->bytes, module->payload.size) != (ssize_t)module->payload.size) {
    return false;
  }
  if (engine.library != NULL) {
    (void)dlclose(engine.library);
  }
  (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  engine.library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  (void)close(file);
  mote_bytes_t prefix = mote_string(mote_field(module->payload.map, MOTE_ENTRY));
  if (engine.library == NULL || prefix.size == 0) {
    return false;
  }
  *(void **)&engine.init = find(engine.library, prefix, "_init");
  *(void **)&engine.invoke = find(engine.library, prefix, "_invoke");
  return engine.init != NULL && engine.invoke != NULL;
}

mote_error_t engine_open(const mote_module_t *module, uint8_t *arena, uint32_t arena_bytes) {
  if (module->payload.kind != MOTE_SHARED_LIBRARY || module->payload.arena_bytes > arena_bytes ||
      module->payload.arena_alignment == 0) {
    return MOTE_BAD_ARENA;
  }
  if ((engine.bytes != module->bytes || engine.size != module->payload.size) && !load(module)) {
    engine.bytes = NULL;
    return MOTE_ENTRY_TABLE;
  }
  opened = *module;
  engine.module = &opened;
  engine.bytes = module->bytes;
  engine.size = module->payload.size;
  engine.arena = arena;
  return engine.init(arena, module->payload.arena_bytes) == 0 ? MOTE_OK : MOTE_MODEL_FAILED;
}

static uint8_t *place(uint8_t key, uint32_t index) {
  if (engine.module == NULL) {
    return NULL;
  }
  const uint8_t *offset = mote_item(mote_field(engine.module->payload.map, MOTE_MEMORY), key, index);
  if (offset == NULL || mote_number(offset) == engine.module->payload.arena_bytes) {
    return NULL;
  }
  return engine.arena + mote_number(offset);
}

uint8_t *engine_input(uint32_t index) { return place(MOTE_INPUT_OFFSETS, index); }

const uint8_t *engine_output(uint32_t index) { return place(MOTE_OUTPUT_OFFSETS, index); }

mote_error_t engine_run(const uint8_t *rows) {
  if (engine.module == NULL) {
    return MOTE_NO_MODEL;
  }
  return engine.invoke(engine.arena, rows) == 0 ? MOTE_OK : MOTE_MODEL_FAILED;
}

/* Inputs are in the arena already, and resetting a model leaves them there. */
bool engine_invoke(void *context, const mote_trial_t *trial) {
  const uint8_t *signal = mote_item(trial->module->manifest.description, MOTE_INPUTS, 0);
  (void)context;
  engine.bytes = NULL; /* flash may hold another module at the same place now */
  if (engine_open(trial->module, trial->arena, trial->module->payload.arena_bytes) != MOTE_OK) {
    return false;
  }
  uint8_t *rows = NULL;
  if (trial->rows != NULL) {
    rows = trial->behind;
    if (mote_signal_bytes(signal) > trial->room) {
      return false;
    }
    mote_golden_input(trial->rows, 0, rows, mote_signal_bytes(signal));
  }
  return engine_run(rows) == MOTE_OK;
}
