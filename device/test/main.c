/* Tests of the runtime: `runtime-test scenario|cuts|transports|refusals|trust|list-verdicts|verdicts KEY …`. */
#include <string.h>

#include "device.h"
#include "runtime/golden.h"
#include "runtime/native.h"

#if !MOTE_STRICT

/* Reads a head, and runs its golden vectors, where nothing lies behind it: a sanitizer sees what is read that is not there. */
static void read_exactly(const mote_config_t *c, file_t file) {
  mote_bytes_t head = {file.bytes, file.size};
  mote_module_t module = {0};
  (void)mote_head_verify(head, &c->crypto, &c->trust, &module.manifest, &head.size);
  uint8_t *copy = malloc(head.size + 1);
  uint8_t *arena = malloc(ARENA_BYTES);
  CHECK(copy != NULL && arena != NULL);
  memcpy(copy + 1, file.bytes, head.size);
  head.at = copy + 1;
  if (mote_head_verify(head, &c->crypto, &c->trust, &module.manifest, &head.size) == MOTE_OK &&
      mote_choose(&module.manifest, &c->device, &module.payload) == MOTE_OK) {
    uint8_t *payload = calloc(1, module.payload.size);
    CHECK(payload != NULL);
    module.bytes = payload;
    *payload = file.bytes[(file.size - module.payload.size) % file.size];
    (void)mote_run_golden(&module, &c->crypto, arena, ARENA_BYTES, device_invoke, NULL);
    (void)mote_native_check(&module);
    for (uint32_t i = 0; i < 16; i++) {
      (void)mote_signal_bytes(mote_item(module.manifest.description, MOTE_INPUTS, i));
    }
    free(payload);
  }
  free(arena);
  free(copy);
}

#endif

/* What a device that uses `base` says of each file of a list: a length of 4 bytes, the lowest first, and a file. */
void test_verdicts(const char *key_file, const char *recipients_file, const char *base, const char *list) {
  static device_t device;
  static device_t before;
  static mote_runtime_t runtime;
  file_t all = file_read(list);
  file_t first = file_read(base);
  device_make(&device, key_file, 32, 2);
  device_add_recipients(&device, recipients_file);
  device.config.self_test = NULL;
  device_use(&device, &runtime, first);
  before = device;
  uint32_t number = 0;
  for (uint32_t at = 0; at < all.size; number++) {
    uint32_t size = all.bytes[at] | (uint32_t)all.bytes[at + 1] << 8 | (uint32_t)all.bytes[at + 2] << 16;
    file_t file = {all.bytes + at + 4, size};
    device = before;
#if !MOTE_STRICT
    read_exactly(&device.config, file);
#endif
    CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
    printf("%d\n", (int)device_install(&runtime, file, 1 + number % 97));
    CHECK(device.flash.misuses == 0);
    at += 4 + size;
  }
  free(all.bytes);
  free(first.bytes);
}

int main(int count, char **arguments) {
  CHECK(count >= 4);
  const char *name = arguments[1];
  char **rest = arguments + 3;
  if (strcmp(name, "scenario") == 0) {
    test_scenario(arguments[2], rest);
  } else if (strcmp(name, "cuts") == 0) {
    /* Three files as they are sent; when they are not in full and in the clear, recipients before, and three that are. */
    bool travelling = count > 6;
    for (uint32_t unit = MOTE_STRICT ? 8 : 32; unit <= 32; unit *= 4) {
      test_cuts(arguments[2], travelling ? rest[0] : NULL, rest + travelling, rest + (travelling ? 4 : 0), unit);
    }
  } else if (strcmp(name, "transports") == 0) {
    test_transports(arguments[2], rest[0], rest + 1, count - 4);
#if MOTE_TRUST_LISTS
  } else if (strcmp(name, "trust") == 0) {
    test_trust(arguments[2], rest, count - 3);
  } else if (strcmp(name, "list-verdicts") == 0) {
    test_list_verdicts(arguments[2], rest[0]);
#endif
  } else if (strcmp(name, "refusals") == 0) {
    test_refusals(arguments[2], rest[0], rest + 1, count - 4);
  } else {
    test_verdicts(arguments[2], rest[0], rest[1], rest[2]);
  }
  return 0;
}
