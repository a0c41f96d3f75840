/* Install, upgrade, refuse, roll back, resume. */
#include "device.h"
#include "port/mbedtls/mbedtls_crypto.h"

/* Files of sequence numbers 1 to 5; from the third on they fail their self-test. */
void test_scenario(const char *key_file, char **files) {
  static device_t device;
  static mote_runtime_t runtime;
  file_t first = file_read(files[0]);
  file_t second = file_read(files[1]);
  file_t failing = file_read(files[2]);
  device_make(&device, key_file, 8, 2);
  const mote_config_t *c = &device.config;

  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 0);
  CHECK(mote_install_write(&runtime, first.bytes, 1) == MOTE_NOT_STARTED);
  CHECK(mote_install_finish(&runtime) == MOTE_NOT_STARTED);
  CHECK(mote_confirm(&runtime) == MOTE_NO_TRIAL && mote_roll_back(&runtime) == MOTE_NO_TRIAL);

  /* A new module is used from the next start on, and stays when it is confirmed. */
  CHECK(device_install(&runtime, first, 1) == MOTE_OK && device_runs(&runtime) == 0);
  CHECK(mote_install_begin(&runtime) == MOTE_SLOTS_IN_USE);
  CHECK(mote_confirm(&runtime) == MOTE_NO_TRIAL);
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 1);
  CHECK(mote_confirm(&runtime) == MOTE_OK);
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 1);

  /* The same once more is not newer; a module that fails its test is not activated. */
  CHECK(device_install(&runtime, first, 100) == MOTE_ROLLBACK);
  CHECK(device_install(&runtime, failing, 100) == MOTE_SELF_TEST_FAILED);
  for (int i = 3; i < 5; i++) {
    file_t other = file_read(files[i]);
    CHECK(device_install(&runtime, other, 100) == MOTE_SELF_TEST_FAILED);
    free(other.bytes);
  }
  uint32_t offset;
  CHECK(mote_install_resume(&runtime, &offset) == MOTE_NOTHING_TO_RESUME);
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 1);

  /* An upgrade that nobody confirms has its starts, and then the old one is back. */
  CHECK(device_install(&runtime, second, 1000) == MOTE_OK);
  for (uint32_t start = 0; start < c->trial_boots; start++) {
    CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 2);
  }
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 1);
  CHECK(runtime.state.rollbacks == 1);

  /* The application may send it back as well. */
  CHECK(device_install(&runtime, second, 7) == MOTE_OK);
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 2);
  CHECK(mote_roll_back(&runtime) == MOTE_OK);
  CHECK(mote_install_begin(&runtime) == MOTE_SLOTS_IN_USE);
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 1);

  /* What changes in flash before the installation ends is found as well. */
  uint8_t *second_slot = device.memory + mote_slot_offset(c, 1);
  CHECK(mote_install_begin(&runtime) == MOTE_OK && runtime.install.slot == 1);
  CHECK(mote_install_write(&runtime, second.bytes, second.size) == MOTE_OK);
  second_slot[3 * SECTOR] ^= 1;
  CHECK(mote_install_finish(&runtime) == MOTE_PAYLOAD_DIGEST);

  /* A module on trial whose flash changes is not started. */
  CHECK(device_install(&runtime, second, 64) == MOTE_OK);
  second_slot[3 * SECTOR] ^= 1;
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 1);

  /* A block that arrives wrong is refused, and can be fetched again. */
  CHECK(mote_install_begin(&runtime) == MOTE_OK);
  second.bytes[second.size - 1] ^= 1;
  CHECK(device_write(&runtime, second, 0, 999) == MOTE_PAYLOAD_DIGEST);
  CHECK(mote_install_write(&runtime, second.bytes, 1) == MOTE_PAYLOAD_DIGEST);
  CHECK(mote_start(&runtime, c) == MOTE_OK && mote_install_resume(&runtime, &offset) == MOTE_OK);
  CHECK(offset > second.size / 2 && offset < second.size);
  second.bytes[second.size - 1] ^= 1;
  CHECK(device_write(&runtime, second, offset, 33) == MOTE_OK);
  CHECK(mote_start(&runtime, c) == MOTE_OK && device_runs(&runtime) == 2);
  CHECK(mote_confirm(&runtime) == MOTE_OK);
  CHECK(device_install(&runtime, first, 50) == MOTE_ROLLBACK);

  /* A file that ends too early is no module; one that nobody trusted signed is refused before its payload. */
  file_t cut = {failing.bytes, failing.size - 1};
  CHECK(device_install(&runtime, cut, 50) == MOTE_MALFORMED);
  device.key.id[0] ^= 1;
  CHECK(device_install(&runtime, failing, 50) == MOTE_NOT_TRUSTED);
  CHECK(mote_start(&runtime, c) == MOTE_NOT_TRUSTED && device_runs(&runtime) == 0);
  device.key.id[0] ^= 1;
  device.config.crypto = mote_mbedtls_crypto;
  CHECK(device_install(&runtime, failing, 50) == MOTE_SELF_TEST_FAILED);
  device.point[40] ^= 1;
  CHECK(device_install(&runtime, failing, 50) == MOTE_BAD_SIGNATURE);

  device.config.flash.unit = 3;
  CHECK(mote_start(&runtime, c) == MOTE_BAD_LAYOUT);
  CHECK(device.flash.misuses == 0);
  free(first.bytes);
  free(second.bytes);
  free(failing.bytes);
}
