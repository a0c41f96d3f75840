#include <string.h>

#include "runtime/cbor.h"

/* A container around the item at hand. */
typedef struct {
  uint32_t left; /* items of an array, pairs of a map */
  bool map;
  bool key; /* a key is next */
  const uint8_t *before;
  uint32_t before_size;
} frame_t;

typedef struct {
  const uint8_t *at;
  const uint8_t *end;
  uint64_t value;
} scan_t;

static bool big_endian(scan_t *s, uint32_t size) {
  if ((uint32_t)(s->end - s->at) < size) {
    return false;
  }
  s->value = 0;
  while (size-- > 0) {
    s->value = s->value << 8 | *s->at++;
  }
  return true;
}

static mote_error_t argument(scan_t *s, uint8_t low) {
  if (low < 24) {
    s->value = low;
    return MOTE_OK;
  }
  if (low > 27) {
    return low == 31 ? MOTE_NOT_CANONICAL : MOTE_MALFORMED;
  }
  uint32_t size = 1u << (low - 24);
  if (!big_endian(s, size)) {
    return MOTE_MALFORMED;
  }
  if (s->value >> 63 != 0) {
    return MOTE_LIMIT;
  }
  bool shorter = s->value < 24 || (size > 1 && s->value >> (4 * size) == 0);
  return shorter ? MOTE_NOT_CANONICAL : MOTE_OK;
}

/* Whether a float of `exponent_bits` and `fraction_bits` keeps its value with fewer of both. Shifts only: a device may
 * have no floating point. */
static bool fits_shorter(uint64_t bits, uint32_t exponent_bits, uint32_t fraction_bits, uint32_t short_exponent_bits,
                         uint32_t short_fraction_bits) {
  uint64_t fraction = bits & ((UINT64_C(1) << fraction_bits) - 1);
  int32_t exponent = (int32_t)(bits >> fraction_bits & ((UINT64_C(1) << exponent_bits) - 1));
  if (exponent == 0) {
    return fraction == 0;
  }
  exponent -= (1 << (exponent_bits - 1)) - 1;
  int32_t most = (1 << (short_exponent_bits - 1)) - 1;
  int32_t least = 1 - most;
  int32_t lost = (int32_t)(fraction_bits - short_fraction_bits);
  if (exponent < least) {
    lost += least - exponent;
  }
  if (exponent > most || lost > (int32_t)fraction_bits) {
    return false;
  }
  return (fraction & ((UINT64_C(1) << lost) - 1)) == 0;
}

static mote_error_t simple(scan_t *s, uint8_t low) {
  if (low >= 20 && low <= 22) {
    return MOTE_OK;
  }
  if (low < 25 || low > 27) {
    return MOTE_NOT_CANONICAL;
  }
  if (!big_endian(s, 1u << (low - 24))) {
    return MOTE_MALFORMED;
  }
  uint64_t infinite = low == 25 ? 0x7c00u : low == 26 ? 0x7f800000u : UINT64_C(0x7ff0000000000000);
  bool refused = (s->value & infinite) == infinite || (low == 26 && fits_shorter(s->value, 8, 23, 5, 10)) ||
                 (low == 27 && fits_shorter(s->value, 11, 52, 8, 23));
  return refused ? MOTE_NOT_CANONICAL : MOTE_OK;
}

static bool utf8(const uint8_t *at, const uint8_t *end) {
  while (at < end) {
    uint8_t first = *at++;
    if (first < 0x80) {
      continue;
    }
    uint32_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || (uint32_t)(end - at) < more) {
      return false;
    }
    uint8_t least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    uint8_t most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (; more > 0; more--, at++) {
      if (*at < least || *at > most) {
        return false;
      }
      least = 0x80;
      most = 0xbf;
    }
  }
  return true;
}

/* Whether the key at `start` stands behind the one before, bytewise. */
static bool in_order(const frame_t *frame, const uint8_t *start, uint32_t size) {
  if (frame->before == NULL) {
    return true;
  }
  uint32_t both = size < frame->before_size ? size : frame->before_size;
  int order = memcmp(frame->before, start, both);
  return order < 0 || (order == 0 && frame->before_size < size);
}

mote_error_t mote_cbor_check(mote_bytes_t bytes) {
  frame_t frames[MOTE_CBOR_MOST_DEPTH + 1];
  uint32_t depth = 0;
  scan_t s = {bytes.at, bytes.at + bytes.size, 0};
  for (uint32_t items = 1;; items++) {
    if (depth > MOTE_CBOR_MOST_DEPTH || items > MOTE_CBOR_MOST_ITEMS) {
      return MOTE_LIMIT;
    }
    if (s.at == s.end) {
      return MOTE_MALFORMED;
    }
    const uint8_t *start = s.at;
    uint8_t major = *start >> 5;
    uint8_t low = *s.at++ & 31;
    if (depth > 0 && frames[depth - 1].key && major != 0 && major != 1 && major != 3) {
      return MOTE_NOT_CANONICAL;
    }
    mote_error_t error = major == 7 ? simple(&s, low) : argument(&s, low);
    if (error != MOTE_OK) {
      return error;
    }
    if (major >= 2 && major <= 5 && s.value > (uint64_t)(s.end - s.at)) {
      return MOTE_MALFORMED;
    }
    if (major == 2 || major == 3) {
      s.at += s.value;
      if (major == 3 && !utf8(s.at - s.value, s.at)) {
        return MOTE_MALFORMED;
      }
    } else if (major == 6 || ((major == 4 || major == 5) && s.value > 0)) {
      frame_t inner = {major == 6 ? 1 : (uint32_t)s.value, major == 5, major == 5, NULL, 0};
      frames[depth++] = inner;
      continue;
    }
    while (depth > 0) {
      frame_t *frame = &frames[depth - 1];
      if (frame->key) {
        if (!in_order(frame, start, (uint32_t)(s.at - start))) {
          return MOTE_NOT_CANONICAL;
        }
        frame->before = start;
        frame->before_size = (uint32_t)(s.at - start);
        frame->key = false;
        break;
      }
      frame->key = frame->map;
      frame->left--;
      if (frame->left > 0) {
        break;
      }
      depth--;
    }
    if (depth == 0) {
      return s.at == s.end ? MOTE_OK : MOTE_MALFORMED;
    }
  }
}
