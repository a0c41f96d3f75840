/* Payloads that are encrypted: section 5 of docs/spec/inference-module.md. */
#ifndef MOTE_DECRYPT_H
#define MOTE_DECRYPT_H

#include "port/crypto.h"
#include "runtime/cbor.h"

#define MOTE_TAG_BYTES 16u

/* A key of the device by which it has content keys. */
typedef struct {
  uint8_t id[8];    /* what a recipient is called by */
  uint8_t curve;    /* MOTE_P_256, MOTE_X25519, or 0 for a key that is shared with the sender */
  uint8_t size;     /* of a shared key: 16 or 32 */
  const uint8_t *secret; /* as mote_crypto_t takes it */
} mote_recipient_t;

/* A ciphertext that is being read. */
typedef struct {
  mote_cipher_t cipher;
  uint8_t counter[MOTE_CIPHER_BLOCK];
  uint8_t stream[MOTE_CIPHER_BLOCK];
  uint32_t number; /* that it counts */
  uint8_t used; /* bytes of `stream` */
  bool started;
} mote_decryption_t;

/* Whether these bytes are a COSE_Encrypt of the form that modules use. */
mote_error_t mote_encrypted_check(mote_bytes_t encrypted);

/* Has the content key by one of the device's keys, and goes to byte `offset` of the ciphertext.
 *
 * @param encrypted that was checked */
mote_error_t mote_decrypt_begin(mote_decryption_t *decryption, const mote_crypto_t *crypto, mote_bytes_t encrypted,
                                const mote_recipient_t *keys, uint32_t key_count, uint32_t offset);

/* Decrypts the next bytes in place. */
void mote_decrypt(mote_decryption_t *decryption, const mote_crypto_t *crypto, uint8_t *bytes, uint32_t size);

/* Forgets the key. */
void mote_decrypt_end(mote_decryption_t *decryption, const mote_crypto_t *crypto);

#endif
