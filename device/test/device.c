#include "device.h"

#include <string.h>

#include "port/mbedtls/mbedtls_crypto.h"
#include "port/pqclean/pqclean_verify.h"
#include "port/sodium/sodium_verify.h"

file_t file_read(const char *path) {
  file_t file = {NULL, 0};
  FILE *stream = fopen(path, "rb");
  CHECK(stream != NULL);
  CHECK(fseek(stream, 0, SEEK_END) == 0);
  long size = ftell(stream);
  CHECK(size > 0 && fseek(stream, 0, SEEK_SET) == 0);
  file.size = (uint32_t)size;
  file.bytes = malloc(file.size);
  CHECK(file.bytes != NULL && fread(file.bytes, 1, file.size, stream) == file.size);
  (void)fclose(stream);
  return file;
}

/* By whichever library has the algorithm. */
static bool verify_any(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *message,
                       uint32_t message_size, const uint8_t *signature, uint32_t signature_size) {
  mote_verify_t *const libraries[] = {
      mote_mbedtls_crypto.verify,
#if MOTE_TEST_ALL_ALGORITHMS
      mote_sodium_verify,
      mote_pqclean_verify,
#endif
  };
  bool holds = false;
  for (uint32_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
    holds = holds || libraries[i](context, algorithm, key, key_size, message, message_size, signature, signature_size);
  }
  return holds;
}

/* Remembers the first signature that held, which is that of the module in use, and the last ones: the tests check the same ones
 * thousands of times. */
static bool remembering_verify(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size,
                               const uint8_t *message, uint32_t message_size, const uint8_t *signature,
                               uint32_t signature_size) {
  enum { PLACES = 4, ROOM = 256 };
  static uint8_t known[PLACES][ROOM];
  static uint32_t next;
  uint8_t question[ROOM] = {0};
  if (message_size + signature_size > ROOM) {
    return verify_any(context, algorithm, key, key_size, message, message_size, signature, signature_size);
  }
  memcpy(question, message, message_size);
  memcpy(question + message_size, signature, signature_size);
  for (uint32_t i = 0; i < PLACES; i++) {
    if (memcmp(known[i], question, ROOM) == 0) {
      return true;
    }
  }
  bool holds = verify_any(context, algorithm, key, key_size, message, message_size, signature, signature_size);
  if (holds) {
    memcpy(known[next < PLACES ? next : 1 + next % (PLACES - 1)], question, ROOM);
    next++;
  }
  return holds;
}

bool device_invoke(void *context, const mote_trial_t *trial) {
  uint8_t *arena = trial->arena;
  (void)context;
  for (uint32_t i = 0; i < 4; i++) {
    arena[32 + i] = (uint8_t)(arena[i] + trial->module->bytes[0]);
  }
  memcpy(arena + 40, arena + 8, 12);
  return true;
}

static bool self_test(void *context, const mote_module_t *module) {
  const mote_config_t *c = context;
  uint8_t *arena = malloc(ARENA_BYTES);
  CHECK(arena != NULL);
  bool passed = mote_run_golden(module, &c->crypto, arena, ARENA_BYTES, device_invoke, NULL);
  CHECK(!mote_run_golden(module, &c->crypto, arena, 0, device_invoke, NULL));
  free(arena);
  return passed;
}

void device_make(device_t *device, const char *key_file, uint32_t unit, uint8_t slots) {
  static const char *const architectures[] = {"armv7e-m"};
  static const char *const features[] = {"dsp", "fpu-sp"};
  static const uint8_t kinds[] = {MOTE_NATIVE, MOTE_TFLITE};
  memset(device, 0, sizeof *device);
  file_t key = file_read(key_file);
  CHECK(key.size == MOTE_KEY_ID_BYTES + sizeof device->point);
  memcpy(device->key.id, key.bytes, MOTE_KEY_ID_BYTES);
  memcpy(device->point, key.bytes + MOTE_KEY_ID_BYTES, sizeof device->point);
  free(key.bytes);
  device->key.algorithm = MOTE_ES256;
  device->key.key = device->point;
  device->key.key_size = sizeof device->point;
  device->flash.memory = device->memory;
  device->flash.size = FLASH_BYTES;
  device->flash.unit = unit;
  device->flash.sector = SECTOR;
  mote_config_t *c = &device->config;
  c->flash = mote_ram_flash(&device->flash);
  c->crypto = mote_mbedtls_crypto;
  c->crypto.verify = remembering_verify;
  c->trust.keys = &device->key;
  c->trust.key_count = 1;
  c->device.architectures = architectures;
  c->device.architecture_count = 1;
  c->device.features = features;
  c->device.feature_count = 2;
  c->device.abi = "aapcs";
  c->device.ram_bytes = 1 << 16;
  c->device.flash_bytes = SLOT_BYTES;
  c->device.runtime = 1002;
  c->device.kinds = kinds;
  c->device.kind_count = 2;
  c->state = 0;
  c->slots = 2 * SECTOR;
  c->slot_bytes = SLOT_BYTES;
  c->slot_count = slots;
  c->lists = 2 * SECTOR + 3 * SLOT_BYTES;
  c->list_bytes = LIST_BYTES;
  c->trial_boots = 2;
  c->self_test = self_test;
  c->self_test_context = c;
}

void device_add_recipients(device_t *device, const char *recipients_file) {
  enum { ENTRY = 2 + 8 + 32 };
  file_t file = file_read(recipients_file);
  uint32_t count = file.size / ENTRY;
  CHECK(count <= MOST_RECIPIENTS && file.size % ENTRY == 0);
  for (uint32_t i = 0; i < count; i++) {
    const uint8_t *entry = file.bytes + i * ENTRY;
    mote_recipient_t *recipient = &device->recipients[i];
    recipient->curve = entry[0];
    recipient->size = entry[1];
    memcpy(recipient->id, entry + 2, sizeof recipient->id);
    memcpy(device->secrets[i], entry + 10, sizeof device->secrets[i]);
    recipient->secret = device->secrets[i];
  }
  device->config.recipients = device->recipients;
  device->config.recipient_count = count;
  free(file.bytes);
}

void device_use(device_t *device, mote_runtime_t *runtime, file_t file) {
  CHECK(mote_start(runtime, &device->config) == MOTE_OK && device_install(runtime, file, 500) == MOTE_OK);
  CHECK(mote_start(runtime, &device->config) == MOTE_OK && mote_confirm(runtime) == MOTE_OK);
}

bool device_holds(const mote_runtime_t *runtime, file_t plain) {
  const mote_module_t *module = &runtime->running;
  return module->slot != MOTE_NO_SLOT && module->payload.size < plain.size &&
         memcmp(plain.bytes + plain.size - module->payload.size, module->bytes, module->payload.size) == 0;
}

mote_error_t device_write(mote_runtime_t *runtime, file_t file, uint32_t offset, uint32_t piece) {
  mote_error_t error = MOTE_OK;
  while (error == MOTE_OK && offset < file.size) {
    uint32_t size = file.size - offset < piece ? file.size - offset : piece;
    /* A copy of exactly this size, so that a sanitizer sees a byte too many. Kept for the next call to free: the power may
     * fail before this one returns. */
    static uint8_t *copy;
    free(copy);
    copy = malloc(size);
    CHECK(copy != NULL);
    memcpy(copy, file.bytes + offset, size);
    error = mote_install_write(runtime, copy, size);
    offset += size;
  }
  return error == MOTE_OK ? mote_install_finish(runtime) : error;
}

mote_error_t device_install(mote_runtime_t *runtime, file_t file, uint32_t piece) {
  mote_error_t error = mote_install_begin(runtime);
  return error == MOTE_OK ? device_write(runtime, file, 0, piece) : error;
}

uint64_t device_runs(const mote_runtime_t *runtime) {
  return runtime->running.slot == MOTE_NO_SLOT ? 0 : runtime->running.manifest.sequence;
}
