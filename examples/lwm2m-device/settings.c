#include "settings.h"

#include <string.h>

enum { SPKI_BYTES = 91, POINT_BYTES = 65 };

static bool same(const char *word, const char *other) { return strcmp(word, other) == 0; }

static bool read_number(const char *text, uint32_t *number) {
  uint32_t digits = 0;
  *number = 0;
  for (; *text >= '0' && *text <= '9' && digits < 9; text++, digits++) {
    *number = *number * 10 + (uint32_t)(*text - '0');
  }
  return digits > 0 && *text == '\0';
}

/* "10.0.2.2:5683". */
static bool read_server(const char *text, settings_t *s) {
  for (uint32_t part = 0; part < 5; part++) {
    uint32_t number = 0;
    uint32_t digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 5; text++, digits++) {
      number = number * 10 + (uint32_t)(*text - '0');
    }
    const char end = part < 3 ? '.' : part == 3 ? ':' : '\0';
    if (digits == 0 || *text != end || number > (part < 4 ? 255u : 65535u)) {
      return false;
    }
    text += end != '\0';
    if (part < 4) {
      s->server[part] = (uint8_t)number;
    } else {
      s->port = (uint16_t)number;
    }
  }
  return true;
}

static int32_t digit_of(const char *alphabet, char c) {
  const char *at = c == '\0' ? NULL : strchr(alphabet, c);
  return at == NULL ? -1 : (int32_t)(at - alphabet);
}

/* Digits of `bits` bits each; how many bytes they are, 0 when they are wrong or too many. */
static uint32_t decode(const char *text, const char *alphabet, uint32_t bits, uint8_t *bytes, uint32_t room) {
  uint32_t rest = 0;
  uint32_t have = 0;
  uint32_t size = 0;
  for (; *text != '\0' && *text != '='; text++) {
    int32_t digit = digit_of(alphabet, *text);
    if (digit < 0) {
      return 0;
    }
    rest = rest << bits | (uint32_t)digit;
    have += bits;
    if (have >= 8) {
      have -= 8;
      if (size == room) {
        return 0;
      }
      bytes[size++] = (uint8_t)(rest >> have);
    }
  }
  return size;
}

/* A public key on P-256, as SubjectPublicKeyInfo: what is between the lines of a PEM file. It is called by its digest. */
static bool read_key(const char *text, const mote_crypto_t *crypto, uint8_t *bytes, uint8_t id[8]) {
  static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint8_t digest[MOTE_SHA_256_BYTES];
  mote_hash_t hash;
  if (decode(text, base64, 6, bytes, SPKI_BYTES) != SPKI_BYTES) {
    return false;
  }
  crypto->hash_start(crypto->context, &hash);
  crypto->hash_update(crypto->context, &hash, bytes, SPKI_BYTES);
  crypto->hash_end(crypto->context, &hash, digest);
  memcpy(id, digest, 8);
  return true;
}

static bool read_vendor(const char *text, const mote_crypto_t *crypto, settings_t *s) {
  static uint8_t keys[SETTINGS_VENDORS][SPKI_BYTES];
  uint8_t *bytes = keys[s->vendor_count % SETTINGS_VENDORS];
  mote_key_t *key = &s->vendors[s->vendor_count % SETTINGS_VENDORS];
  if (s->vendor_count == SETTINGS_VENDORS || !read_key(text, crypto, bytes, key->id)) {
    return false;
  }
  s->vendor_count++;
  key->algorithm = MOTE_ES256;
  key->key = bytes + SPKI_BYTES - POINT_BYTES;
  key->key_size = POINT_BYTES;
  return true;
}

static bool read_behaviour(const char *text, settings_t *s) {
  static const char *const words[] = {"none", "self-test", "trial", "stall", "reboot", "memory"};
  for (uint32_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (same(text, words[i])) {
      s->behaviour = (behaviour_t)i;
      return true;
    }
  }
  return false;
}

static bool read_line(const char *name, const char *value, const mote_crypto_t *crypto, settings_t *s) {
  const struct {
    const char *name;
    uint32_t *number;
  } numbers[] = {{"lifetime", &s->lifetime_s},  {"awake", &s->awake_ms},     {"interval", &s->interval_ms},
                 {"report", &s->report_each}, {"bad-at", &s->behaves_at}};
  for (uint32_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    if (same(name, numbers[i].name)) {
      return read_number(value, numbers[i].number);
    }
  }
  if (same(name, "endpoint")) {
    s->endpoint = value;
    return *value != '\0' && strlen(value) < 100;
  }
  if (same(name, "server")) {
    return read_server(value, s);
  }
  if (same(name, "identity")) {
    s->identity = value;
    return *value != '\0';
  }
  if (same(name, "psk")) {
    s->psk_size = decode(value, "0123456789abcdef", 4, s->psk, sizeof s->psk);
    return s->psk_size > 0;
  }
  if (same(name, "vendor")) {
    return read_vendor(value, crypto, s);
  }
  if (same(name, "device-key")) {
    uint8_t bytes[SPKI_BYTES];
    s->recipient.curve = MOTE_P_256;
    return read_key(value, crypto, bytes, s->recipient.id);
  }
  if (same(name, "device-secret")) {
    s->recipient.secret = s->secret;
    s->has_recipient = true;
    return decode(value, "0123456789abcdef", 4, s->secret, sizeof s->secret) == sizeof s->secret;
  }
  return same(name, "bad") && read_behaviour(value, s);
}

const char *settings_read(char *text, const mote_crypto_t *crypto, settings_t *s) {
  memset(s, 0, sizeof *s);
  s->endpoint = "mote";
  s->port = 5683;
  s->lifetime_s = 300;
  s->interval_ms = 5000;
  s->report_each = 1;
  s->behaves_at = 8192;
  while (*text != '\0') {
    char *line = text;
    char *end = line + strcspn(line, "\r\n");
    text = end + strspn(end, "\r\n");
    *end = '\0';
    char *value = strchr(line, '=');
    if (*line == '#' || *line == '\0') {
      continue;
    }
    if (value == NULL) {
      return line;
    }
    *value++ = '\0';
    if (!read_line(line, value, crypto, s)) {
      return line;
    }
  }
  return NULL;
}
