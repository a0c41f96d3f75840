/* Trust lists: who is believed changes, and no cut of power leaves a device that believes nobody. */
#include <string.h>

#include "device.h"

#if MOTE_TRUST_LISTS

static device_t device;
static device_t before;
static mote_runtime_t runtime;

static mote_error_t install_list(file_t file, uint32_t piece) {
  mote_error_t error = mote_trust_begin(&runtime);
  for (uint32_t at = 0; error == MOTE_OK && at < file.size; at += piece) {
    uint32_t size = file.size - at < piece ? file.size - at : piece;
    error = mote_trust_write(&runtime, file.bytes + at, size);
  }
  return error == MOTE_OK ? mote_trust_finish(&runtime) : error;
}

/* The power fails at every operation of an installation of this list. */
static void cut_everywhere(file_t file) {
  static jmp_buf power_failed;
  static volatile uint32_t cut_at;
  static volatile int cut;
  before = device;
  uint64_t old = mote_trust_of(&runtime)->sequence;
  CHECK(install_list(file, 100) == MOTE_OK);
  uint64_t new = mote_trust_of(&runtime)->sequence;
  uint32_t operations = device.flash.operations - before.flash.operations;
  CHECK(new > old && operations > 2);
  for (cut = MOTE_CUT_BEFORE; cut <= MOTE_CUT_AFTER; cut++) {
    for (cut_at = 1; cut_at <= operations; cut_at++) {
      device = before;
      CHECK(mote_start(&runtime, &device.config) < 6013);
      device.flash.cut_at = device.flash.operations + cut_at;
      device.flash.cut = (mote_cut_t)cut;
      device.flash.power_failed = &power_failed;
      if (setjmp(power_failed) == 0) {
        (void)install_list(file, 100);
        CHECK(cut == MOTE_CUT_AFTER);
      }
      device.flash.cut_at = 0;
      CHECK(mote_start(&runtime, &device.config) != MOTE_TRUST_LIST);
      CHECK(mote_trust_of(&runtime)->sequence == old || mote_trust_of(&runtime)->sequence == new);
      bool done = mote_trust_of(&runtime)->sequence == new;
      CHECK((install_list(file, 30) == MOTE_OK) == !done);
      CHECK(device.flash.misuses == 0);
    }
  }
  device = before;
  (void)mote_start(&runtime, &device.config);
}

/* The list that counts changes in flash: nothing is believed but a newer list by a key of the firmware. */
static void damage(void) {
  before = device;
  device.memory[device.config.lists + (runtime.state.list - 1u) * LIST_BYTES + runtime.state.list_bytes / 2] ^= 1;
  CHECK(mote_start(&runtime, &device.config) == MOTE_TRUST_LIST && device_runs(&runtime) == 0);
  device = before;
  CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
}

/* Steps of three words: what, the code that is expected, and a file or the sequence number of the module that runs. */
void test_trust(const char *key_file, char **steps, int count) {
  device_make(&device, key_file, 8, 2);
  CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
  for (int i = 0; i + 2 < count; i += 3) {
    const char *what = steps[i];
    int expected = atoi(steps[i + 1]);
    int error = 0;
    if (strcmp(what, "start") == 0) {
      error = (int)mote_start(&runtime, &device.config);
      CHECK(device_runs(&runtime) == (uint64_t)atoi(steps[i + 2]));
    } else if (strcmp(what, "confirm") == 0) {
      error = (int)mote_confirm(&runtime);
    } else if (strcmp(what, "damage") == 0) {
      damage();
    } else {
      file_t file = file_read(steps[i + 2]);
      bool list = strcmp(what, "list") == 0;
      if (list && expected == 0) {
        cut_everywhere(file);
      }
      error = (int)(list ? install_list(file, 37) : device_install(&runtime, file, 100));
      free(file.bytes);
    }
    if (error != expected) {
      fprintf(stderr, "step %d, %s %s: %d\n", i / 3, what, steps[i + 2], error);
      exit(1);
    }
  }
  CHECK(device.flash.misuses == 0);
}

/* What a new device says of each list: a length of 4 bytes, the lowest first, and a file. */
void test_list_verdicts(const char *key_file, const char *lists) {
  file_t all = file_read(lists);
  for (uint32_t at = 0; at < all.size;) {
    uint32_t size = all.bytes[at] | (uint32_t)all.bytes[at + 1] << 8;
    file_t file = {all.bytes + at + 4, size};
    device_make(&device, key_file, 32, 2);
    CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
    printf("%d\n", (int)install_list(file, 50));
    at += 4 + size;
  }
  free(all.bytes);
}

#endif
