#include "runtime/manifest.h"

#include <stddef.h>
#include <string.h>

#include "runtime/schema.h"

#define SHA_256 32u
#define MOST_BLOCKS 256u
#define MOST_PAYLOADS 8u
#define MOST_PAYLOAD_BYTES (1u << 26)
#define LEAST_BLOCK_BYTES (1u << 8)
#define MOST_BLOCK_BYTES (1u << 20)
#define MOST_ARENA_BYTES (1u << 31)
#define MOST_ALIGNMENT (1u << 12)
#define UUID 16u
#define MOST_SIGNAL_BYTES (1u << 26)

enum { SUIT_VERSION = 1, SUIT_SEQUENCE, SUIT_COMMON, SUIT_SHARED };
enum { SUIT_DIGEST = 3, SUIT_SIZE = 14 };
#define VERSION 1u
enum { SIGNAL_SHAPE = 2, SIGNAL_ELEMENT, SIGNAL_OF_SCALE, SIGNAL_ZERO_POINT, SIGNAL_LABELS = 7 };

/* An item of an array; null when it has less. */
static const uint8_t *at(const uint8_t *array, uint32_t index) {
  if (index >= mote_count(array)) {
    return NULL;
  }
  for (array = mote_inside(array); index > 0; index--) {
    array = mote_next(array);
  }
  return array;
}

/* A number in a map; 0 when it is none, or more than it may be. */
static uint32_t number(const uint8_t *map, uint8_t key, uint32_t most) {
  const uint8_t *item = mote_field(map, key);
  uint64_t value = mote_long_number(item);
  return item != NULL && value <= most && *item >> 5 == MOTE_CBOR_UINT ? (uint32_t)value : 0;
}

uint32_t mote_signal_type(const uint8_t *signal) { return mote_number(mote_field(signal, SIGNAL_ELEMENT)); }

uint32_t mote_signal_bytes(const uint8_t *signal) {
  static const uint8_t element_bytes[] = {0, 1, 1, 2, 4, 8, 4, 1};
  const uint8_t *labels = mote_field(signal, SIGNAL_LABELS);
  const uint8_t *shape = mote_field(signal, SIGNAL_SHAPE);
  uint32_t element = mote_signal_type(signal);
  uint64_t bytes = element < sizeof element_bytes ? element_bytes[element] : 0;
  uint32_t last = 0;
  uint32_t left = mote_count(shape);
  for (shape = mote_inside(shape); left > 0 && bytes <= MOST_SIGNAL_BYTES; left--, shape = mote_next(shape)) {
    last = mote_number(shape);
    bytes *= last;
  }
  bool holds = bytes <= MOST_SIGNAL_BYTES && (labels == NULL || mote_number(labels) == last) &&
               (mote_field(signal, SIGNAL_ZERO_POINT) == NULL || mote_field(signal, SIGNAL_OF_SCALE) != NULL);
  return holds ? (uint32_t)bytes : 0;
}

#if MOTE_STRICT

/* The start of a manifest, up to its description: its bytes, but for these. Of the first ones the major type is half of what is
 * behind NUMBER. */
enum {
  NUMBER = 0xf0, /* any */
  SIZE,          /* of a payload */
  STRING = 0xf4, /* the head of a byte string */
  REST,          /* the head of one that ends where that does */
  GROUPS = 0xf8, /* the head of an array, of a group for each payload, of as many items as follows */
  INDEX,         /* of the group */
  DIGIT,         /* the same in ASCII */
  DIGEST,        /* of a payload */
  NEXT,          /* to the next group, if there is one */
  END,           /* of the string */
  STOP
};
static const uint8_t start[] = {
    0xa6, 1, 1, 2, NUMBER,
    3, STRING, 0xa2, 2, GROUPS, 1, 0x82, 0x44, 'm', 'o', 't', 'e', 0x41, INDEX, NEXT,
    4, REST, GROUPS, 4, 12, INDEX, 20, 0xa2, 3, 0x58, 0x24, 0x82, 0x2f, 0x58, SHA_256, DIGEST, 14, SIZE, NEXT, END,
    7, STRING, GROUPS, 4, 12, INDEX, 3, 15, NEXT, END,
    20, STRING, GROUPS, 8, 12, INDEX, 20, 0xa1, 21, 0x62, '#', DIGIT, 21, 15, 3, 15, NEXT, END,
    0x38, 0xff, STOP};

/* Where they stand in a group of the shared sequence. */
#define DIGEST_AT 11u
#define SIZE_AT (DIGEST_AT + SHA_256 + 1u)

/* Compares the start of a manifest with what it must be. */
static bool starts_right(mote_bytes_t encoded, mote_manifest_t *m) {
  mote_scan_t in = {encoded.at, encoded.at + encoded.size, 0, 0};
  const uint8_t *string_end = in.at;
  const uint8_t *group = start;
  uint32_t index = 0;
  uint32_t count = 0;
  for (const uint8_t *form = start; *form != STOP; form++) {
    uint32_t byte = *form;
    if (byte == NEXT) {
      index++;
      form = index < count ? group : form;
      continue;
    }
    if (byte == END ? in.at != string_end : in.at >= in.end) {
      return false;
    }
    if (byte == END) {
      continue;
    }
    if (byte == DIGEST) {
      m->images = index == 0 ? in.at - DIGEST_AT : m->images;
      in.at += SHA_256;
      continue;
    }
    if (byte < NUMBER || byte > GROUPS) {
      byte = byte == INDEX ? index : byte == DIGIT ? '0' + index : byte;
      if (*in.at++ != byte) {
        return false;
      }
      continue;
    }
    uint32_t least = 0;
    uint32_t most = UINT32_MAX;
    if (*in.at >> 5 != (byte - NUMBER) / 2 || mote_scan(&in) != MOTE_OK || (byte != NUMBER && in.high > 0)) {
      return false;
    }
    if (byte == SIZE) {
      least = 1;
      most = MOST_PAYLOAD_BYTES;
    } else if (byte == STRING) {
      string_end = in.at + in.value;
    } else if (byte == REST) {
      least = most = (uint32_t)(string_end - in.at);
    } else if (byte == GROUPS) {
      index = 0;
      group = ++form;
      count = count == 0 ? in.value : count;
      least = most = *form * count;
      if (count - 1 >= MOST_PAYLOADS) {
        return false;
      }
    }
    if (in.value < least || in.value > most) {
      return false;
    }
  }
  m->payload_count = (uint8_t)count;
  m->description = in.at;
  return true;
}

#else

/* What stands before a digest in its byte string, and items of a group of the shared sequence. */
#define DIGEST_HEAD 4u
#define GROUP 4u

#endif

const uint8_t *mote_item(const uint8_t *map, uint8_t key, uint32_t index) { return at(mote_field(map, key), index); }

void mote_manifest_payload(const mote_manifest_t *manifest, uint32_t index, mote_payload_t *payload) {
  const uint8_t *map = mote_item(manifest->description, MOTE_PAYLOADS, index);
  const uint8_t *memory = mote_field(map, MOTE_MEMORY);
#if MOTE_STRICT
  const uint8_t *place = manifest->images;
  for (uint32_t i = 0; i < index; i++) {
    place = mote_next(place + SIZE_AT);
  }
  payload->digest = place + DIGEST_AT;
  payload->size = mote_number(place + SIZE_AT);
#else
  const uint8_t *place = at(manifest->images, index * GROUP + GROUP - 1);
  mote_bytes_t digest = mote_string(mote_field(place, SUIT_DIGEST));
  payload->digest = digest.size == DIGEST_HEAD + SHA_256 ? digest.at + DIGEST_HEAD : NULL;
  payload->size = number(place, SUIT_SIZE, MOST_PAYLOAD_BYTES);
#endif
  payload->map = map;
  payload->hashes = mote_string(mote_field(map, MOTE_BLOCK_HASHES));
  payload->block_size = number(map, MOTE_BLOCK, MOST_BLOCK_BYTES);
  payload->arena_bytes = number(memory, MOTE_ARENA, MOST_ARENA_BYTES);
  payload->arena_alignment = (uint16_t)number(memory, MOTE_ALIGNMENT, MOST_ALIGNMENT);
  payload->index = (uint8_t)index;
  payload->kind = (uint8_t)number(map, MOTE_PAYLOAD_KIND, MOTE_SHARED_LIBRARY);
}

uint32_t mote_payload_blocks(const mote_payload_t *payload) {
  return (payload->size + payload->block_size - 1) / payload->block_size;
}

uint32_t mote_payload_block_bytes(const mote_payload_t *payload, uint32_t index) {
  uint32_t left = payload->size - index * payload->block_size;
  return left < payload->block_size ? left : payload->block_size;
}

const uint8_t *mote_payload_block_digest(const mote_payload_t *payload, uint32_t index) {
  return payload->hashes.size == 0 ? payload->digest : payload->hashes.at + index * SHA_256;
}

#if MOTE_STRICT

/* Whether there is a value for each signal, and fits it: an offset in the arena, or a golden value. The offset of an input
 * that is handed in by rows is `outside`. */
static bool fit_signals(const uint8_t *values, const uint8_t *signals, uint32_t arena, uint32_t outside) {
  uint32_t left = mote_number(signals);
  if (mote_number(values) != left) {
    return false;
  }
  const uint8_t *value = mote_inside(values);
  const uint8_t *signal = mote_inside(signals);
  for (; left > 0; left--, value = mote_next(value), signal = mote_next(signal)) {
    uint32_t bytes = mote_signal_bytes(signal);
    bool fits = bytes > 0;
    if (*value >> 5 == MOTE_CBOR_UINT) {
      uint32_t offset = mote_number(value);
      fits = fits && (offset <= (arena < bytes ? 0 : arena - bytes) || offset == outside);
    } else {
      uint32_t form = value[1]; /* items of a golden value are less than 24 */
      bool whole = value[2] >> 5 == MOTE_CBOR_BYTES && form != 2;
      fits = fits && (form != 3 || mote_signal_type(signal) == MOTE_FLOAT32) &&
             (!whole || mote_number(value + 2) == bytes);
    }
    if (!fits) {
      return false;
    }
  }
  return true;
}

static bool steps_hold(const uint8_t *steps, const uint8_t *signals) {
  uint32_t left = mote_number(steps);
  for (const uint8_t *step = mote_inside(steps); left > 0; left--, step = mote_next(step)) {
    if (mote_inside(step)[1] >= mote_number(signals)) {
      return false;
    }
  }
  return true;
}

/* Whether names stand in alphabetical order, none twice. */
static bool in_order(const uint8_t *names) {
  uint32_t left = mote_number(names);
  mote_bytes_t before = {names, 0};
  for (names = mote_inside(names); left > 0; left--, names = mote_next(names)) {
    mote_bytes_t name = mote_string(names);
    uint32_t both = name.size < before.size ? name.size : before.size;
    int order = memcmp(before.at, name.at, both);
    if (order > 0 || (order == 0 && before.size >= name.size)) {
      return false;
    }
    before = name;
  }
  return true;
}

/* Whether files have names of their own, and are as long as the payload together. */
static bool files_hold(const uint8_t *files, uint32_t size) {
  uint32_t left = mote_number(files);
  const uint8_t *first = mote_inside(files);
  for (const uint8_t *file = first; left > 0; left--, file = mote_next(file)) {
    const uint8_t *name = mote_inside(file);
    const uint8_t *end = mote_next(name);
    uint32_t bytes = mote_number(end);
    if (bytes > size) {
      return false;
    }
    size -= bytes;
    for (const uint8_t *other = first; other < file; other = mote_next(other)) {
      if (memcmp(mote_inside(other), name, (uint32_t)(end - name)) == 0) {
        return false;
      }
    }
  }
  return files == NULL || size == 0;
}

static bool payload_holds(const mote_manifest_t *m, uint32_t index) {
  mote_payload_t p;
  mote_manifest_payload(m, index, &p);
  uint32_t blocks = mote_payload_blocks(&p);
  const uint8_t *memory = mote_field(p.map, MOTE_MEMORY);
  return blocks <= MOST_BLOCKS && p.hashes.size == (blocks == 1 ? 0 : blocks * SHA_256) &&
         in_order(mote_field(mote_field(p.map, MOTE_REQUIREMENTS), MOTE_FEATURES)) &&
         files_hold(mote_field(p.map, MOTE_FILES), p.size) &&
         (memory == NULL ||
          (fit_signals(mote_field(memory, MOTE_INPUT_OFFSETS), mote_field(m->description, MOTE_INPUTS), p.arena_bytes,
                       p.arena_bytes) &&
           fit_signals(mote_field(memory, MOTE_OUTPUT_OFFSETS), mote_field(m->description, MOTE_OUTPUTS), p.arena_bytes,
                       0)));
}

/* What more than one field says. */
static bool fields_agree(const mote_manifest_t *m) {
  const uint8_t *inputs = mote_field(m->description, MOTE_INPUTS);
  const uint8_t *outputs = mote_field(m->description, MOTE_OUTPUTS);
  const uint8_t *vector = mote_field(m->description, MOTE_GOLDEN);
  bool agree = mote_number(mote_field(m->description, MOTE_PAYLOADS)) == m->payload_count &&
               steps_hold(mote_field(m->description, MOTE_BEFORE), inputs) &&
               steps_hold(mote_field(m->description, MOTE_AFTER), outputs);
  for (uint32_t i = 0; agree && i < m->payload_count; i++) {
    agree = payload_holds(m, i);
  }
  uint32_t vectors = mote_number(vector);
  for (vector = mote_inside(vector); agree && vectors > 0; vectors--, vector = mote_next(vector)) {
    const uint8_t *values = mote_inside(vector);
    agree = fit_signals(values, inputs, 0, 0) && fit_signals(mote_next(values), outputs, 0, 0);
  }
  return agree;
}

mote_error_t mote_manifest_read(mote_bytes_t encoded, mote_manifest_t *manifest) {
  mote_error_t error = mote_check(encoded, T_manifest);
  if (error != MOTE_OK && error != MOTE_FIELD) {
    return error;
  }
  if (!starts_right(encoded, manifest)) {
    return MOTE_COMMANDS;
  }
  if (error == MOTE_OK) {
    const uint8_t *identity = mote_field(manifest->description, MOTE_IDENTITY);
    manifest->sequence = mote_long_number(mote_field(encoded.at, SUIT_SEQUENCE));
    manifest->vendor = mote_inside(mote_field(identity, MOTE_IDENTITY_VENDOR));
    manifest->module = mote_inside(mote_field(identity, MOTE_IDENTITY_MODULE));
    error = fields_agree(manifest) ? MOTE_OK : MOTE_FIELD;
  }
  return error;
}

#else

/* The bytes of an identity; null when they are not as many. */
static const uint8_t *uuid(const mote_manifest_t *m, uint8_t key) {
  mote_bytes_t found = mote_string(mote_field(mote_field(m->description, MOTE_IDENTITY), key));
  return found.size == UUID ? found.at : NULL;
}

/* Whether all that the runtime uses of a payload is as it must be. */
static bool payload_holds(const mote_manifest_t *m, uint32_t index) {
  mote_payload_t p;
  mote_manifest_payload(m, index, &p);
  bool planned = mote_field(p.map, MOTE_MEMORY) != NULL;
  if (p.digest == NULL || p.size == 0 || p.block_size < LEAST_BLOCK_BYTES || planned != (p.arena_alignment != 0) ||
      ((p.block_size & (p.block_size - 1)) | (p.arena_alignment & (p.arena_alignment - 1u))) != 0) {
    return false;
  }
  uint32_t blocks = mote_payload_blocks(&p);
  return blocks <= MOST_BLOCKS && p.hashes.size == (blocks == 1 ? 0 : blocks * SHA_256);
}

/* A publisher that is trusted signed it, with tools that check every field: here only those count that are used. */
mote_error_t mote_manifest_read(mote_bytes_t encoded, mote_manifest_t *m) {
  mote_bytes_t common = {encoded.at, 0};
  mote_bytes_t shared = common;
  if (mote_well_formed(encoded)) {
    common = mote_string(mote_field(encoded.at, SUIT_COMMON));
  }
  if (common.size > 0 && mote_well_formed(common)) {
    shared = mote_string(mote_field(common.at, SUIT_SHARED));
  }
  if (shared.size == 0 || !mote_well_formed(shared)) {
    return MOTE_MALFORMED;
  }
  m->description = mote_field(encoded.at, MINUS_256);
  m->images = shared.at;
  m->sequence = mote_long_number(mote_field(encoded.at, SUIT_SEQUENCE));
  m->vendor = uuid(m, MOTE_IDENTITY_VENDOR);
  m->module = uuid(m, MOTE_IDENTITY_MODULE);
  m->payload_count = (uint8_t)mote_count(mote_field(m->description, MOTE_PAYLOADS));
  if (number(encoded.at, SUIT_VERSION, VERSION) == 0 || number(m->description, SUIT_VERSION, VERSION) == 0) {
    return MOTE_UNSUPPORTED_VERSION;
  }
  bool holds = m->vendor != NULL && m->module != NULL && m->payload_count <= MOST_PAYLOADS;
  for (uint32_t i = 0; holds && i < m->payload_count; i++) {
    holds = payload_holds(m, i);
  }
  return holds ? MOTE_OK : MOTE_FIELD;
}

#endif
