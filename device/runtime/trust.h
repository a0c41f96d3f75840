/* Whom the device believes: section 7 of docs/spec/inference-module.md. At first that is what the firmware says; a trust list
 * that is installed takes its place. */
#ifndef MOTE_TRUST_H
#define MOTE_TRUST_H

#include "port/crypto.h"
#include "runtime/cbor.h"

/* Whether trust lists can be installed; 0 leaves out what they need. */
#ifndef MOTE_TRUST_LISTS
#define MOTE_TRUST_LISTS 1
#endif

#define MOTE_KEY_ID_BYTES 8u
#define MOTE_TRUST_LIST_NAME "mote-trust-list"

/* What a key may sign. */
enum { MOTE_SIGNS_MODULES = 1, MOTE_SIGNS_LISTS = 2 };

/* A key that is trusted; one of the firmware may sign modules and lists. */
typedef struct {
  uint8_t id[MOTE_KEY_ID_BYTES]; /* the first bytes of the SHA-256 of its SubjectPublicKeyInfo */
  int64_t algorithm;
  const uint8_t *key;
  uint32_t key_size;
} mote_key_t;

/* The least sequence number of a module that is accepted. */
typedef struct {
  uint8_t module[16];
  uint64_t sequence;
} mote_floor_t;

/* Whether other keys than those of the firmware, and signatures by them, are looked at. */
#define MOTE_KEYS_FROM_OUTSIDE (MOTE_STRICT || MOTE_TRUST_LISTS)

typedef struct {
  const mote_key_t *keys;
  uint32_t key_count;
#if MOTE_KEYS_FROM_OUTSIDE
  const uint8_t (*revoked)[MOTE_KEY_ID_BYTES];
  uint32_t revoked_count;
#endif
  const int64_t *required; /* algorithms of which each must have signed */
  uint32_t required_count;
  const mote_floor_t *floors;
  uint32_t floor_count;
  uint64_t sequence;   /* a list must have a higher one */
  const uint8_t *list; /* the runtime's: an installed list, in flash, and then nothing of the above counts; else null */
} mote_trust_t;

bool mote_trust_revokes(const mote_trust_t *trust, mote_bytes_t key_id);
/* The trusted key of this identifier that may sign this. */
bool mote_trust_find(const mote_trust_t *trust, const mote_crypto_t *crypto, mote_bytes_t key_id, uint8_t use,
                     mote_key_t *key);
/* The least sequence number of a module. */
uint64_t mote_trust_floor(const mote_trust_t *trust, const uint8_t module[16]);
/* Algorithms that must have signed, as bits. */
uint32_t mote_trust_required(const mote_trust_t *trust);
uint32_t mote_algorithm_bit(int64_t algorithm);

/* Whether those who must have signed did.
 *
 * @param wrapped what they signed, as a byte string with its head */
mote_error_t mote_authenticate(mote_bytes_t authentication, mote_bytes_t wrapped, const mote_crypto_t *crypto,
                               const mote_trust_t *trust, uint8_t use);

/* The list in a file, if the holder of `current` may replace that by it. */
mote_error_t mote_trust_accept(mote_bytes_t file, const mote_crypto_t *crypto, const mote_trust_t *current,
                               const uint8_t **list);
/* The list in a file that was accepted; null when the file is not as it was. */
const uint8_t *mote_trust_again(mote_bytes_t file, const mote_crypto_t *crypto);

#endif
