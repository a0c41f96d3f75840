/* Who signed: step 2 and step 3 of section 6 of docs/spec/inference-module.md, for modules and for trust lists. */
#include <string.h>

#include "runtime/runtime.h"
#include "runtime/schema.h"

static uint8_t *put(uint8_t *at, const void *bytes, uint32_t size) {
  memcpy(at, bytes, size);
  return at + size;
}

#if MOTE_KEYS_FROM_OUTSIDE

#define DIGEST_ITEM 38u
/* Heads, algorithm, and a key identifier. */
#define MOST_PROTECTED 50u

/* The protected headers in a byte string that holds a signature: behind a tag and the head of an array. */
static const uint8_t *headers_of(const uint8_t *item) { return mote_inside(item) + 2; }

/* Whether a signature of the digest holds; Sig_structure of RFC 9052, section 4.4, is what is signed. */
MOTE_APART static bool holds(const mote_crypto_t *crypto, const mote_key_t *key, const uint8_t *headers, const uint8_t *digest,
                             uint8_t use) {
  static const uint8_t start[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'};
  static const uint8_t list[] = MOTE_TRUST_LIST_NAME;
  uint8_t message[sizeof start + MOST_PROTECTED + sizeof list + DIGEST_ITEM];
  const uint8_t *behind = mote_next(headers);
  mote_bytes_t signature = mote_string(behind + 2); /* {} and null stand before it */
  const uint8_t *algorithm = mote_field(mote_inside(headers), 1);
  int64_t number = (int64_t)mote_long_number(algorithm);
  number = *algorithm >> 5 == MOTE_CBOR_NEGATIVE ? -1 - number : number;
  if (number != key->algorithm) {
    return false;
  }
  uint8_t *at = put(message, start, sizeof start);
  at = put(at, headers, (uint32_t)(behind - headers));
  uint32_t name = use == MOTE_SIGNS_LISTS ? (uint32_t)sizeof list - 1 : 0;
  *at++ = (uint8_t)(0x40 | name);
  at = put(at, list, name);
  at = put(at, digest, DIGEST_ITEM);
  return crypto->verify(crypto->context, key->algorithm, key->key, key->key_size, message, (uint32_t)(at - message),
                        signature.at, signature.size);
}

/* Step 2, but for the comparison of digests: the authentication is what it must be. */
static mote_error_t check_authentication(mote_bytes_t authentication) {
  static const uint8_t digest_head[] = {0x58, DIGEST_ITEM - 2, 0x82, 0x2f, 0x58, MOTE_SHA_256_BYTES};
  mote_error_t error = mote_check(authentication, T_authentication);
  if (error != MOTE_OK) {
    return error;
  }
  const uint8_t *item = mote_inside(authentication.at);
  if (mote_number(item) != DIGEST_ITEM - 2 || memcmp(item, digest_head, sizeof digest_head) != 0) {
    return MOTE_FIELD;
  }
  for (uint32_t left = mote_number(authentication.at); error == MOTE_OK && left > 1; left--) {
    item = mote_next(item);
    error = mote_check(mote_string(item), T_signature);
    if (error == MOTE_OK && mote_check(mote_string(headers_of(item)), T_protected) != MOTE_OK) {
      error = MOTE_FIELD;
    }
  }
  return error;
}

mote_error_t mote_authenticate(mote_bytes_t authentication, mote_bytes_t wrapped, const mote_crypto_t *crypto,
                               const mote_trust_t *trust, uint8_t use) {
  uint32_t signed_by = 0; /* algorithms, as mote_trust_required has them */
  bool trusted = false;
  mote_error_t error = check_authentication(authentication);
  if (error != MOTE_OK) {
    return error;
  }
  const uint8_t *digest = mote_inside(authentication.at);
  const uint8_t *item = digest;
  if (!mote_has_digest(crypto, wrapped.at, wrapped.size, digest + DIGEST_ITEM - MOTE_SHA_256_BYTES)) {
    return MOTE_MANIFEST_DIGEST;
  }
  for (uint32_t left = mote_number(authentication.at) - 1; left > 0; left--) {
    item = mote_next(item);
    const uint8_t *headers = headers_of(item);
    mote_bytes_t id = mote_string(mote_field(mote_inside(headers), 4));
    mote_key_t key;
    if (mote_trust_revokes(trust, id)) {
      return MOTE_REVOKED;
    }
    if (mote_trust_find(trust, crypto, id, use, &key)) {
      if (!holds(crypto, &key, headers, digest, use)) {
        return MOTE_BAD_SIGNATURE;
      }
      trusted = true;
      signed_by |= mote_algorithm_bit(key.algorithm);
    }
  }
  return trusted && (mote_trust_required(trust) & ~signed_by) == 0 ? MOTE_OK : MOTE_NOT_TRUSTED;
}

#else

#define MOST_SIGNATURES 4u
#define DIGEST_HEAD 4u
/* In a signature, behind the tag and the head of its array: its protected headers, which end with the key's identifier. Then
 * come other headers, of which there are none, and null. */
#define HEADERS_AT 2u
#define MOST_HEADERS 23u
#define BETWEEN 2u

/* Bits that no algorithm has. */
#define NOBODY 1u
#define BAD 2u

static uint32_t bit_of(int64_t algorithm) { return 1u << (-algorithm & 31); }

/* What a signature says: the algorithm whose key signed, as a bit; 0 by keys that are not the firmware's, which are passed over;
 * BAD when it does not hold. All that it says is signed, so nothing of it is read but whose it is. */
MOTE_APART static uint32_t signed_by(mote_bytes_t signature, const mote_crypto_t *crypto, const mote_trust_t *trust,
                                     const uint8_t *digest) {
  static const uint8_t start[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'};
  /* No additional data, and the head of the digest. */
  static const uint8_t end[] = {0x40, 0x58, 0x24, 0x82, 0x2f, 0x58, MOTE_SHA_256_BYTES};
  uint8_t message[sizeof start + 1 + MOST_HEADERS + sizeof end + MOTE_SHA_256_BYTES];
  if (signature.size < HEADERS_AT + 1 + MOST_HEADERS + BETWEEN) {
    return 0;
  }
  mote_scan_t in = {signature.at + HEADERS_AT, signature.at + signature.size, 0, 0};
  uint32_t headers = 1u + *in.at - 0x40u;
  if (headers - MOTE_KEY_ID_BYTES > MOST_HEADERS + 1 - MOTE_KEY_ID_BYTES) {
    return 0;
  }
  uint8_t *at = message;
  at = put(at, start, sizeof start);
  at = put(at, in.at, headers);
  at = put(at, end, sizeof end);
  at = put(at, digest, MOTE_SHA_256_BYTES);
  in.at += headers;
  const uint8_t *id = in.at - MOTE_KEY_ID_BYTES;
  for (uint32_t i = 0; i < trust->key_count; i++) {
    const mote_key_t *key = &trust->keys[i];
    if (memcmp(id, key->id, MOTE_KEY_ID_BYTES) == 0) {
      in.at += BETWEEN;
      bool holds = mote_scan(&in) == MOTE_OK &&
                   crypto->verify(crypto->context, key->algorithm, key->key, key->key_size, message,
                                  (uint32_t)(at - message), in.at, (uint32_t)(in.end - in.at));
      return holds ? bit_of(key->algorithm) : BAD;
    }
  }
  return 0;
}

mote_error_t mote_authenticate(mote_bytes_t authentication, mote_bytes_t wrapped, const mote_crypto_t *crypto,
                               const mote_trust_t *trust, uint8_t use) {
  uint32_t left = mote_well_formed(authentication) ? mote_count(authentication.at) - 1 : UINT32_MAX;
  uint32_t all = 0;
  (void)use;
  if (left > MOST_SIGNATURES) {
    return MOTE_MALFORMED;
  }
  const uint8_t *item = mote_inside(authentication.at);
  mote_bytes_t digest = mote_string(item);
  if (digest.size != MOTE_SHA_256_BYTES + DIGEST_HEAD) {
    return MOTE_FIELD;
  }
  digest.at += DIGEST_HEAD;
  if (!mote_has_digest(crypto, wrapped.at, wrapped.size, digest.at)) {
    return MOTE_MANIFEST_DIGEST;
  }
  for (; left > 0; left--) {
    item = mote_next(item);
    all |= signed_by(mote_string(item), crypto, trust, digest.at);
  }
  if ((all & BAD) != 0) {
    return MOTE_BAD_SIGNATURE;
  }
  uint32_t required = all == 0 ? NOBODY : 0;
  for (uint32_t i = 0; i < trust->required_count; i++) {
    required |= bit_of(trust->required[i]);
  }
  return (required & ~all) == 0 ? MOTE_OK : MOTE_NOT_TRUSTED;
}

#endif
