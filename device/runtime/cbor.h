/* Deterministic CBOR in memory, by an author who may be hostile: section 1 of docs/spec/inference-module.md.
 *
 * First mote_cbor_check looks at all of it; then a reader takes it item by item, and cannot leave it any more. A reader
 * keeps the first error: after one, every further call gives 0, so that code reads a whole structure and asks once. */
#ifndef MOTE_CBOR_H
#define MOTE_CBOR_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/error.h"

#define MOTE_CBOR_MOST_DEPTH 12u
#define MOTE_CBOR_MOST_ITEMS 20000u

/* Bytes somewhere else. */
typedef struct {
  const uint8_t *at;
  uint32_t size;
} mote_bytes_t;

typedef struct {
  const uint8_t *at;
  const uint8_t *end;
  mote_error_t error;
} mote_reader_t;

/* A map that is being read, its keys in order. */
typedef struct {
  uint32_t left;
} mote_map_t;

/* Whether bytes are one item, well-formed, deterministic and within the limits. */
mote_error_t mote_cbor_check(mote_bytes_t bytes);

/* A reader of bytes; with an error from the start when mote_cbor_check has one. */
mote_reader_t mote_read(mote_bytes_t bytes);

/* Keeps the error unless there is one. */
void mote_refuse(mote_reader_t *reader, mote_error_t error);

int64_t mote_read_int(mote_reader_t *reader, int64_t least, int64_t most);
uint32_t mote_read_array(mote_reader_t *reader, uint32_t least, uint32_t most);
mote_bytes_t mote_read_bytes(mote_reader_t *reader);
/* A byte string of this size; never a null pointer, so that it can be compared after an error too. */
const uint8_t *mote_read_exactly(mote_reader_t *reader, uint32_t size);
/* Text for people: 1 to 1,024 characters without control characters. */
mote_bytes_t mote_read_text(mote_reader_t *reader);
/* Text for machines: 1 to 64 letters, digits, '.', '-', '_'. */
mote_bytes_t mote_read_name(mote_reader_t *reader);
/* A float of 32 bits, as its bits. */
uint32_t mote_read_float(mote_reader_t *reader);
/* A float of any size. */
void mote_read_real(mote_reader_t *reader);
/* An item that is this one byte, or the head of a tag that is. */
void mote_read_head(mote_reader_t *reader, uint8_t head);
void mote_skip(mote_reader_t *reader);

mote_map_t mote_open_map(mote_reader_t *reader);
/* Whether the next key is this one; then its value is next. */
bool mote_find(mote_reader_t *reader, mote_map_t *map, int64_t key);
/* The same, and an error when it is not. */
void mote_require(mote_reader_t *reader, mote_map_t *map, int64_t key);
/* Passes over an extension: a key below -255. */
bool mote_find_extension(mote_reader_t *reader, mote_map_t *map);
/* An error when keys are left. */
void mote_close_map(mote_reader_t *reader, const mote_map_t *map);

#endif
