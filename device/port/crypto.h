/* What the runtime needs of a cryptographic library. */
#ifndef MOTE_CRYPTO_H
#define MOTE_CRYPTO_H

#include <stdbool.h>
#include <stdint.h>

#define MOTE_SHA_256_BYTES 32u

/* Room for the library's state of one SHA-256. */
typedef struct {
  uint64_t room[16];
} mote_hash_t;

typedef struct {
  void *context;
  void (*hash_start)(void *context, mote_hash_t *hash);
  void (*hash_update)(void *context, mote_hash_t *hash, const uint8_t *bytes, uint32_t size);
  /* Ends a hash that was started; every one is ended. */
  void (*hash_end)(void *context, mote_hash_t *hash, uint8_t digest[MOTE_SHA_256_BYTES]);
  /* Whether `signature` is one of `message` by the owner of `key`. For algorithm -7 (ES256) a key is an uncompressed point
   * of P-256, 65 bytes, and a signature is r and s, 64 bytes. False for algorithms that the library does not have. */
  bool (*verify)(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *message,
                 uint32_t message_size, const uint8_t *signature, uint32_t signature_size);
} mote_crypto_t;

#endif
