/* Who signed: step 2 and step 3 of section 6 of docs/spec/inference-module.md, for modules and for trust lists. */
#include <string.h>

#include "runtime/runtime.h"
#include "runtime/schema.h"

#define DIGEST_ITEM 36u
/* A head of at most 3 bytes, algorithm, and a key identifier with its head. */
#define MOST_PROTECTED 48u

typedef struct {
  mote_bytes_t headers;
  mote_bytes_t key_id;
  mote_bytes_t signature;
  int64_t algorithm;
} sign1_t;

/* A signature that was checked. */
static sign1_t sign1_of(const uint8_t *item) {
  sign1_t sign1;
  const uint8_t *headers = mote_string(item).at + 2; /* behind a tag and the head of an array */
  const uint8_t *open = mote_next(headers);
  sign1.headers = mote_string(headers);
  sign1.signature = mote_string(open + 2); /* behind {} and null */
  const uint8_t *algorithm = mote_field(sign1.headers.at, 1);
  int64_t value = (int64_t)mote_long_number(algorithm);
  sign1.algorithm = *algorithm >> 5 == MOTE_CBOR_NEGATIVE ? -1 - value : value;
  sign1.key_id = mote_string(mote_field(sign1.headers.at, 4));
  return sign1;
}

static uint8_t *put(uint8_t *at, const void *bytes, uint32_t size) {
  memcpy(at, bytes, size);
  return at + size;
}

/* Whether a signature of the digest holds; Sig_structure of RFC 9052, section 4.4, is what is signed. */
static bool holds(const mote_crypto_t *crypto, const mote_key_t *key, const sign1_t *sign1, const uint8_t *digest_item,
                  uint8_t use) {
  static const uint8_t start[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'};
  static const uint8_t list[] = MOTE_TRUST_LIST_NAME;
  uint8_t message[sizeof start + 2 + MOST_PROTECTED + sizeof list + 2 + DIGEST_ITEM];
  uint32_t size = sign1->headers.size;
  if (sign1->algorithm != key->algorithm || size > MOST_PROTECTED) {
    return false;
  }
  uint8_t *at = put(message, start, sizeof start);
  if (size < 24) {
    *at++ = (uint8_t)(0x40 | size);
  } else {
    *at++ = 0x58;
    *at++ = (uint8_t)size;
  }
  at = put(at, sign1->headers.at, size);
  uint32_t name = use == MOTE_SIGNS_LISTS ? (uint32_t)sizeof list - 1 : 0;
  *at++ = (uint8_t)(0x40 | name);
  at = put(at, list, name);
  *at++ = 0x58;
  *at++ = DIGEST_ITEM;
  at = put(at, digest_item, DIGEST_ITEM);
  return crypto->verify(crypto->context, key->algorithm, key->key, key->key_size, message, (uint32_t)(at - message),
                        sign1->signature.at, sign1->signature.size);
}

/* Step 2, but for the comparison of digests: the authentication is what it must be. */
static mote_error_t check_authentication(mote_bytes_t authentication) {
  static const uint8_t digest_head[] = {0x82, 0x2f, 0x58, MOTE_SHA_256_BYTES};
  mote_error_t error = mote_check(authentication, T_authentication);
  if (error != MOTE_OK) {
    return error;
  }
  const uint8_t *item = mote_inside(authentication.at);
  mote_bytes_t digest = mote_string(item);
  if (digest.size != DIGEST_ITEM || memcmp(digest.at, digest_head, sizeof digest_head) != 0) {
    return MOTE_FIELD;
  }
  for (uint32_t left = mote_number(authentication.at) - 1; left > 0; left--) {
    item = mote_next(item);
    error = mote_check(mote_string(item), T_signature);
    if (error != MOTE_OK) {
      return error;
    }
    if (mote_check(mote_string(mote_string(item).at + 2), T_protected) != MOTE_OK) {
      return MOTE_FIELD;
    }
  }
  return MOTE_OK;
}

mote_error_t mote_authenticate(mote_bytes_t authentication, mote_bytes_t wrapped, const mote_crypto_t *crypto,
                               const mote_trust_t *trust, uint8_t use) {
  uint32_t signed_by = 0; /* algorithms, as mote_trust_required has them */
  bool trusted = false;
  mote_error_t error = check_authentication(authentication);
  if (error != MOTE_OK) {
    return error;
  }
  const uint8_t *item = mote_inside(authentication.at);
  const uint8_t *stated = mote_inside(item);
  if (!mote_has_digest(crypto, wrapped.at, wrapped.size, stated + DIGEST_ITEM - MOTE_SHA_256_BYTES)) {
    return MOTE_MANIFEST_DIGEST;
  }
  for (uint32_t left = mote_number(authentication.at) - 1; left > 0; left--) {
    item = mote_next(item);
    sign1_t sign1 = sign1_of(item);
    mote_key_t key;
    if (mote_trust_revokes(trust, sign1.key_id)) {
      return MOTE_REVOKED;
    }
    if (mote_trust_find(trust, crypto, sign1.key_id, use, &key)) {
      if (!holds(crypto, &key, &sign1, stated, use)) {
        return MOTE_BAD_SIGNATURE;
      }
      trusted = true;
      signed_by |= mote_algorithm_bit(key.algorithm);
    }
  }
  return trusted && (mote_trust_required(trust) & ~signed_by) == 0 ? MOTE_OK : MOTE_NOT_TRUSTED;
}
