#include "runtime/head.h"

#include <stddef.h>
#include <string.h>

#include "runtime/decrypt.h"
#include "runtime/schema.h"

#define DIGEST_ITEM 36u
/* A head of at most 3 bytes, algorithm, and a key identifier with its head. */
#define MOST_PROTECTED 48u

/* Where the parts of a head are. */
typedef struct {
  mote_bytes_t authentication;
  mote_bytes_t wrapped; /* the manifest with its head */
  mote_bytes_t manifest;
  mote_bytes_t transports; /* of size 0 when there are none */
  uint32_t size;
} parts_t;

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
static bool holds(const mote_crypto_t *crypto, const mote_key_t *key, const sign1_t *sign1, const uint8_t *digest_item) {
  static const uint8_t start[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'};
  static const uint8_t middle[] = {0x40, 0x58, DIGEST_ITEM};
  uint8_t message[sizeof start + 2 + MOST_PROTECTED + sizeof middle + DIGEST_ITEM];
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
  at = put(at, middle, sizeof middle);
  at = put(at, digest_item, DIGEST_ITEM);
  return crypto->verify(crypto->context, key->algorithm, key->key, key->key_size, message, (uint32_t)(at - message),
                        sign1->signature.at, sign1->signature.size);
}

static bool is_id(const uint8_t id[MOTE_KEY_ID_BYTES], mote_bytes_t found) {
  return found.size == MOTE_KEY_ID_BYTES && memcmp(id, found.at, MOTE_KEY_ID_BYTES) == 0;
}

/* SHA-256 of the manifest as a byte string with its head. */
static void manifest_digest(const mote_crypto_t *crypto, mote_bytes_t wrapped, uint8_t *digest) {
  mote_hash_t hash;
  crypto->hash_start(crypto->context, &hash);
  crypto->hash_update(crypto->context, &hash, wrapped.at, wrapped.size);
  crypto->hash_end(crypto->context, &hash, digest);
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

/* Steps 2 and 3: digest, and signatures. */
static mote_error_t authenticate(mote_bytes_t authentication, const uint8_t *digest, const mote_crypto_t *crypto,
                                 const mote_trust_t *trust) {
  uint32_t signed_by = 0; /* required algorithms, as bits; the highest bit when anybody trusted signed */
  mote_error_t error = check_authentication(authentication);
  if (error != MOTE_OK) {
    return error;
  }
  const uint8_t *item = mote_inside(authentication.at);
  const uint8_t *stated = mote_inside(item);
  if (memcmp(stated + DIGEST_ITEM - MOTE_SHA_256_BYTES, digest, MOTE_SHA_256_BYTES) != 0) {
    return MOTE_MANIFEST_DIGEST;
  }
  for (uint32_t left = mote_number(authentication.at) - 1; left > 0; left--) {
    item = mote_next(item);
    sign1_t sign1 = sign1_of(item);
    for (uint32_t i = 0; i < trust->revoked_count; i++) {
      if (is_id(trust->revoked[i], sign1.key_id)) {
        return MOTE_REVOKED;
      }
    }
    for (uint32_t i = 0; i < trust->key_count; i++) {
      const mote_key_t *key = &trust->keys[i];
      if (!is_id(key->id, sign1.key_id)) {
        continue;
      }
      if (!holds(crypto, key, &sign1, stated)) {
        return MOTE_BAD_SIGNATURE;
      }
      signed_by |= 1u << 31;
      for (uint32_t k = 0; k < trust->required_count; k++) {
        signed_by |= key->algorithm == trust->required[k] ? 1u << k : 0;
      }
      break;
    }
  }
  uint32_t all = 1u << 31 | ((1u << trust->required_count) - 1);
  return signed_by == all ? MOTE_OK : MOTE_NOT_TRUSTED;
}

static mote_error_t at_least_floor(const mote_manifest_t *manifest, const mote_trust_t *trust) {
  for (uint32_t i = 0; i < trust->floor_count; i++) {
    const mote_floor_t *least = &trust->floors[i];
    if (memcmp(least->module, manifest->module, sizeof least->module) == 0 && manifest->sequence < least->sequence) {
      return MOTE_ROLLBACK;
    }
  }
  return MOTE_OK;
}

/* A byte string behind this key; the receiver let it pass, but flash may have changed. */
static bool find_part(mote_scan_t *in, uint8_t key, mote_bytes_t *found) {
  if (in->at >= in->end || *in->at++ != key || in->at >= in->end || *in->at >> 5 != MOTE_CBOR_BYTES ||
      mote_scan(in) != MOTE_OK || in->high > 0 || in->value > (uint32_t)(in->end - in->at)) {
    return false;
  }
  found->at = in->at;
  found->size = in->value;
  in->at += in->value;
  return true;
}

static mote_error_t find_parts(mote_bytes_t file, parts_t *parts) {
  mote_scan_t in = {file.at + 3, file.at + file.size, 0, 0};
  memset(parts, 0, sizeof *parts);
  if (file.size < 4 || file.at[0] != 0xd8 || file.at[1] != 107) {
    return MOTE_NOT_A_MODULE;
  }
  bool found = find_part(&in, 2, &parts->authentication);
  parts->wrapped.at = in.at + 1;
  found = found && find_part(&in, 3, &parts->manifest);
  parts->wrapped.size = (uint32_t)(in.at - parts->wrapped.at);
  if (found && file.at[2] > 0xa2 && in.at < in.end && *in.at == MINUS_256) {
    in.at++;
    found = find_part(&in, 0xff, &parts->transports);
  }
  parts->size = (uint32_t)(in.at - file.at);
  return found ? MOTE_OK : MOTE_MALFORMED;
}

mote_error_t mote_head_verify(mote_bytes_t file, const mote_crypto_t *crypto, const mote_trust_t *trust,
                              mote_manifest_t *manifest, uint32_t *size) {
  parts_t parts;
  uint8_t digest[MOTE_SHA_256_BYTES];
  mote_error_t error = find_parts(file, &parts);
  *size = parts.size;
  if (error == MOTE_OK) {
    manifest_digest(crypto, parts.wrapped, digest);
    error = authenticate(parts.authentication, digest, crypto, trust);
  }
  if (error == MOTE_OK) {
    error = mote_manifest_read(parts.manifest, manifest);
  }
  return error == MOTE_OK ? at_least_floor(manifest, trust) : error;
}

mote_error_t mote_head_transport(mote_bytes_t file, uint32_t index, mote_transport_t *transport) {
  parts_t parts;
  mote_error_t found = find_parts(file, &parts);
  memset(transport, 0, sizeof *transport);
  if (found != MOTE_OK || parts.transports.size == 0) {
    return found;
  }
  found = mote_check(parts.transports, T_transports);
  if (found != MOTE_OK) {
    return found;
  }
  uint32_t least = 0;
  uint32_t left = mote_number(parts.transports.at);
  for (const uint8_t *map = mote_inside(parts.transports.at); left > 0; left--, map = mote_next(map)) {
    uint32_t payload = mote_number(mote_field(map, 1));
    const uint8_t *base = mote_field(map, 2);
    mote_transport_t other = {base == NULL ? NULL : mote_inside(base), mote_string(mote_field(map, 3))};
    if (payload < least || (base == NULL && other.encrypted.size == 0) ||
        (other.encrypted.at != NULL && mote_encrypted_check(other.encrypted) != MOTE_OK)) {
      return MOTE_FIELD;
    }
    if (payload == index) {
      *transport = other;
    }
    least = payload + 1;
  }
  return MOTE_OK;
}
