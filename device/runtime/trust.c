#include "runtime/trust.h"

#include <string.h>

#include "runtime/runtime.h"
#include "runtime/schema.h"

#if MOTE_KEYS_FROM_OUTSIDE

#define MOST_SPKI_HEAD 26u

/* What stands before a key in SubjectPublicKeyInfo. */
typedef struct {
  int8_t algorithm;
  uint8_t head_bytes;
  uint16_t key_bytes;
  uint8_t head[MOST_SPKI_HEAD];
} form_t;

static const form_t forms[] = {
    {MOTE_ES256, 26, 65, {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                          0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00}},
    {MOTE_ED25519, 12, 32, {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00}},
    {MOTE_ML_DSA_65, 22, 1952, {0x30, 0x82, 0x07, 0xb2, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48,
                                0x01, 0x65, 0x03, 0x04, 0x03, 0x12, 0x03, 0x82, 0x07, 0xa1, 0x00}},
};

#define FORMS (sizeof forms / sizeof forms[0])

uint32_t mote_algorithm_bit(int64_t algorithm) {
  for (uint32_t i = 0; i < FORMS; i++) {
    if (forms[i].algorithm == algorithm) {
      return 1u << i;
    }
  }
  return 1u << FORMS; /* of an algorithm that nobody signs by */
}

static bool is_id(const uint8_t id[MOTE_KEY_ID_BYTES], mote_bytes_t found) {
  return found.size == MOTE_KEY_ID_BYTES && memcmp(id, found.at, MOTE_KEY_ID_BYTES) == 0;
}

#if MOTE_TRUST_LISTS

/* The integer of an item that was checked. */
static int64_t signed_number(const uint8_t *item) {
  int64_t value = (int64_t)mote_long_number(item);
  return *item >> 5 == MOTE_CBOR_NEGATIVE ? -1 - value : value;
}

/* The items at a key of a list, which may be missing. */
typedef struct {
  const uint8_t *item;
  uint32_t left;
} items_t;

static items_t items(const uint8_t *list, uint8_t key) {
  const uint8_t *array = mote_field(list, key);
  items_t all = {NULL, 0};
  if (array != NULL) {
    all.item = mote_inside(array);
    all.left = mote_number(array);
  }
  return all;
}

static void advance(items_t *all) {
  if (--all->left > 0) {
    all->item = mote_next(all->item);
  }
}

/* The key of an item of a list; false when it is none. */
static bool key_of(const uint8_t *item, const mote_crypto_t *crypto, mote_key_t *key) {
  const uint8_t *algorithm = mote_inside(item);
  const uint8_t *encoded = mote_next(algorithm);
  mote_bytes_t spki = mote_string(encoded);
  key->algorithm = signed_number(algorithm);
  for (uint32_t i = 0; i < FORMS; i++) {
    uint32_t head = forms[i].head_bytes;
    if (forms[i].algorithm == key->algorithm && spki.size == head + forms[i].key_bytes &&
        memcmp(spki.at, forms[i].head, head) == 0) {
      uint8_t digest[MOTE_SHA_256_BYTES];
      mote_hash_t hash;
      crypto->hash_start(crypto->context, &hash);
      crypto->hash_update(crypto->context, &hash, spki.at, spki.size);
      crypto->hash_end(crypto->context, &hash, digest);
      memcpy(key->id, digest, MOTE_KEY_ID_BYTES);
      key->key = spki.at + head;
      key->key_size = forms[i].key_bytes;
      return key->algorithm != MOTE_ES256 || *key->key == 4; /* an uncompressed point */
    }
  }
  return false;
}

/* Whether no item stands twice at a key; of arrays, whether no item of this number does. */
static bool distinct(const uint8_t *list, uint8_t key, uint32_t number) {
  for (items_t all = items(list, key); all.left > 1;) {
    items_t others = all;
    for (advance(&others); others.left > 0; advance(&others)) {
      const uint8_t *one = number == 0 ? all.item : mote_inside(all.item);
      const uint8_t *other = number == 0 ? others.item : mote_inside(others.item);
      for (uint32_t i = number; i > 1; i--) {
        one = mote_next(one);
        other = mote_next(other);
      }
      uint32_t size = (uint32_t)(mote_next(one) - one);
      if (size == (uint32_t)(mote_next(other) - other) && memcmp(one, other, size) == 0) {
        return false;
      }
    }
    advance(&all);
  }
  return true;
}

static mote_error_t check_list(mote_bytes_t list, const mote_crypto_t *crypto) {
  mote_error_t error = mote_check(list, T_trust_list);
  mote_key_t key;
  bool holds = error == MOTE_OK && distinct(list.at, 3, 2) && distinct(list.at, 4, 0) && distinct(list.at, 5, 0) &&
               distinct(list.at, 6, 1);
  if (error != MOTE_OK) {
    return error;
  }
  for (items_t all = items(list.at, 3); all.left > 0; advance(&all)) {
    holds = holds && key_of(all.item, crypto, &key);
  }
  for (items_t all = items(list.at, 5); all.left > 0; advance(&all)) {
    holds = holds && mote_algorithm_bit(signed_number(all.item)) < 1u << FORMS;
  }
  for (items_t all = items(list.at, 6); all.left > 0; advance(&all)) {
    holds = holds && mote_long_number(mote_next(mote_inside(all.item))) > 0;
  }
  return holds ? MOTE_OK : MOTE_FIELD;
}

/* What stands in a file of a list. */
typedef struct {
  mote_bytes_t authentication;
  mote_bytes_t wrapped; /* the list with its head */
  mote_bytes_t list;
} parts_t;

static mote_error_t find_parts(mote_bytes_t file, parts_t *parts) {
  static const uint8_t name[] = "\x83\x6f" MOTE_TRUST_LIST_NAME;
  mote_error_t error = mote_check(file, T_trust_file);
  if (error != MOTE_OK) {
    return error;
  }
  if (memcmp(file.at, name, sizeof name - 1) != 0) {
    return MOTE_TRUST_LIST;
  }
  const uint8_t *authentication = file.at + sizeof name - 1;
  parts->authentication = mote_string(authentication);
  parts->wrapped.at = mote_next(authentication);
  parts->wrapped.size = (uint32_t)(mote_next(parts->wrapped.at) - parts->wrapped.at);
  parts->list = mote_string(parts->wrapped.at);
  return MOTE_OK;
}

mote_error_t mote_trust_accept(mote_bytes_t file, const mote_crypto_t *crypto, const mote_trust_t *current,
                               const uint8_t **list) {
  parts_t parts;
  mote_error_t error = find_parts(file, &parts);
  if (error == MOTE_OK) {
    error = mote_authenticate(parts.authentication, parts.wrapped, crypto, current, MOTE_SIGNS_LISTS);
  }
  if (error == MOTE_OK) {
    error = check_list(parts.list, crypto);
  }
  if (error == MOTE_OK) {
    *list = parts.list.at;
    error = mote_long_number(mote_field(*list, 2)) > current->sequence ? MOTE_OK : MOTE_TRUST_LIST;
  }
  return error;
}

const uint8_t *mote_trust_again(mote_bytes_t file, const mote_crypto_t *crypto) {
  /* Who signed it was looked at when it was accepted, by keys that may not be trusted any more. */
  parts_t parts;
  bool holds = find_parts(file, &parts) == MOTE_OK && check_list(parts.list, crypto) == MOTE_OK &&
               parts.authentication.size > MOTE_SHA_256_BYTES + 6;
  holds = holds && mote_has_digest(crypto, parts.wrapped.at, parts.wrapped.size, parts.authentication.at + 7);
  return holds ? parts.list.at : NULL;
}

#endif

bool mote_trust_revokes(const mote_trust_t *trust, mote_bytes_t key_id) {
#if MOTE_TRUST_LISTS
  if (trust->list != NULL) {
    for (items_t all = items(trust->list, 4); all.left > 0; advance(&all)) {
      mote_bytes_t revoked = mote_string(all.item);
      if (revoked.size == key_id.size && memcmp(revoked.at, key_id.at, key_id.size) == 0) {
        return true;
      }
    }
    return false;
  }
#endif
  for (uint32_t i = 0; i < trust->revoked_count; i++) {
    if (is_id(trust->revoked[i], key_id)) {
      return true;
    }
  }
  return false;
}

bool mote_trust_find(const mote_trust_t *trust, const mote_crypto_t *crypto, mote_bytes_t key_id, uint8_t use,
                     mote_key_t *key) {
  bool found = false;
#if MOTE_TRUST_LISTS
  if (trust->list != NULL) {
    for (items_t all = items(trust->list, 3); all.left > 0 && !found; advance(&all)) {
      uint32_t uses = mote_number(mote_next(mote_next(mote_inside(all.item))));
      found = (uses & use) != 0 && key_of(all.item, crypto, key) && is_id(key->id, key_id);
    }
    return found;
  }
#endif
  (void)crypto;
  (void)use;
  for (uint32_t i = 0; i < trust->key_count && !found; i++) {
    *key = trust->keys[i];
    found = is_id(key->id, key_id);
  }
  return found;
}

uint32_t mote_trust_required(const mote_trust_t *trust) {
  uint32_t required = 0;
#if MOTE_TRUST_LISTS
  if (trust->list != NULL) {
    for (items_t all = items(trust->list, 5); all.left > 0; advance(&all)) {
      required |= mote_algorithm_bit(signed_number(all.item));
    }
    return required;
  }
#endif
  for (uint32_t i = 0; i < trust->required_count; i++) {
    required |= mote_algorithm_bit(trust->required[i]);
  }
  return required;
}

#endif

uint64_t mote_trust_floor(const mote_trust_t *trust, const uint8_t module[16]) {
#if MOTE_TRUST_LISTS
  if (trust->list != NULL) {
    for (items_t all = items(trust->list, 6); all.left > 0; advance(&all)) {
      const uint8_t *of = mote_inside(all.item);
      if (memcmp(mote_inside(of), module, 16) == 0) {
        return mote_long_number(mote_next(of));
      }
    }
    return 0;
  }
#endif
  for (uint32_t i = 0; i < trust->floor_count; i++) {
    if (memcmp(trust->floors[i].module, module, 16) == 0) {
      return trust->floors[i].sequence;
    }
  }
  return 0;
}
