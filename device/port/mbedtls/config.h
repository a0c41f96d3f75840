/* What of Mbed TLS 2.28 is built for a device: scripts/device-crypto. No files, no entropy, no heap but the application's:
 * it calls mbedtls_memory_buffer_alloc_init once, before anything else, with MOTE_MBEDTLS_HEAP_BYTES or more. */
#ifndef MOTE_MBEDTLS_CONFIG_H
#define MOTE_MBEDTLS_CONFIG_H

/* Whether DTLS is built, with pre-shared keys: dtls.h. */
#ifndef MOTE_DTLS
#define MOTE_DTLS 0
#endif

#if MOTE_DTLS
#define MOTE_MBEDTLS_HEAP_BYTES 16384u
#else
#define MOTE_MBEDTLS_HEAP_BYTES 4096u
#endif

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER

#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MPI_WINDOW_SIZE 1
#define MBEDTLS_MPI_MAX_SIZE 64
#define MBEDTLS_ECP_C
#define MBEDTLS_ECP_DP_SECP256R1_ENABLED
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECP_WINDOW_SIZE 2
#define MBEDTLS_ECP_FIXED_POINT_OPTIM 0
#define MBEDTLS_ECP_NO_INTERNAL_RNG
#define MBEDTLS_ECDSA_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C

/* For encrypted payloads; what is not called is not linked. */
#define MBEDTLS_ECP_DP_CURVE25519_ENABLED
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_MD_C
#define MBEDTLS_HKDF_C

/* The suite that every server of LwM2M has, and no other. Connection identifiers of 2.28 are those of a draft, which RFC 9146 does not
 * understand. */
#if MOTE_DTLS
#define MBEDTLS_SSL_TLS_C
#define MBEDTLS_SSL_CLI_C
#define MBEDTLS_SSL_PROTO_TLS1_2
#define MBEDTLS_SSL_PROTO_DTLS
#define MBEDTLS_SSL_DTLS_ANTI_REPLAY
#define MBEDTLS_SSL_EXTENDED_MASTER_SECRET
#define MBEDTLS_KEY_EXCHANGE_PSK_ENABLED
#define MBEDTLS_SSL_CIPHERSUITES MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8
#define MBEDTLS_SSL_IN_CONTENT_LEN 1280
#define MBEDTLS_SSL_OUT_CONTENT_LEN 1280
#define MBEDTLS_SSL_DTLS_MAX_BUFFERING 2048
#define MBEDTLS_CIPHER_C
#define MBEDTLS_CCM_C
#endif

#define MBEDTLS_HAVE_ASM
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_EXIT_MACRO(code) \
  do {                                    \
  } while (1)

#include <mbedtls/check_config.h>

#endif
