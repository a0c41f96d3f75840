/* A device that runs one model and takes another one over a serial line: the sample of device/runtime. README.md says how to
 * build it, and what a board of your own does differently.
 *
 * It is given commands, each a line of text, with a number where one is needed:
 *
 *   install BYTES   takes a module of this size: asks for it piece by piece, verifies it, tests it, puts it on trial
 *   resume BYTES    goes on with the download that a power cut interrupted
 *   trust BYTES     takes a trust list: whose modules count from now on
 *   run             asks for an input, and answers with the output
 *   rollback        the module on trial is bad
 *   counters        what was counted since the start
 *   reset           starts anew; a module on trial gets its turn */
#include <mbedtls/memory_buffer_alloc.h>
#include <string.h>

#include "console.h"
#include "keys.h"
#include "port/board/board.h"
#include "port/board/semihosting_flash.h"
#include "port/board/startup.h"
#include "port/mbedtls/mbedtls_crypto.h"
#include "runtime/golden.h"
#include "runtime/native.h"
#include "runtime/runtime.h"

/* Flash: the runtime's state, two places for trust lists, then slots. A module on trial is confirmed when it ran so many times without an error, and given up
 * when it had so many starts and was not. */
enum { SECTOR = 4096, UNIT = 8, SLOT = 64 * 1024, SLOTS = 2, STATE = MOTE_STATE_SECTORS * SECTOR, LISTS = 2 * SECTOR };
enum { ARENA = 32 * 1024, PIECE = 256, ENOUGH_RUNS = 5, TRIAL_BOOTS = 3 };

extern uint8_t mote_flash_memory[]; /* the linker script says where */

static uint8_t arena[ARENA] __attribute__((aligned(16)));
static mote_semihosting_flash_t flash = {mote_flash_memory, STATE + LISTS + SLOTS * SLOT, SECTOR, UNIT, 0, 0};
static mote_config_t config;
static mote_runtime_t runtime;
static mote_model_t model;

static uint32_t now(void *context) {
  (void)context;
  return mote_board_clock();
}

/* Runs the golden vectors of a module that was received. It uses the arena: the model starts anew then. */
static bool self_test(void *context, const mote_module_t *module) {
  static mote_model_t candidate;
  (void)context;
  return mote_run_golden(module, &config.crypto, arena, sizeof arena, mote_model_invoke, &candidate);
}

static void configure(void) {
  static uint8_t heap[MOTE_MBEDTLS_HEAP_BYTES]; /* of the cryptographic library; nothing else has one */
  static const char *const architectures[] = {ARCHITECTURES};
  static const char *const features[] = {FEATURES NULL};
  static const uint8_t kinds[] = {MOTE_NATIVE};
  mbedtls_memory_buffer_alloc_init(heap, sizeof heap);
  config.flash = mote_semihosting_flash(&flash);
  config.crypto = mote_mbedtls_crypto;
  config.trust.keys = &vendor_key;
  config.trust.key_count = 1;
  config.recipients = &device_key;
  config.recipient_count = device_keys;
  config.device.architectures = architectures;
  config.device.architecture_count = sizeof architectures / sizeof architectures[0];
  config.device.features = features;
  config.device.feature_count = sizeof features / sizeof features[0] - 1;
  config.device.abi = ABI;
  config.device.ram_bytes = ARENA;
  config.device.flash_bytes = SLOT;
  config.device.runtime = MOTE_RUNTIME_VERSION;
  config.device.kinds = kinds;
  config.device.kind_count = sizeof kinds;
  config.state = 0;
  config.lists = STATE;
  config.list_bytes = LISTS / 2;
  config.slots = STATE + LISTS;
  config.slot_bytes = SLOT;
  config.slot_count = SLOTS;
  config.trial_boots = TRIAL_BOOTS;
  config.self_test = self_test;
}

static bool on_trial(void) {
  return runtime.state.trial != MOTE_NO_SLOT && runtime.state.trial == runtime.running.slot;
}

/* Brings the module that the runtime has chosen into the arena, and says which one it is. */
static void use_module(void) {
  if (runtime.running.slot == MOTE_NO_SLOT) {
    say_line("no module");
    return;
  }
  mote_error_t error = mote_model_open(&model, &runtime.running, arena, sizeof arena);
  say("module ");
  say_number((int64_t)runtime.running.manifest.sequence);
  say(on_trial() ? " on trial, starts left " : " confirmed");
  if (on_trial()) {
    say_number(runtime.state.boots);
  }
  say_line(error == MOTE_OK ? "" : ", but it does not start");
}

typedef mote_error_t write_t(mote_runtime_t *runtime, const uint8_t *bytes, uint32_t size);

/* Asks for a file from `offset` on, and hands it over piece by piece. */
static mote_error_t feed(write_t *write, uint32_t offset, uint32_t size) {
  uint8_t piece[PIECE];
  mote_error_t error = MOTE_OK;
  while (error == MOTE_OK && offset < size) {
    uint32_t bytes = size - offset < PIECE ? size - offset : PIECE;
    fetch(offset, piece, bytes);
    error = write(&runtime, piece, bytes);
    offset += bytes;
  }
  return error;
}

static void take_list(uint32_t size) {
  mote_error_t error = mote_trust_begin(&runtime);
  if (error == MOTE_OK) {
    error = feed(mote_trust_write, 0, size);
  }
  if (error == MOTE_OK) {
    error = mote_trust_finish(&runtime);
  }
  if (error == MOTE_OK) {
    say_line("trusted");
  } else {
    say_error("refused", error);
  }
}

static void take_module(bool resumed, uint32_t size) {
  uint32_t offset = 0;
  mote_error_t error = resumed ? mote_install_resume(&runtime, &offset) : mote_install_begin(&runtime);
  if (resumed && error == MOTE_OK) {
    say("goes on at byte ");
    say_number(offset);
    say_line("");
  }
  if (error == MOTE_OK) {
    error = feed(mote_install_write, offset, size);
  }
  if (error == MOTE_OK) {
    error = mote_install_finish(&runtime);
  }
  if (error == MOTE_OK) {
    say_line("installed, on trial from the next start on");
  } else {
    say_error("refused", error);
  }
  /* The self-test has used the arena. */
  if (runtime.running.slot != MOTE_NO_SLOT) {
    (void)mote_model_open(&model, &runtime.running, arena, sizeof arena);
  }
}

static void run(void) {
  const uint8_t *description = runtime.running.manifest.description;
  uint8_t *input = runtime.running.slot == MOTE_NO_SLOT ? NULL : mote_model_input(&model, 0);
  if (input == NULL) {
    say_line("no model to run");
    return;
  }
  fetch(0, input, mote_signal_bytes(mote_item(description, MOTE_INPUTS, 0)));
  mote_error_t error = mote_model_run(&model, NULL);
  if (error != MOTE_OK) {
    say_error("failed", error);
    if (on_trial()) {
      (void)mote_roll_back(&runtime);
      mote_board_reset();
    }
    return;
  }
  say_bytes("output", mote_model_output(&model, 0), mote_signal_bytes(mote_item(description, MOTE_OUTPUTS, 0)));
  if (on_trial() && model.counts.inferences == ENOUGH_RUNS && mote_confirm(&runtime) == MOTE_OK) {
    say_line("confirmed");
  }
}

static void say_counters(void) {
  say_pair("inferences", model.counts.inferences);
  say_pair(" errors", model.counts.errors);
  say_pair(" microseconds", model.counts.ticks / mote_board_ticks_per_us);
  say_pair(" rollbacks", runtime.state.rollbacks);
  say_line("");
}

static void obey(const char *word, uint32_t number) {
  if (same(word, "install") || same(word, "resume")) {
    take_module(same(word, "resume"), number);
  } else if (same(word, "trust")) {
    take_list(number);
  } else if (same(word, "run")) {
    run();
  } else if (same(word, "counters")) {
    say_counters();
  } else if (same(word, "rollback") && mote_roll_back(&runtime) == MOTE_OK) {
    mote_board_reset();
  } else if (same(word, "reset")) {
    mote_board_reset();
  } else {
    say_line("that cannot be done");
  }
}

int mote_board_main(void) {
  static const mote_hooks_t hooks = {NULL, now, NULL, NULL};
  char word[16];
  uint32_t number;
  mote_board_begin();
  configure();
  model.hooks = &hooks;
  mote_error_t error = mote_start(&runtime, &config);
  if (error != MOTE_OK) {
    say_error("start", error);
  }
  use_module();
  for (;;) {
    say_line("ready");
    await_command(word, sizeof word, &number);
    obey(word, number);
  }
}

/* A module that makes the processor fault has one start less, and is given up like any other that is never confirmed. */
void mote_board_fault(uint32_t program_counter, uint32_t return_address, uint32_t cause, uint32_t address) {
  (void)return_address;
  (void)cause;
  (void)address;
  say("fault at ");
  say_number(program_counter);
  say_line("");
  mote_board_reset();
}
