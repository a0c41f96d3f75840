/* What the runtime needs of cryptographic libraries. README.md says which there are and what they cost. */
#ifndef MOTE_CRYPTO_H
#define MOTE_CRYPTO_H

#include <stdbool.h>
#include <stdint.h>

/* Whether encrypted payloads are taken; 0 leaves out what they need, here and in the runtime. */
#ifndef MOTE_ENCRYPTION
#define MOTE_ENCRYPTION 1
#endif

#define MOTE_SHA_256_BYTES 32u
#define MOTE_CIPHER_BLOCK 16u

/* Signatures, by their numbers in COSE. */
#define MOTE_ES256 (-7)
#define MOTE_ED25519 (-8)
#define MOTE_ML_DSA_65 (-49)

/* Curves of key agreement, by their numbers in COSE. */
#define MOTE_P_256 1
#define MOTE_X25519 4

/* Room for the library's state of one SHA-256. */
typedef struct {
  uint64_t room[16];
} mote_hash_t;

/* Room for the library's state of one AES key. */
typedef struct {
  uint64_t room[36];
} mote_cipher_t;

/* Whether `signature` is one of `message` by the owner of `key`. A key is that of SubjectPublicKeyInfo without what stands
 * before it. ES256: an uncompressed point of P-256, 65 bytes; a signature is r and s, 64 bytes. ED25519: 32 and 64 bytes.
 * ML-DSA-65: 1,952 and 3,309 bytes. False for algorithms that the library does not have. */
typedef bool mote_verify_t(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *message,
                           uint32_t message_size, const uint8_t *signature, uint32_t signature_size);

typedef struct {
  void *context;
  void (*hash_start)(void *context, mote_hash_t *hash);
  void (*hash_update)(void *context, mote_hash_t *hash, const uint8_t *bytes, uint32_t size);
  /* Ends a hash that was started; every one is ended. */
  void (*hash_end)(void *context, mote_hash_t *hash, uint8_t digest[MOTE_SHA_256_BYTES]);
  mote_verify_t *verify;

  /* For encrypted payloads; all may be null where there are none. Keys of AES have 16 or 32 bytes. */

  /* AES key wrap (RFC 3394): the key of `size` bytes in `wrapped`, which has 8 more, by a wrapping key of as many. */
  bool (*unwrap)(void *context, const uint8_t *wrapping, const uint8_t *wrapped, uint32_t size, uint8_t *key);
  /* What a private key of 32 bytes, or what the port takes for one, and a public one have in common. P-256: the coordinates x
   * and y, big-endian; the result is x. X25519: as in RFC 7748, and `y` means nothing. False for a point that is none, and for a
   * result of zeros. */
  bool (*agree)(void *context, int64_t curve, const uint8_t *secret, const uint8_t x[32], const uint8_t y[32],
                uint8_t shared[32]);
  /* HKDF-SHA-256 (RFC 5869) without salt. */
  bool (*derive)(void *context, const uint8_t shared[32], const uint8_t *purpose, uint32_t purpose_size, uint8_t *key,
                 uint32_t size);
  /* AES in the direction of encryption, one block at a time. A cipher that was started is ended. */
  bool (*cipher_start)(void *context, mote_cipher_t *cipher, const uint8_t *key, uint32_t size);
  void (*cipher_block)(void *context, mote_cipher_t *cipher, const uint8_t in[MOTE_CIPHER_BLOCK],
                       uint8_t out[MOTE_CIPHER_BLOCK]);
  void (*cipher_end)(void *context, mote_cipher_t *cipher);
} mote_crypto_t;

#endif
