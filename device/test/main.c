/* Tests of the runtime: `runtime-test scenario|cuts|verdicts KEY FILE…`. */
#include <string.h>

#include "device.h"

/* What a new device says of each file of a list: a length of 4 bytes, the lowest first, and a file. */
void test_verdicts(const char *key_file, const char *list) {
  static device_t device;
  static mote_runtime_t runtime;
  file_t all = file_read(list);
  uint32_t number = 0;
  for (uint32_t at = 0; at < all.size; number++) {
    uint32_t size = all.bytes[at] | (uint32_t)all.bytes[at + 1] << 8 | (uint32_t)all.bytes[at + 2] << 16;
    file_t file = {all.bytes + at + 4, size};
    device_make(&device, key_file, 32, 2);
    device.config.self_test = NULL;
    CHECK(mote_start(&runtime, &device.config) == MOTE_OK);
    printf("%d\n", (int)device_install(&runtime, file, 1 + number % 97));
    CHECK(device.flash.misuses == 0);
    at += 4 + size;
  }
  free(all.bytes);
}

int main(int count, char **arguments) {
  CHECK(count >= 4);
  const char *name = arguments[1];
  if (strcmp(name, "scenario") == 0) {
    test_scenario(arguments[2], arguments + 3);
  } else if (strcmp(name, "cuts") == 0) {
    test_cuts(arguments[2], arguments + 3, 32);
    test_cuts(arguments[2], arguments + 3, 8);
  } else {
    test_verdicts(arguments[2], arguments[3]);
  }
  return 0;
}
