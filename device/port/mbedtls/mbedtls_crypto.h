/* The cryptographic port by Mbed TLS 2.28: everything but Ed25519 and ML-DSA. */
#ifndef MOTE_MBEDTLS_CRYPTO_H
#define MOTE_MBEDTLS_CRYPTO_H

#include <stddef.h>

#include "port/crypto.h"

/* Its context, which may be null: random numbers that blind key agreement against measurements from outside. */
typedef struct {
  int (*random)(void *context, unsigned char *bytes, size_t size);
  void *random_context;
} mote_mbedtls_t;

extern const mote_crypto_t mote_mbedtls_crypto;

#endif
