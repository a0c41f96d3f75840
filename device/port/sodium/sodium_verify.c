#include "port/sodium/sodium_verify.h"

#include <sodium/crypto_sign_ed25519.h>

bool mote_sodium_verify(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *message,
                        uint32_t message_size, const uint8_t *signature, uint32_t signature_size) {
  (void)context;
  return algorithm == MOTE_ED25519 && key_size == crypto_sign_ed25519_PUBLICKEYBYTES &&
         signature_size == crypto_sign_ed25519_BYTES &&
         crypto_sign_ed25519_verify_detached(signature, message, message_size, key) == 0;
}
