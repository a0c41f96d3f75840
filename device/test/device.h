/* A device of the tests: flash that can lose its power, Mbed TLS, one trusted key. */
#ifndef MOTE_TEST_DEVICE_H
#define MOTE_TEST_DEVICE_H

#include <stdio.h>
#include <stdlib.h>

#include "port/posix/ram_flash.h"
#include "runtime/golden.h"
#include "runtime/runtime.h"

#define SECTOR 1024u
#define SLOT_BYTES (16u * SECTOR)
#define LIST_BYTES (8u * SECTOR)
#define FLASH_BYTES (2u * SECTOR + 3u * SLOT_BYTES + 2u * LIST_BYTES)

#define ARENA_BYTES 52u
#define MOST_RECIPIENTS 4u

#define CHECK(condition)                                                                                \
  do {                                                                                                  \
    if (!(condition)) {                                                                                 \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                   \
      exit(1);                                                                                          \
    }                                                                                                   \
  } while (0)

typedef struct {
  uint8_t memory[FLASH_BYTES];
  mote_ram_flash_t flash;
  mote_config_t config;
  mote_key_t key;
  uint8_t point[65];
  mote_recipient_t recipients[MOST_RECIPIENTS];
  uint8_t secrets[MOST_RECIPIENTS][32];
} device_t;

typedef struct {
  uint8_t *bytes;
  uint32_t size;
} file_t;

/* The model of the tests: adds the first byte of its payload to four bytes, and copies three floats. */
bool device_invoke(void *context, const mote_trial_t *trial);
file_t file_read(const char *path);
/* A new device; the key file is an identifier of 8 bytes and a point of P-256. */
void device_make(device_t *device, const char *key_file, uint32_t unit, uint8_t slots);
/* Gives it keys for encrypted payloads: curve, size, identifier of 8 bytes and secret of 32 of each. */
void device_add_recipients(device_t *device, const char *recipients_file);
/* Installs and confirms a module. */
void device_use(device_t *device, mote_runtime_t *runtime, file_t file);
/* Whether the running payload is the last bytes of a file in which it travels in full and in the clear. */
bool device_holds(const mote_runtime_t *runtime, file_t plain);
/* Writes a file from `offset` on in pieces of `piece` bytes, and finishes. */
mote_error_t device_write(mote_runtime_t *runtime, file_t file, uint32_t offset, uint32_t piece);
/* Begins, writes, finishes. */
mote_error_t device_install(mote_runtime_t *runtime, file_t file, uint32_t piece);
/* The sequence number of the running module; 0 when there is none. */
uint64_t device_runs(const mote_runtime_t *runtime);

void test_scenario(const char *key_file, char **files);
void test_cuts(const char *key_file, const char *recipients_file, char **files, char **plain, uint32_t unit);
void test_verdicts(const char *key_file, const char *recipients_file, const char *base, const char *list);
void test_transports(const char *key_file, const char *recipients_file, char **files, int count);
void test_trust(const char *key_file, char **steps, int count);
void test_list_verdicts(const char *key_file, const char *lists);
void test_refusals(const char *key_file, const char *recipients_file, char **files, int count);

#endif
