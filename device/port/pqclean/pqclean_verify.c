#include "port/pqclean/pqclean_verify.h"

#include <api.h>
#include <stddef.h>

/* PQClean's hashes have their state on the heap, one or two at a time; scripts/device-crypto has it call these. */
#define STATES 4u
#define STATE_WORDS 26u

void *mote_pqclean_malloc(size_t size);
void mote_pqclean_free(void *state);

static uint64_t states[STATES][STATE_WORDS];
static bool in_use[STATES];

void *mote_pqclean_malloc(size_t size) {
  for (uint32_t i = 0; i < STATES && size <= sizeof states[i]; i++) {
    if (!in_use[i]) {
      in_use[i] = true;
      return states[i];
    }
  }
  return NULL;
}

void mote_pqclean_free(void *state) {
  for (uint32_t i = 0; i < STATES; i++) {
    in_use[i] = in_use[i] && state != states[i];
  }
}

bool mote_pqclean_verify(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *message,
                         uint32_t message_size, const uint8_t *signature, uint32_t signature_size) {
  (void)context;
  return algorithm == MOTE_ML_DSA_65 && key_size == PQCLEAN_MLDSA65_CLEAN_CRYPTO_PUBLICKEYBYTES &&
         signature_size == PQCLEAN_MLDSA65_CLEAN_CRYPTO_BYTES &&
         PQCLEAN_MLDSA65_CLEAN_crypto_sign_verify(signature, signature_size, message, message_size, key) == 0;
}
