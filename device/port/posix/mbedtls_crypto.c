#include "port/posix/mbedtls_crypto.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/sha256.h>

#define ES256 (-7)
#define POINT_BYTES 65u
#define SCALAR_BYTES 32u

/* The state has room in the one that the runtime keeps. */
typedef char state_fits[sizeof(mbedtls_sha256_context) <= sizeof(mote_hash_t) ? 1 : -1];

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
  if (algorithm != ES256 || key_size != POINT_BYTES || signature_size != 2 * SCALAR_BYTES) {
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

const mote_crypto_t mote_mbedtls_crypto = {NULL, hash_start, hash_update, hash_end, verify};
