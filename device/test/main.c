/* Tests of the runtime: `runtime-test scenario|cuts|transports|refusals|trust|list-verdicts|verdicts KEY …`. */
#include <string.h>

#include "device.h"
#include "runtime/golden.h"
#include "runtime/native.h"

#if !MOTE_STRICT

/* Runs golden vectors and looks at entry tables, whatever is said of them: a sanitizer sees what is read that is not there. */
static bool run_whatever(void *context, const mote_module_t *module) {
  const mote_config_t *c = context;
  uint8_t *arena = malloc(ARENA_BYTES);
  CHECK(arena != NULL);
  (void)mote_run_golden(module, &c->crypto, arena, ARENA_BYTES, device_invoke, NULL);
  (void)mote_native_check(module);
  for (uint32_t i = 0; i < 16; i++) {
    (void)mote_signal_bytes(mote_item(module->manifest.description, MOTE_INPUTS, i));
  }
  free(arena);
  return true;
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
#if MOTE_STRICT
  device.config.self_test = NULL;
#else
  device.config.self_test = run_whatever;
#endif
  device_use(&device, &runtime, first);
  before = device;
  uint32_t number = 0;
  for (uint32_t at = 0; at < all.size; number++) {
    uint32_t size = all.bytes[at] | (uint32_t)all.bytes[at + 1] << 8 | (uint32_t)all.bytes[at + 2] << 16;
    file_t file = {all.bytes + at + 4, size};
    device = before;
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
    for (uint32_t unit = 8; unit <= 32; unit *= 4) {
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
