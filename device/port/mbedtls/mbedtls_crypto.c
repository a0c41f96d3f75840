#include "port/mbedtls/mbedtls_crypto.h"

#include <mbedtls/aes.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <string.h>

#define POINT_BYTES 65u
#define SCALAR_BYTES 32u
#define HALF 8u /* of a block of AES, as key wrap has them */

/* The states have room in those that the runtime keeps. */
typedef char hash_fits[sizeof(mbedtls_sha256_context) <= sizeof(mote_hash_t) ? 1 : -1];
typedef char cipher_fits[sizeof(mbedtls_aes_context) <= sizeof(mote_cipher_t) ? 1 : -1];

static void hash_start(void *context, mote_hash_t *hash) {
  (void)context;
  mbedtls_sha256_context *sha = (void *)hash;
  mbedtls_sha256_init(sha);
  (void)mbedtls_sha256_starts_ret(sha, 0);
}

static void hash_update(void *context, mote_hash_t *hash, const uint8_t *bytes, uint32_t size) {
  (void)context;
  (void)mbedtls_sha256_update_ret((void *)hash, bytes, size);
}

static void hash_end(void *context, mote_hash_t *hash, uint8_t digest[MOTE_SHA_256_BYTES]) {
  (void)context;
  mbedtls_sha256_context *sha = (void *)hash;
  (void)mbedtls_sha256_finish_ret(sha, digest);
  mbedtls_sha256_free(sha);
}

static bool verify(void *context, int64_t algorithm, const uint8_t *key, uint32_t key_size, const uint8_t *message,
                   uint32_t message_size, const uint8_t *signature, uint32_t signature_size) {
  (void)context;
  if (algorithm != MOTE_ES256 || key_size != POINT_BYTES || signature_size != 2 * SCALAR_BYTES) {
    return false;
  }
  uint8_t digest[MOTE_SHA_256_BYTES];
  mbedtls_ecp_group curve;
  mbedtls_ecp_point point;
  mbedtls_mpi r;
  mbedtls_mpi s;
  mbedtls_ecp_group_init(&curve);
  mbedtls_ecp_point_init(&point);
  mbedtls_mpi_init(&r);
  mbedtls_mpi_init(&s);
  bool holds = mbedtls_sha256_ret(message, message_size, digest, 0) == 0 &&
               mbedtls_ecp_group_load(&curve, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
               mbedtls_ecp_point_read_binary(&curve, &point, key, key_size) == 0 &&
               mbedtls_ecp_check_pubkey(&curve, &point) == 0 &&
               mbedtls_mpi_read_binary(&r, signature, SCALAR_BYTES) == 0 &&
               mbedtls_mpi_read_binary(&s, signature + SCALAR_BYTES, SCALAR_BYTES) == 0 &&
               mbedtls_ecdsa_verify(&curve, digest, sizeof digest, &point, &r, &s) == 0;
  mbedtls_ecp_group_free(&curve);
  mbedtls_ecp_point_free(&point);
  mbedtls_mpi_free(&r);
  mbedtls_mpi_free(&s);
  return holds;
}

#if MOTE_ENCRYPTION

/* RFC 3394, section 2.2.2: Mbed TLS has it, but Debian's build has not, and its own goes through layers that cost a device
 * more than all of this. */
static bool unwrap(void *context, const uint8_t *wrapping, const uint8_t *wrapped, uint32_t size, uint8_t *key) {
  (void)context;
  mbedtls_aes_context aes;
  uint8_t block[2 * HALF];
  uint8_t wrong = 0;
  mbedtls_aes_init(&aes);
  bool done = mbedtls_aes_setkey_dec(&aes, wrapping, 8 * size) == 0;
  memcpy(block, wrapped, HALF);
  memcpy(key, wrapped + HALF, size);
  for (uint32_t step = 6 * (size / HALF); done && step > 0; step--) {
    uint8_t *piece = key + (step - 1) % (size / HALF) * HALF;
    block[HALF - 1] ^= (uint8_t)step; /* at most 24, so that one byte of the counter is enough */
    memcpy(block + HALF, piece, HALF);
    done = mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_DECRYPT, block, block) == 0;
    memcpy(piece, block + HALF, HALF);
  }
  for (uint32_t i = 0; i < HALF; i++) {
    wrong |= block[i] ^ 0xa6;
  }
  mbedtls_aes_free(&aes);
  mbedtls_platform_zeroize(block, sizeof block);
  if (!done || wrong != 0) {
    mbedtls_platform_zeroize(key, size);
    return false;
  }
  return true;
}

/* Coordinates are read apart: their order of bytes depends on the curve. */
static bool read_point(int64_t curve, mbedtls_ecp_point *point, const uint8_t *first, const uint8_t *second) {
  if (curve == MOTE_P_256) {
    return mbedtls_mpi_read_binary(&point->X, first, SCALAR_BYTES) == 0 &&
           mbedtls_mpi_read_binary(&point->Y, second, SCALAR_BYTES) == 0 &&
           mbedtls_mpi_lset(&point->Z, 1) == 0;
  }
  uint8_t x[SCALAR_BYTES];
  memcpy(x, first, sizeof x);
  x[SCALAR_BYTES - 1] &= 0x7f; /* RFC 7748: the highest bit does not count */
  return mbedtls_mpi_read_binary_le(&point->X, x, sizeof x) == 0 && mbedtls_mpi_lset(&point->Z, 1) == 0;
}

static bool read_secret(int64_t curve, mbedtls_mpi *scalar, const uint8_t *secret) {
  if (curve == MOTE_P_256) {
    return mbedtls_mpi_read_binary(scalar, secret, SCALAR_BYTES) == 0;
  }
  uint8_t clamped[SCALAR_BYTES];
  memcpy(clamped, secret, sizeof clamped);
  clamped[0] &= 248;
  clamped[SCALAR_BYTES - 1] = (uint8_t)((clamped[SCALAR_BYTES - 1] & 127) | 64);
  bool read = mbedtls_mpi_read_binary_le(scalar, clamped, sizeof clamped) == 0;
  mbedtls_platform_zeroize(clamped, sizeof clamped);
  return read;
}

static bool agree(void *context, int64_t curve, const uint8_t *secret, const uint8_t x[32], const uint8_t y[32],
                  uint8_t shared[32]) {
  const mote_mbedtls_t *own = context;
  mbedtls_ecp_group group;
  mbedtls_ecp_point theirs;
  mbedtls_ecp_point product;
  mbedtls_mpi scalar;
  mbedtls_ecp_group_init(&group);
  mbedtls_ecp_point_init(&theirs);
  mbedtls_ecp_point_init(&product);
  mbedtls_mpi_init(&scalar);
  bool done =
      mbedtls_ecp_group_load(&group, curve == MOTE_P_256 ? MBEDTLS_ECP_DP_SECP256R1 : MBEDTLS_ECP_DP_CURVE25519) == 0 &&
      read_point(curve, &theirs, x, y) && mbedtls_ecp_check_pubkey(&group, &theirs) == 0 &&
      read_secret(curve, &scalar, secret) &&
      mbedtls_ecp_mul(&group, &product, &scalar, &theirs, own != NULL ? own->random : NULL,
                      own != NULL ? own->random_context : NULL) == 0 &&
      mbedtls_mpi_cmp_int(&product.X, 0) != 0 &&
      (curve == MOTE_P_256 ? mbedtls_mpi_write_binary(&product.X, shared, 32)
                           : mbedtls_mpi_write_binary_le(&product.X, shared, 32)) == 0;
  mbedtls_ecp_group_free(&group);
  mbedtls_ecp_point_free(&theirs);
  mbedtls_ecp_point_free(&product);
  mbedtls_mpi_free(&scalar);
  return done;
}

static bool derive(void *context, const uint8_t shared[32], const uint8_t *purpose, uint32_t purpose_size, uint8_t *key,
                   uint32_t size) {
  (void)context;
  return mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), NULL, 0, shared, 32, purpose, purpose_size, key,
                      size) == 0;
}

static bool cipher_start(void *context, mote_cipher_t *cipher, const uint8_t *key, uint32_t size) {
  (void)context;
  mbedtls_aes_init((void *)cipher);
  return mbedtls_aes_setkey_enc((void *)cipher, key, 8 * size) == 0;
}

static void cipher_block(void *context, mote_cipher_t *cipher, const uint8_t *in, uint8_t *out) {
  (void)context;
  (void)mbedtls_aes_crypt_ecb((void *)cipher, MBEDTLS_AES_ENCRYPT, in, out);
}

static void cipher_end(void *context, mote_cipher_t *cipher) {
  (void)context;
  mbedtls_aes_free((void *)cipher);
}

const mote_crypto_t mote_mbedtls_crypto = {NULL,  hash_start, hash_update,  hash_end,     verify,    unwrap,
                                           agree, derive,     cipher_start, cipher_block, cipher_end};

#else

const mote_crypto_t mote_mbedtls_crypto = {NULL, hash_start, hash_update, hash_end, verify, NULL,
                                           NULL, NULL,       NULL,        NULL,     NULL};

#endif
