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

/* One after the other: what stands before the recipients; then, behind its curve, each form of a recipient. */
static const uint8_t patterns[] = {
    0xd8, 0x60, 0x84, 0x43, 0xa1, 1, LARGER, 1, 0xa1, 5, 0x4c, TAKE, NONCE_BYTES, 0xf6, END,
    0, 0x83, 0x40, 0xa2, 1, LARGER, 0x22, 4, ID, WRAPPED, END,
    MOTE_P_256, 0x83, 0x44, 0xa1, 1, 0x38, LARGER, 0x1c, 0xa2, 4, ID, 0x20, 0xa4, 1, 2, 0x20, 1, 0x21, 0x58, 0x20, TAKE,
    COORDINATE, 0x22, 0x58, 0x20, TAKE, COORDINATE, WRAPPED, END,
    MOTE_X25519, 0x83, 0x44, 0xa1, 1, 0x38, LARGER, 0x1c, 0xa2, 4, ID, 0x20, 0xa3, 1, 1, 0x20, 4, 0x21, 0x58, 0x20, TAKE,
    COORDINATE, WRAPPED, END};

/* What is still to be read, and what was kept of it. */
typedef struct {
  mote_scan_t in;
  const mote_crypto_t *crypto;
  uint32_t key_bytes;
  uint32_t id_bytes;
  const uint8_t *kept[4];
  const uint8_t *wrapped;
} sent_t;

/* The head of a byte string or an array; what cannot be when it is another. */
static uint32_t head(sent_t *s, uint32_t major) {
  bool is = s->in.at < s->in.end && *s->in.at >> 5 == major && mote_scan(&s->in) == MOTE_OK && s->in.high == 0;
  return is ? s->in.value : UINT32_MAX;
}

/* The pattern behind the one at hand; null when this one does not match. */
static const uint8_t *match(sent_t *s, const uint8_t *pattern) {
  const uint8_t **kept = s->kept;
  while (*pattern != END) {
    uint32_t expected = *pattern++;
    uint32_t size = 1;
    bool keep = expected >= TAKE && expected < LARGER;
    if (expected == TAKE) {
      size = *pattern++;
    } else if (expected == ID) {
      size = s->id_bytes = head(s, MOTE_CBOR_BYTES);
    } else if (expected == WRAPPED) {
      size = head(s, MOTE_CBOR_BYTES);
      s->wrapped = s->in.at;
      if (size != s->key_bytes + 8) {
        return NULL;
      }
    } else if (expected == LARGER) {
      expected = *pattern++ + (s->key_bytes - SMALL_KEY) / 8;
    }
    if ((uint32_t)(s->in.end - s->in.at) < size || (!keep && *s->in.at != expected)) {
      return NULL;
    }
    if (keep) {
      *kept++ = s->in.at;
    }
    s->in.at += size;
  }
  return pattern + 1;
}

/* Forgets 32 bytes; a compiler does not leave it out. */
static void wipe(uint8_t *bytes) {
  volatile uint8_t *at = bytes;
  for (uint32_t i = 0; i < MOST_KEY; i++) {
    at[i] = 0;
  }
}

/* Whether a recipient is the device, by this key, and has the content key. The key that is agreed upon is HKDF over
 * COSE_KDF_Context of RFC 9053, section 5.2. */
static bool opens(const sent_t *s, const mote_recipient_t *own, uint32_t curve, uint8_t *key) {
  static const uint8_t contexts[] = {0x84, 0x22, 0x83, 0xf6, 0xf6, 0xf6, 0x83, 0xf6, 0xf6, 0xf6, 0x82, 0x18, 0x80,
                                     0x44, 0xa1, 1,    0x38, 0x1c, 0x84, 0x24, 0x83, 0xf6, 0xf6, 0xf6, 0x83, 0xf6,
                                     0xf6, 0xf6, 0x82, 0x19, 1,    0,    0x44, 0xa1, 1,    0x38, 0x1e};
  const mote_crypto_t *c = s->crypto;
  uint32_t larger = (s->key_bytes - SMALL_KEY) / SMALL_KEY;
  uint8_t wrapping[MOST_KEY];
  uint8_t secret[COORDINATE];
  if (own->curve != curve || s->id_bytes != sizeof own->id || memcmp(own->id, s->kept[0], sizeof own->id) != 0) {
    return false;
  }
  if (curve == 0) {
    return own->size == s->key_bytes && c->unwrap(c->context, own->secret, s->wrapped, s->key_bytes, key);
  }
  bool done = c->agree(c->context, curve, own->secret, s->kept[1], s->kept[2], secret) &&
              c->derive(c->context, secret, contexts + 18 * larger, 18 + larger, wrapping, s->key_bytes) &&
              c->unwrap(c->context, wrapping, s->wrapped, s->key_bytes, key);
  wipe(secret);
  wipe(wrapping);
  return done;
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
  sent_t s = {{encrypted.at, encrypted.at + encrypted.size, 0, 0}, crypto, SMALL_KEY, 0, {NULL}, NULL};
  uint8_t key[MOST_KEY];
  bool opened = false;
  s.key_bytes += encrypted.size > 6 && encrypted.at[6] == 3 ? SMALL_KEY : 0;
  const uint8_t *forms = match(&s, patterns);
  const uint8_t *nonce = s.kept[0];
  uint32_t count = forms != NULL ? head(&s, MOTE_CBOR_ARRAY) : 0;
  if (count - 1 >= MOST_RECIPIENTS) {
    return MOTE_FIELD;
  }
  for (; count > 0; count--) {
    const uint8_t *at = s.in.at;
    const uint8_t *form = forms;
    while (match(&s, form + 1) == NULL) {
      s.in.at = at;
      while (*form++ != END) {
      }
      if (form == patterns + sizeof patterns) {
        return MOTE_FIELD;
      }
    }
    for (uint32_t i = 0; i < key_count && !opened; i++) {
      opened = opens(&s, &keys[i], *form, key);
    }
  }
  if (s.in.at != s.in.end) {
    return MOTE_FIELD;
  }
  if (opened) {
    opened = crypto->cipher_start(crypto->context, &decryption->cipher, key, s.key_bytes);
    wipe(key);
    decryption->started = true;
    memcpy(decryption->counter, nonce, NONCE_BYTES);
    advance(decryption, crypto, FIRST_COUNTER + offset / MOTE_CIPHER_BLOCK);
    decryption->used = (uint8_t)(offset % MOTE_CIPHER_BLOCK);
  }
  return opened ? MOTE_OK : MOTE_CONTENT_KEY;
}

mote_error_t mote_encrypted_check(mote_bytes_t encrypted) {
  return mote_decrypt_begin(NULL, NULL, encrypted, NULL, 0, 0) == MOTE_FIELD ? MOTE_FIELD : MOTE_OK;
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
