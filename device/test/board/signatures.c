/* On a board: whether signatures hold, and stop holding when a bit is changed. `signatures.h` is made by DeviceSignaturesTest. */
#include <mbedtls/memory_buffer_alloc.h>
#include <string.h>

#include "port/mbedtls/mbedtls_crypto.h"
#include "port/pqclean/pqclean_verify.h"
#include "port/sodium/sodium_verify.h"
#include "semihosting.h"
#include "signatures.h"
#include "startup.h"

static bool verify(int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *signature, uint32_t size) {
  return mote_mbedtls_crypto.verify(NULL, algorithm, key, key_size, message, sizeof message, signature, size) ||
         mote_sodium_verify(NULL, algorithm, key, key_size, message, sizeof message, signature, size) ||
         mote_pqclean_verify(NULL, algorithm, key, key_size, message, sizeof message, signature, size);
}

int mote_board_main(void) {
  static unsigned char heap[MOTE_MBEDTLS_HEAP_BYTES];
  static uint8_t changed[sizeof ml_dsa_65_signature];
  mbedtls_memory_buffer_alloc_init(heap, sizeof heap);
  const struct {
    int64_t algorithm;
    const uint8_t *key;
    uint32_t key_size;
    const uint8_t *signature;
    uint32_t size;
  } all[] = {
      {MOTE_ES256, es256_key, sizeof es256_key, es256_signature, sizeof es256_signature},
      {MOTE_ED25519, ed25519_key, sizeof ed25519_key, ed25519_signature, sizeof ed25519_signature},
      {MOTE_ML_DSA_65, ml_dsa_65_key, sizeof ml_dsa_65_key, ml_dsa_65_signature, sizeof ml_dsa_65_signature},
  };
  bool right = true;
  for (uint32_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    memcpy(changed, all[i].signature, all[i].size);
    changed[all[i].size / 2] ^= 4;
    right = right && verify(all[i].algorithm, all[i].key, all[i].key_size, all[i].signature, all[i].size) &&
            !verify(all[i].algorithm, all[i].key, all[i].key_size, changed, all[i].size);
  }
  host_exit(right ? EXIT_DONE : EXIT_FAILED);
  return 0;
}

void mote_board_fault(uint32_t program_counter, uint32_t return_address, uint32_t cause, uint32_t address) {
  (void)program_counter;
  (void)return_address;
  (void)cause;
  (void)address;
  host_exit(EXIT_FAILED);
}
