/* Payloads that travel encrypted, as a delta, or both. */
#include <string.h>

#include "device.h"

static device_t device;
static device_t before;
static mote_runtime_t runtime;

/* A device that uses the first module. */
static void prepare(const char *key_file, const char *recipients_file, file_t first) {
  device_make(&device, key_file, 8, 2);
  device_add_recipients(&device, recipients_file);
  device_use(&device, &runtime, first);
  before = device;
}

/* What is sent until byte `at`, then the connection breaks or the device is reset; all of it is there in the end. */
static void resume_at(file_t file, file_t plain, uint32_t at, uint32_t *resumed) {
  device = before;
  uint32_t offset;
  CHECK(mote_start(&runtime, &device.config) == MOTE_OK && mote_install_begin(&runtime) == MOTE_OK);
  CHECK(mote_install_write(&runtime, file.bytes, at) == MOTE_OK);
  if (at % 2 == 0) {
    CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
  }
  mote_error_t error = mote_install_resume(&runtime, &offset);
  CHECK(error == MOTE_OK || error == MOTE_NOTHING_TO_RESUME);
  if (error == MOTE_OK) {
    CHECK(offset <= file.size);
    CHECK(offset <= at || runtime.install.left == 0);
    *resumed += offset > file.size / 2;
    CHECK(device_write(&runtime, file, offset, 1 + at % 61) == MOTE_OK);
  } else {
    CHECK(device_install(&runtime, file, 1 + at % 61) == MOTE_OK);
  }
  CHECK(mote_start(&runtime, &device.config) == MOTE_OK && device_runs(&runtime) == 2 && device_holds(&runtime, plain));
  CHECK(device.flash.misuses == 0);
}

/* The first module; the second in full and in the clear; and the second in other ways. */
void test_transports(const char *key_file, const char *recipients_file, char **files, int count) {
  static const uint32_t pieces[] = {1, 15, 16, 17, 64, 1000, 100000};
  file_t first = file_read(files[0]);
  file_t plain = file_read(files[1]);
  prepare(key_file, recipients_file, first);
  for (int i = 1; i < count; i++) {
    file_t file = file_read(files[i]);
    for (uint32_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
      device = before;
      CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
      CHECK(device_install(&runtime, file, pieces[k]) == MOTE_OK);
      CHECK(mote_start(&runtime, &device.config) == MOTE_OK && device_runs(&runtime) == 2);
      CHECK(device_holds(&runtime, plain) && mote_confirm(&runtime) == MOTE_OK && device.flash.misuses == 0);
    }
    uint32_t resumed = 0;
    uint32_t tries = 0;
    for (uint32_t at = 1; at <= file.size; at += at + 40 > file.size ? 1 : 7 + at % 11) {
      resume_at(file, plain, at, &resumed);
      tries++;
    }
    printf("%u bytes, %u cuts, %u resumed behind the middle\n", (unsigned)file.size, (unsigned)tries, (unsigned)resumed);
    CHECK(resumed > 0);
    free(file.bytes);
  }
  free(first.bytes);
  free(plain.bytes);
}

/* Files that must be refused, each with the code in the first four letters of its name; nothing behind the head of the slot
 * changes for the codes that are known before the payload. */
void test_refusals(const char *key_file, const char *recipients_file, char **files, int count) {
  file_t first = file_read(files[0]);
  prepare(key_file, recipients_file, first);
  for (int i = 1; i < count; i++) {
    file_t file = file_read(files[i]);
    const char *name = strrchr(files[i], '/') + 1;
    device = before;
    CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
    int error = (int)device_install(&runtime, file, 100);
    if (error != atoi(name)) {
      fprintf(stderr, "%s: %d\n", name, error);
      exit(1);
    }
    if (error == MOTE_CONTENT_KEY || error == MOTE_DELTA_BASE) {
      const uint8_t *slot = device.memory + mote_slot_offset(&device.config, runtime.install.slot);
      uint32_t head = 2 * SECTOR;
      CHECK(memcmp(slot + head, before.memory + (slot - device.memory) + head, SLOT_BYTES - head) == 0);
    }
    CHECK(mote_start(&runtime, &device.config) == MOTE_OK && device_runs(&runtime) == 1);
    free(file.bytes);
  }
  free(first.bytes);
}
