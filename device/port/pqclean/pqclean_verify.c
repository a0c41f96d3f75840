#include "port/pqclean/pqclean_verify.h"

#include <api.h>

bool mote_pqclean_verify(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *message,
                         uint32_t message_size, const uint8_t *signature, uint32_t signature_size) {
  (void)context;
  return algorithm == MOTE_ML_DSA_65 && key_size == PQCLEAN_MLDSA65_CLEAN_CRYPTO_PUBLICKEYBYTES &&
         signature_size == PQCLEAN_MLDSA65_CLEAN_CRYPTO_BYTES &&
         PQCLEAN_MLDSA65_CLEAN_crypto_sign_verify(signature, signature_size, message, message_size, key) == 0;
}
