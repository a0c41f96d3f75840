#include "runtime/head.h"

#include <string.h>

#include "runtime/decrypt.h"

#define MOST_AUTHENTICATION (1u << 14)
#define MOST_TRANSPORTS (1u << 16)
#define MOST_SIGNATURES 4u
#define MOST_SIGNATURE 4096u
#define MOST_KEY_ID 32u
#define DIGEST_ITEM 36u
/* A head of at most 3 bytes, algorithm, and a key identifier with its head. */
#define MOST_PROTECTED 48u

static const uint8_t digest_head[] = {0x82, 0x2f, 0x58, MOTE_SHA_256_BYTES};

typedef struct {
  mote_bytes_t headers;
  mote_bytes_t key_id;
  mote_bytes_t signature;
  int64_t algorithm;
} sign1_t;

/* The byte string at `at`, in the shortest form, behind this key. */
static mote_error_t byte_string(mote_bytes_t file, uint32_t *at, uint32_t most, mote_bytes_t *found) {
  if (*at >= file.size) {
    return MOTE_MALFORMED;
  }
  uint32_t low = (uint32_t)(file.at[*at] & 31);
  uint32_t size = low < 24 ? 0 : 1u << (low - 24);
  if (file.at[*at] >> 5 != 2 || low > 26) {
    return MOTE_FIELD;
  }
  *at += 1;
  uint32_t value = low < 24 ? low : 0;
  if (file.size - *at < size) {
    return MOTE_MALFORMED;
  }
  for (uint32_t i = 0; i < size; i++) {
    value = value << 8 | file.at[*at + i];
  }
  *at += size;
  if (size > 0 && (value < 24 || (size > 1 && value >> (4 * size) == 0))) {
    return MOTE_NOT_CANONICAL;
  }
  if (value > most) {
    return MOTE_LIMIT;
  }
  if (value > file.size - *at) {
    return MOTE_MALFORMED;
  }
  found->at = file.at + *at;
  found->size = value;
  *at += value;
  return MOTE_OK;
}

static void read_protected(mote_reader_t *r, sign1_t *sign1) {
  mote_reader_t in = mote_read(sign1->headers);
  mote_map_t map = mote_open_map(&in);
  mote_require(&in, &map, 1);
  sign1->algorithm = mote_read_int(&in, INT64_MIN, INT64_MAX);
  mote_require(&in, &map, 4);
  sign1->key_id = mote_read_bytes(&in);
  mote_close_map(&in, &map);
  if (in.error != MOTE_OK || sign1->key_id.size < 1 || sign1->key_id.size > MOST_KEY_ID) {
    mote_refuse(r, MOTE_FIELD);
  }
}

/* COSE_Sign1 with a detached payload. */
static mote_error_t read_sign1(mote_bytes_t encoded, sign1_t *sign1) {
  mote_reader_t r = mote_read(encoded);
  mote_read_head(&r, 0xd2);
  (void)mote_read_array(&r, 4, 4);
  sign1->headers = mote_read_bytes(&r);
  read_protected(&r, sign1);
  mote_read_head(&r, 0xa0);
  mote_read_head(&r, 0xf6);
  sign1->signature = mote_read_bytes(&r);
  if (sign1->signature.size > MOST_SIGNATURE) {
    mote_refuse(&r, MOTE_FIELD);
  }
  return r.error;
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

static mote_error_t verify_one(const mote_crypto_t *crypto, const mote_trust_t *trust, const sign1_t *sign1,
                               const uint8_t *digest_item, const mote_key_t **signer) {
  *signer = NULL;
  for (uint32_t i = 0; i < trust->revoked_count; i++) {
    if (is_id(trust->revoked[i], sign1->key_id)) {
      return MOTE_REVOKED;
    }
  }
  for (uint32_t i = 0; i < trust->key_count; i++) {
    if (is_id(trust->keys[i].id, sign1->key_id)) {
      *signer = &trust->keys[i];
      return holds(crypto, *signer, sign1, digest_item) ? MOTE_OK : MOTE_BAD_SIGNATURE;
    }
  }
  return MOTE_OK;
}

/* SHA-256 of the manifest as a byte string with its head. */
static void manifest_digest(const mote_crypto_t *crypto, mote_bytes_t wrapped, uint8_t *digest) {
  mote_hash_t hash;
  crypto->hash_start(crypto->context, &hash);
  crypto->hash_update(crypto->context, &hash, wrapped.at, wrapped.size);
  crypto->hash_end(crypto->context, &hash, digest);
}

/* Steps 2 and 3: digest, and signatures. */
static mote_error_t authenticate(mote_bytes_t authentication, const uint8_t *digest, const mote_crypto_t *crypto,
                                 const mote_trust_t *trust) {
  uint32_t signed_by = 0; /* required algorithms, as bits; the highest bit when anybody trusted signed */
  mote_reader_t r = mote_read(authentication);
  uint32_t count = mote_read_array(&r, 1, 1 + MOST_SIGNATURES);
  mote_bytes_t stated = mote_read_bytes(&r);
  mote_reader_t in = mote_read(stated);
  (void)mote_read_array(&in, 2, 2);
  mote_read_head(&in, digest_head[1]);
  (void)mote_read_exactly(&in, MOTE_SHA_256_BYTES);
  mote_refuse(&r, in.error);
  sign1_t sign1[MOST_SIGNATURES];
  for (uint32_t i = 0; r.error == MOTE_OK && i + 1 < count; i++) {
    mote_bytes_t encoded = mote_read_bytes(&r);
    mote_refuse(&r, r.error == MOTE_OK ? read_sign1(encoded, &sign1[i]) : r.error);
  }
  if (r.error == MOTE_OK && memcmp(stated.at + sizeof digest_head, digest, MOTE_SHA_256_BYTES) != 0) {
    r.error = MOTE_MANIFEST_DIGEST;
  }
  for (uint32_t i = 0; r.error == MOTE_OK && i + 1 < count; i++) {
    const mote_key_t *signer;
    r.error = verify_one(crypto, trust, &sign1[i], stated.at, &signer);
    for (uint32_t k = 0; signer != NULL && k < trust->required_count; k++) {
      signed_by |= signer->algorithm == trust->required[k] ? 1u << k : 0;
    }
    signed_by |= signer != NULL ? 1u << 31 : 0;
  }
  uint32_t all = 1u << 31 | ((1u << trust->required_count) - 1);
  mote_refuse(&r, signed_by == all ? MOTE_OK : MOTE_NOT_TRUSTED);
  return r.error;
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

/* Where the parts of a head are. */
typedef struct {
  mote_bytes_t authentication;
  mote_bytes_t wrapped; /* the manifest with its head */
  mote_bytes_t manifest;
  mote_bytes_t transports; /* of size 0 when there are none */
  uint32_t size;
} parts_t;

static mote_error_t find_parts(mote_bytes_t file, parts_t *parts) {
  memset(parts, 0, sizeof *parts);
  if (file.size < 4 || file.at[0] != 0xd8 || file.at[1] != 107) {
    return MOTE_NOT_A_MODULE;
  }
  if (file.at[2] < 0xa2 || file.at[2] > 0xab) {
    return MOTE_FIELD;
  }
  uint32_t at = 4;
  if (file.at[3] != 2) {
    return MOTE_UNKNOWN_KEY;
  }
  mote_error_t error = byte_string(file, &at, MOST_AUTHENTICATION, &parts->authentication);
  if (error == MOTE_OK && (at >= file.size || file.at[at++] != 3)) {
    error = MOTE_UNKNOWN_KEY;
  }
  parts->wrapped.at = file.at + at;
  if (error == MOTE_OK) {
    error = byte_string(file, &at, 1u << 15, &parts->manifest);
  }
  parts->wrapped.size = (uint32_t)(file.at + at - parts->wrapped.at);
  bool more = error == MOTE_OK && file.at[2] > 0xa2 && file.size - at >= 2;
  if (more && file.at[at] == 0x38 && file.at[at + 1] == 0xff) {
    at += 2;
    error = byte_string(file, &at, MOST_TRANSPORTS, &parts->transports);
  }
  parts->size = at;
  return error;
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
  mote_reader_t r = mote_read(parts.transports);
  uint32_t count = mote_read_array(&r, 1, MOTE_MOST_PAYLOADS);
  int64_t before = -1;
  for (uint32_t i = 0; r.error == MOTE_OK && i < count; i++) {
    mote_transport_t other = {NULL, {NULL, 0}};
    mote_map_t map = mote_open_map(&r);
    mote_require(&r, &map, 1);
    int64_t payload = mote_read_int(&r, before + 1, MOTE_MOST_PAYLOADS - 1);
    if (mote_find(&r, &map, 2)) {
      other.base = mote_read_exactly(&r, MOTE_SHA_256_BYTES);
    }
    if (mote_find(&r, &map, 3)) {
      other.encrypted = mote_read_bytes(&r);
      mote_refuse(&r, mote_encrypted_check(other.encrypted));
    }
    mote_close_map(&r, &map);
    if (other.base == NULL && other.encrypted.size == 0) {
      mote_refuse(&r, MOTE_FIELD);
    }
    if (payload == (int64_t)index) {
      *transport = other;
    }
    before = payload;
  }
  return r.error;
}
