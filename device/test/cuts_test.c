/* The power fails at every single operation of an installation, an activation and a rollback. */
#include <string.h>

#include "device.h"

/* Confirms the second module, then lets the third have all its starts unconfirmed; both pass their self-test. */
static void script(mote_runtime_t *runtime, const mote_config_t *c, file_t second, file_t third) {
  CHECK(mote_start(runtime, c) == MOTE_OK);
  CHECK(device_install(runtime, second, 200) == MOTE_OK);
  CHECK(mote_start(runtime, c) == MOTE_OK && device_runs(runtime) == 2);
  CHECK(mote_confirm(runtime) == MOTE_OK);
  CHECK(device_install(runtime, third, 200) == MOTE_OK);
  for (uint32_t start = 0; start <= c->trial_boots; start++) {
    CHECK(mote_start(runtime, c) == MOTE_OK);
    CHECK(device_runs(runtime) == (start < c->trial_boots ? 3u : 2u));
  }
}

/* Brings a device to the third module, from wherever it is. */
static void recover(mote_runtime_t *runtime, const mote_config_t *c, file_t third, file_t plain, uint32_t *resumed) {
  uint32_t offset;
  CHECK(mote_start(runtime, c) == MOTE_OK);
  CHECK(device_runs(runtime) >= 1 && device_runs(runtime) <= 3);
  if (runtime->state.trial != MOTE_NO_SLOT && device_runs(runtime) != 3) {
    CHECK(mote_roll_back(runtime) == MOTE_OK);
    CHECK(mote_start(runtime, c) == MOTE_OK);
  }
  if (device_runs(runtime) != 3) {
    mote_error_t error = MOTE_NOTHING_TO_RESUME;
    if (mote_install_resume(runtime, &offset) == MOTE_OK) {
      *resumed += 1;
      error = device_write(runtime, third, offset, 300);
    }
    /* What was interrupted may have been the second module: then its blocks are refused. */
    if (error != MOTE_OK) {
      error = device_install(runtime, third, 300);
      /* A delta to the second module is of no use to a device that still has the first. */
      error = error == MOTE_DELTA_BASE ? device_install(runtime, plain, 300) : error;
      CHECK(error == MOTE_OK || runtime->state.trial != MOTE_NO_SLOT);
    }
    CHECK(mote_start(runtime, c) == MOTE_OK);
  }
}

/* `files` as they are sent, and the same in full and in the clear. */
void test_cuts(const char *key_file, const char *recipients_file, char **files, char **plain, uint32_t unit) {
  static device_t device;
  static device_t before;
  static mote_runtime_t runtime;
  file_t all[] = {file_read(files[0]), file_read(files[1]), file_read(files[2])};
  file_t clear[] = {file_read(plain[0]), file_read(plain[1]), file_read(plain[2])};
  jmp_buf power_failed;
  device_make(&device, key_file, unit, 2);
  if (recipients_file != NULL) {
    device_add_recipients(&device, recipients_file);
  }
  const mote_config_t *c = &device.config;
  device_use(&device, &runtime, all[0]);
  device.flash.operations = 0;
  before = device;
  script(&runtime, c, all[1], all[2]);
  uint32_t operations = device.flash.operations;
  static uint32_t cuts;
  static uint32_t resumed;
  static volatile uint32_t at;
  static volatile int cut;
  cuts = resumed = 0;
  for (cut = MOTE_CUT_BEFORE; cut <= MOTE_CUT_AFTER; cut++) {
    for (at = 1; at <= operations; at++) {
      device = before;
      device.flash.cut_at = at;
      device.flash.cut = (mote_cut_t)cut;
      device.flash.power_failed = &power_failed;
      if (setjmp(power_failed) == 0) {
        script(&runtime, c, all[1], all[2]);
        fprintf(stderr, "the power did not fail\n");
        exit(1);
      }
      cuts++;
      /* It fails once more while the device puts itself in order. */
      device.flash.cut_at = device.flash.operations + 1 + at % 11;
      if (setjmp(power_failed) == 0) {
        CHECK(mote_start(&runtime, c) == MOTE_OK);
        uint64_t runs = device_runs(&runtime);
        CHECK(runs >= 1 && runs <= 3 && device_holds(&runtime, clear[runs - 1]));
        recover(&runtime, c, all[2], clear[2], &resumed);
      }
      device.flash.cut_at = 0;
      for (int tries = 0; device_runs(&runtime) != 3 || runtime.state.trial != MOTE_NO_SLOT; tries++) {
        CHECK(tries < 3);
        recover(&runtime, c, all[2], clear[2], &resumed);
        if (device_runs(&runtime) == 3 && runtime.state.trial != MOTE_NO_SLOT) {
          CHECK(mote_confirm(&runtime) == MOTE_OK);
        }
      }
      CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 3 && device_holds(&runtime, clear[2]));
      CHECK(device.flash.misuses == 0);
    }
  }
  CHECK(resumed > 0);
  printf("unit %u: %u operations, %u cuts, %u downloads resumed\n", (unsigned)unit, (unsigned)operations, (unsigned)cuts,
         (unsigned)resumed);
  for (int i = 0; i < 3; i++) {
    free(all[i].bytes);
    free(clear[i].bytes);
  }
}
