#include "runtime/decrypt.h"

#include <string.h>

#if MOTE_ENCRYPTION

/* The encoding is deterministic, so that all of a COSE_Encrypt but identifiers, nonce, points and keys are bytes that are known:
 * it is compared with patterns, and nothing has to be parsed. */

#define NONCE_BYTES 12u
#define COORDINATE 32u
#define MOST_RECIPIENTS 64u
#define MOST_KEY 32u
#define SMALL_KEY 16u
/* AES-GCM counts from 2; 1 is for the tag (NIST SP 800-38D). */
#define FIRST_COUNTER 2u

/* In patterns, where other bytes stand for themselves. */
enum {
  END = 0xf8,
  TAKE,    /* as many bytes as follows, which are kept */
  ID,      /* a byte string, which is kept */
  WRAPPED, /* the wrapped content key, which is kept */
  LARGER   /* the next byte, and 2 more for keys of 32 bytes: so algorithms are numbered */
};

static const uint8_t start[] = {0xd8, 0x60, 0x84, 0x43, 0xa1, 1, LARGER, 1, 0xa1, 5, 0x4c, TAKE, NONCE_BYTES, 0xf6, END};
static const uint8_t shared[] = {0x83, 0x40, 0xa2, 1, LARGER, 0x22, 4, ID, WRAPPED, END};
static const uint8_t agreed_on_p256[] = {0x83, 0x44, 0xa1, 1,    0x38, LARGER, 0x1c, 0xa2, 4,    ID,         0x20,
                                         0xa4, 1,    2,    0x20, 1,    0x21,   0x58, 0x20, TAKE, COORDINATE, 0x22,
                                         0x58, 0x20, TAKE, COORDINATE, WRAPPED, END};
static const uint8_t agreed_on_x25519[] = {0x83, 0x44, 0xa1, 1,    0x38, LARGER, 0x1c, 0xa2, 4,    ID,         0x20,
                                           0xa3, 1,    1,    0x20, 4,    0x21,   0x58, 0x20, TAKE, COORDINATE, WRAPPED,
                                           END};

static const struct {
  const uint8_t *pattern;
  uint8_t curve;
} forms[] = {{shared, 0}, {agreed_on_p256, MOTE_P_256}, {agreed_on_x25519, MOTE_X25519}};

/* What is still to be read, and what was kept of it. */
typedef struct {
  const uint8_t *at;
  const uint8_t *end;
  uint32_t key_bytes;
  uint32_t id_bytes;
  uint32_t kept_count;
  const uint8_t *kept[4];
} sent_t;

/* The head of a byte string (0x40) or an array (0x80) of up to 65,535; what cannot be when it is another. */
static uint32_t head(sent_t *s, uint32_t major) {
  uint32_t left = (uint32_t)(s->end - s->at);
  uint32_t low = left > 0 ? *s->at - major : 26;
  uint32_t size = low < 24 ? 0 : low - 23;
  if (size > 2 || left <= size) {
    return UINT32_MAX;
  }
  uint32_t value = size == 0 ? low : size == 1 ? s->at[1] : (uint32_t)(s->at[1] << 8 | s->at[2]);
  s->at += 1 + size;
  return value < (size == 0 ? 0u : size == 1 ? 24u : 256u) ? UINT32_MAX : value;
}

static bool match(sent_t *s, const uint8_t *pattern) {
  s->kept_count = 0;
  while (*pattern != END) {
    uint32_t expected = *pattern++;
    uint32_t size = 0;
    if (expected == TAKE) {
      size = *pattern++;
    } else if (expected == ID) {
      size = s->id_bytes = head(s, 0x40);
    } else if (expected == WRAPPED) {
      size = s->key_bytes + 8;
      if (head(s, 0x40) != size) {
        return false;
      }
    } else if (expected == LARGER) {
      expected = *pattern++ + (s->key_bytes - SMALL_KEY) / 8;
    }
    bool keep = expected >= TAKE;
    if ((uint32_t)(s->end - s->at) < (keep ? size : 1u) || (!keep && *s->at != expected)) {
      return false;
    }
    if (keep) {
      s->kept[s->kept_count++] = s->at;
    }
    s->at += keep ? size : 1u;
  }
  return true;
}

/* Forgets 32 bytes; a compiler does not leave it out. */
static void wipe(uint8_t *bytes) {
  volatile uint8_t *at = bytes;
  for (uint32_t i = 0; i < MOST_KEY; i++) {
    at[i] = 0;
  }
}

/* The key that sender and device agree upon: HKDF over COSE_KDF_Context of RFC 9053, section 5.2. */
static bool agree(const mote_crypto_t *crypto, const mote_recipient_t *own, const sent_t *s, uint8_t *key) {
  static const uint8_t small[] = "\x84\x22\x83\xf6\xf6\xf6\x83\xf6\xf6\xf6\x82\x18\x80\x44\xa1\x01\x38\x1c";
  static const uint8_t large[] = "\x84\x24\x83\xf6\xf6\xf6\x83\xf6\xf6\xf6\x82\x19\x01\x00\x44\xa1\x01\x38\x1e";
  bool is_large = s->key_bytes == MOST_KEY;
  uint8_t secret[COORDINATE];
  bool done = crypto->agree(crypto->context, own->curve, own->secret, s->kept[1], s->kept[2], secret) &&
              crypto->derive(crypto->context, secret, is_large ? large : small,
                             (uint32_t)(is_large ? sizeof large : sizeof small) - 1, key, s->key_bytes);
  wipe(secret);
  return done;
}

/* Whether this is the device's key, and has the content key. */
static bool opens(const mote_crypto_t *crypto, const mote_recipient_t *own, uint8_t curve, const sent_t *s, uint8_t *key) {
  uint8_t wrapping[MOST_KEY];
  const uint8_t *by = own->secret;
  if (own->curve != curve || s->id_bytes != sizeof own->id || memcmp(own->id, s->kept[0], sizeof own->id) != 0) {
    return false;
  }
  if (curve == 0 ? own->size != s->key_bytes : !agree(crypto, own, s, wrapping)) {
    return false;
  }
  by = curve == 0 ? by : wrapping;
  bool done = crypto->unwrap(crypto->context, by, s->kept[s->kept_count - 1], s->key_bytes, key);
  wipe(wrapping);
  return done;
}

/* Reads all of it, and has the content key by the first of these keys that does. */
static mote_error_t open_key(const mote_crypto_t *crypto, mote_bytes_t encrypted, const mote_recipient_t *keys,
                             uint32_t key_count, uint8_t *key, uint32_t *key_bytes, const uint8_t **nonce) {
  sent_t s = {encrypted.at, encrypted.at + encrypted.size, 0, 0, 0, {NULL}};
  mote_error_t found = MOTE_CONTENT_KEY;
  s.key_bytes = *key_bytes = encrypted.size > 6 && encrypted.at[6] == 3 ? MOST_KEY : SMALL_KEY;
  uint32_t count = match(&s, start) ? head(&s, 0x80) : 0;
  *nonce = s.kept[0];
  if (count < 1 || count > MOST_RECIPIENTS) {
    return MOTE_FIELD;
  }
  for (; count > 0; count--) {
    const uint8_t *at = s.at;
    uint32_t form = 0;
    while (form < 3 && !match(&s, forms[form].pattern)) {
      s.at = at;
      form++;
    }
    if (form == 3) {
      return MOTE_FIELD;
    }
    for (uint32_t i = 0; i < key_count && found != MOTE_OK; i++) {
      found = opens(crypto, &keys[i], forms[form].curve, &s, key) ? MOTE_OK : found;
    }
  }
  return s.at == s.end ? found : MOTE_FIELD;
}

mote_error_t mote_encrypted_check(mote_bytes_t encrypted) {
  uint32_t key_bytes;
  const uint8_t *nonce;
  mote_error_t error = open_key(NULL, encrypted, NULL, 0, NULL, &key_bytes, &nonce);
  return error == MOTE_CONTENT_KEY ? MOTE_OK : error;
}

/* Block `number` of the stream. */
static void advance(mote_decryption_t *d, const mote_crypto_t *crypto, uint32_t number) {
  d->number = number;
  for (uint32_t i = MOTE_CIPHER_BLOCK; i > NONCE_BYTES; number >>= 8) {
    d->counter[--i] = (uint8_t)number;
  }
  crypto->cipher_block(crypto->context, &d->cipher, d->counter, d->stream);
  d->used = 0;
}

mote_error_t mote_decrypt_begin(mote_decryption_t *decryption, const mote_crypto_t *crypto, mote_bytes_t encrypted,
                                const mote_recipient_t *keys, uint32_t key_count, uint32_t offset) {
  uint32_t key_bytes;
  const uint8_t *nonce;
  uint8_t key[MOST_KEY];
  mote_error_t error = open_key(crypto, encrypted, keys, crypto->unwrap == NULL ? 0 : key_count, key, &key_bytes, &nonce);
  if (error != MOTE_OK) {
    return error;
  }
  decryption->started = true;
  bool started = crypto->cipher_start(crypto->context, &decryption->cipher, key, key_bytes);
  wipe(key);
  if (!started) {
    return MOTE_CONTENT_KEY;
  }
  memcpy(decryption->counter, nonce, NONCE_BYTES);
  advance(decryption, crypto, FIRST_COUNTER + offset / MOTE_CIPHER_BLOCK);
  decryption->used = (uint8_t)(offset % MOTE_CIPHER_BLOCK);
  return MOTE_OK;
}

void mote_decrypt(mote_decryption_t *decryption, const mote_crypto_t *crypto, uint8_t *bytes, uint32_t size) {
  for (; size > 0; size--) {
    if (decryption->used == MOTE_CIPHER_BLOCK) {
      advance(decryption, crypto, decryption->number + 1);
    }
    *bytes++ ^= decryption->stream[decryption->used++];
  }
}

void mote_decrypt_end(mote_decryption_t *decryption, const mote_crypto_t *crypto) {
  if (decryption->started) {
    crypto->cipher_end(crypto->context, &decryption->cipher);
    memset(decryption, 0, sizeof *decryption);
  }
}

#else

typedef int mote_no_encryption_t;

#endif
