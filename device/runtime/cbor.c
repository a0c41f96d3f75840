#include "runtime/cbor.h"

#include <stddef.h>

enum { UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE };

#define MOST_TEXT 1024u
#define MOST_NAME 64u

/* What mote_read_exactly gives when there is nothing. */
static const uint8_t nothing[32];

typedef struct {
  uint8_t major;
  uint64_t value;
} head_t;

/* The head of the next item. Everything was checked: it cannot be cut off. */
static head_t take(mote_reader_t *r) {
  head_t head = {(uint8_t)(*r->at >> 5), (uint64_t)(*r->at & 31)};
  r->at++;
  if (head.value >= 24) {
    uint32_t size = head.value <= 27 ? 1u << (head.value - 24) : 0;
    for (head.value = 0; size > 0; size--) {
      head.value = head.value << 8 | *r->at++;
    }
  }
  return head;
}

static bool next_is(const mote_reader_t *r, uint8_t major) { 
  return r->error == MOTE_OK && r->at < r->end && *r->at >> 5 == major;
 }

mote_reader_t mote_read(mote_bytes_t bytes) {
  mote_reader_t reader = {bytes.at, bytes.at + bytes.size, mote_cbor_check(bytes)};
  return reader;
}

void mote_refuse(mote_reader_t *reader, mote_error_t error) {
  if (reader->error == MOTE_OK) {
    reader->error = error;
  }
}

int64_t mote_read_int(mote_reader_t *reader, int64_t least, int64_t most) {
  if (next_is(reader, UNSIGNED) || next_is(reader, NEGATIVE)) {
    head_t head = take(reader);
    int64_t value = head.major == NEGATIVE ? -1 - (int64_t)head.value : (int64_t)head.value;
    if (value >= least && value <= most) {
      return value;
    }
  }
  mote_refuse(reader, MOTE_FIELD);
  return 0;
}

uint32_t mote_read_array(mote_reader_t *reader, uint32_t least, uint32_t most) {
  if (next_is(reader, ARRAY)) {
    uint32_t count = (uint32_t)take(reader).value;
    if (count >= least && count <= most) {
      return count;
    }
  }
  mote_refuse(reader, MOTE_FIELD);
  return 0;
}

static mote_bytes_t read_string(mote_reader_t *reader, uint8_t major) {
  mote_bytes_t bytes = {nothing, 0};
  if (next_is(reader, major)) {
    bytes.size = (uint32_t)take(reader).value;
    bytes.at = reader->at;
    reader->at += bytes.size;
  } else {
    mote_refuse(reader, MOTE_FIELD);
  }
  return bytes;
}

mote_bytes_t mote_read_bytes(mote_reader_t *reader) { return read_string(reader, BYTES); }

const uint8_t *mote_read_exactly(mote_reader_t *reader, uint32_t size) {
  mote_bytes_t bytes = mote_read_bytes(reader);
  if (bytes.size == size) {
    return bytes.at;
  }
  mote_refuse(reader, MOTE_FIELD);
  return nothing;
}

mote_bytes_t mote_read_text(mote_reader_t *reader) {
  mote_bytes_t text = read_string(reader, TEXT);
  uint32_t characters = 0;
  for (uint32_t i = 0; i < text.size; i++) {
    uint8_t byte = text.at[i];
    /* 0x80 to 0x9f are control characters as well; text was checked, so that a byte follows 0xc2. */
    bool control = byte < 0x20 || byte == 0x7f || (byte == 0xc2 && text.at[i + 1] < 0xa0);
    if (control) {
      mote_refuse(reader, MOTE_FIELD);
    }
    characters += (byte & 0xc0) != 0x80;
  }
  if (characters == 0 || characters > MOST_TEXT) {
    mote_refuse(reader, MOTE_FIELD);
  }
  return text;
}

static bool in_name(uint8_t c, bool first) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '_' || (!first && (c == '.' || c == '-'));
}

mote_bytes_t mote_read_name(mote_reader_t *reader) {
  mote_bytes_t name = read_string(reader, TEXT);
  bool holds = name.size >= 1 && name.size <= MOST_NAME;
  for (uint32_t i = 0; holds && i < name.size; i++) {
    holds = in_name(name.at[i], i == 0);
  }
  if (!holds) {
    mote_refuse(reader, MOTE_FIELD);
  }
  return name;
}

/* The bits of a half as those of a float. */
static uint32_t widen(uint32_t half) {
  uint32_t sign = (half & 0x8000u) << 16;
  uint32_t exponent = half >> 10 & 31u;
  uint32_t fraction = half & 0x3ffu;
  if (exponent == 0) {
    if (fraction == 0) {
      return sign;
    }
    exponent = 1;
    while ((fraction & 0x400u) == 0) {
      fraction <<= 1;
      exponent--;
    }
    fraction &= 0x3ffu;
  }
  return sign | (exponent + 112u) << 23 | fraction << 13;
}

uint32_t mote_read_float(mote_reader_t *reader) {
  uint8_t first = next_is(reader, SIMPLE) ? *reader->at : 0;
  if (first != 0xf9 && first != 0xfa) {
    mote_refuse(reader, MOTE_FIELD);
    return 0;
  }
  uint32_t bits = (uint32_t)take(reader).value;
  return first == 0xf9 ? widen(bits) : bits;
}

void mote_read_real(mote_reader_t *reader) {
  if (next_is(reader, SIMPLE) && *reader->at >= 0xf9 && *reader->at <= 0xfb) {
    (void)take(reader);
  } else {
    mote_refuse(reader, MOTE_FIELD);
  }
}

void mote_read_head(mote_reader_t *reader, uint8_t head) {
  if (reader->error == MOTE_OK && reader->at < reader->end && *reader->at == head) {
    reader->at++;
  } else {
    mote_refuse(reader, MOTE_FIELD);
  }
}

void mote_skip(mote_reader_t *reader) {
  for (uint32_t items = 1; reader->error == MOTE_OK && items > 0; items--) {
    head_t head = take(reader);
    switch (head.major) {
      case BYTES:
      case TEXT:
        reader->at += head.value;
        break;
      case ARRAY:
        items += (uint32_t)head.value;
        break;
      case MAP:
        items += 2u * (uint32_t)head.value;
        break;
      case TAG:
        items++;
        break;
      default:
        break;
    }
  }
}

mote_map_t mote_open_map(mote_reader_t *reader) {
  mote_map_t map = {0};
  if (next_is(reader, MAP)) {
    map.left = (uint32_t)take(reader).value;
  } else {
    mote_refuse(reader, MOTE_FIELD);
  }
  return map;
}

/* Whether one key stands before another: those that are not negative first, then by magnitude. */
static bool before(int64_t key, int64_t other) { return other >= 0 ? key >= 0 && key < other : key >= 0 || key > other; }

/* The next key when it is an integer; the reader stays where it is. */
static bool peek(const mote_reader_t *reader, const mote_map_t *map, int64_t *key) {
  if (map->left == 0 || !(next_is(reader, UNSIGNED) || next_is(reader, NEGATIVE))) {
    return false;
  }
  mote_reader_t ahead = *reader;
  *key = mote_read_int(&ahead, INT64_MIN, INT64_MAX);
  return true;
}

bool mote_find(mote_reader_t *reader, mote_map_t *map, int64_t key) {
  int64_t next = 0;
  if (!peek(reader, map, &next) || next != key) {
    return false;
  }
  (void)take(reader);
  map->left--;
  return true;
}

void mote_require(mote_reader_t *reader, mote_map_t *map, int64_t key) {
  int64_t next = 0;
  if (reader->error == MOTE_OK && !mote_find(reader, map, key)) {
    bool strange = peek(reader, map, &next) && before(next, key);
    mote_refuse(reader, strange ? MOTE_UNKNOWN_KEY : MOTE_FIELD);
  }
}

bool mote_find_extension(mote_reader_t *reader, mote_map_t *map) {
  int64_t next = 0;
  if (!peek(reader, map, &next) || next > -256) {
    return false;
  }
  (void)take(reader);
  mote_skip(reader);
  map->left--;
  return true;
}

void mote_close_map(mote_reader_t *reader, const mote_map_t *map) {
  if (map->left > 0) {
    mote_refuse(reader, MOTE_UNKNOWN_KEY);
  }
}
