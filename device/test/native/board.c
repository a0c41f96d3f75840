/* A firmware that runs one native payload on an emulated board, as an application does: self-test, hooks, counters. It writes
 * to the file `result` how each step went, and the first output for an input whose byte i is 37 i + 11.
 *
 * Compiled with SHIFT, the place of the payload behind a page, and linked with port/board. */
#include <string.h>

#include "port/board/semihosting.h"
#include "port/board/startup.h"
#include "runtime/native.h"

#define TEXT(value) #value
#define STRING(value) TEXT(value)

__asm__(
    ".section .rodata.module, \"a\"\n"
    "test_manifest: .incbin \"manifest.bin\"\n"
    "test_manifest_end:\n"
    ".balign 4096\n"
    ".skip " STRING(SHIFT) "\n"
    "test_payload: .incbin \"payload.bin\"\n"
    ".balign 4\n"
    ".previous\n");

extern const uint8_t test_manifest[];
extern const uint8_t test_manifest_end[];
extern const uint8_t test_payload[];

enum { ARENA = 256 * 1024, MOST_ROW = 4096 };

static uint8_t arena[ARENA] __attribute__((aligned(16), section(".arena")));
static uint8_t row[MOST_ROW];
static mote_module_t module;
static int permitted;
static uint32_t ended;
static uint32_t clock_ticks;

static uint32_t now(void *context) {
  (void)context;
  return clock_ticks += 5;
}

static bool permit(void *context) {
  (void)context;
  return permitted != 0;
}

static void done(void *context, mote_error_t error, uint32_t ticks) {
  (void)context;
  ended += error == MOTE_OK ? ticks : 0;
}

static void ramp(uint8_t *bytes, uint32_t from, uint32_t size) {
  for (uint32_t i = 0; i < size; i++) {
    bytes[i] = (uint8_t)(37u * (from + i) + 11u);
  }
}

static mote_error_t infer(mote_model_t *model) {
  const uint8_t *signal = mote_item(module.manifest.description, MOTE_INPUTS, 0);
  uint32_t size = mote_signal_bytes(signal);
  uint8_t *input = mote_model_input(model, 0);
  if (input != NULL) {
    ramp(input, 0, size);
    return mote_model_run(model, NULL);
  }
  uint32_t row_bytes;
  memcpy(&row_bytes, test_payload + 52, sizeof row_bytes);
  mote_error_t error = row_bytes <= MOST_ROW ? mote_model_begin(model) : MOTE_BAD_ARENA;
  for (uint32_t at = 0; error == MOTE_OK && at < size; at += row_bytes) {
    ramp(row, at, row_bytes);
    error = mote_model_push_row(model, row);
  }
  return error;
}

int mote_board_main(void) {
  const mote_hooks_t hooks = {NULL, now, permit, done};
  mote_model_t model = {.hooks = &hooks};
  uint32_t steps[10] = {0};
  const int32_t file = host_open("result", OPEN_WRITE_BINARY);
  mote_crypto_t crypto = {0}; /* the golden outputs are not hashes */
  module.bytes = test_payload;
  steps[0] = mote_manifest_read((mote_bytes_t){test_manifest, (uint32_t)(test_manifest_end - test_manifest)}, &module.manifest);
  mote_manifest_payload(&module.manifest, 0, &module.payload);
  steps[1] = mote_run_golden(&module, &crypto, arena, ARENA, mote_model_invoke, NULL);
  steps[2] = mote_model_open(&model, &module, arena + 1, ARENA - 1);
  steps[3] = mote_model_run(&model, NULL);
  steps[4] = mote_model_open(&model, &module, arena, ARENA);
  steps[5] = infer(&model);
  permitted = 1;
  (void)mote_model_reset(&model);
  steps[6] = infer(&model);
  steps[7] = model.counts.inferences << 16 | model.counts.errors;
  steps[8] = (uint32_t)model.counts.ticks;
  steps[9] = ended;
  (void)host_write(file, steps, sizeof steps);
  (void)host_write(file, mote_model_output(&model, 0), mote_signal_bytes(mote_item(module.manifest.description, MOTE_OUTPUTS, 0)));
  host_close(file);
  host_exit(EXIT_DONE);
  return 0;
}

void mote_board_fault(uint32_t program_counter, uint32_t return_address, uint32_t cause, uint32_t address) {
  (void)program_counter;
  (void)return_address;
  (void)cause;
  (void)address;
  host_exit(EXIT_FAILED);
}
