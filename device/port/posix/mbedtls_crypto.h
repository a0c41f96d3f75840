/* The cryptographic port by Mbed TLS 2.28, which has ES256 and no Ed25519. */
#ifndef MOTE_MBEDTLS_CRYPTO_H
#define MOTE_MBEDTLS_CRYPTO_H

#include "port/crypto.h"

extern const mote_crypto_t mote_mbedtls_crypto;

#endif
