/* CBOR in memory: section 1 of docs/spec/inference-module.md. First mote_check (schema.h) looks at all of it, whoever
 * wrote it; then the functions here go from item to item, without looking again. */
#ifndef MOTE_CBOR_H
#define MOTE_CBOR_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/error.h"

enum { MOTE_CBOR_UINT, MOTE_CBOR_NEGATIVE, MOTE_CBOR_BYTES, MOTE_CBOR_TEXT, MOTE_CBOR_ARRAY, MOTE_CBOR_MAP, MOTE_CBOR_TAG,
       MOTE_CBOR_SIMPLE };

/* Whether every field of what is signed is checked; 0 leaves out what that needs, and only what the runtime itself uses is
 * checked then, behind the signature. */
#ifndef MOTE_STRICT
#define MOTE_STRICT 1
#endif

/* A function whose variables are gone when it has returned, and do not lie on the stack beside those of what its caller calls
 * next. */
#if defined(__GNUC__)
#define MOTE_APART __attribute__((noinline))
#else
#define MOTE_APART
#endif

/* Bytes somewhere else. */
typedef struct {
  const uint8_t *at;
  uint32_t size;
} mote_bytes_t;

/* The start of an item by an author who may be hostile. */
typedef struct {
  const uint8_t *at;
  const uint8_t *end;
  uint32_t value; /* of an integer; length of a string, an array or a map; number of a tag; bits of a float */
  uint32_t high;  /* the upper half of the value */
} mote_scan_t;

/* Reads a head, in the deterministic encoding; `at` goes behind it. */
mote_error_t mote_scan(mote_scan_t *scan);

/* Whether bytes are one item that is well-formed, of whatever types: then all that follows may be asked of it. */
bool mote_well_formed(mote_bytes_t bytes);

/* From here on: of items that were checked; and of null, for which there is 0, nothing, null, as there is for an item of
 * another type where something is said to be in it.
 *
 * The value, as above; of a negative integer n, -1 - n. */
uint32_t mote_number(const uint8_t *item);
uint64_t mote_long_number(const uint8_t *item);
/* How many items an array has. */
uint32_t mote_count(const uint8_t *array);
/* What is behind its head: the first item of an array, the bytes of a string. */
const uint8_t *mote_inside(const uint8_t *item);
/* The item behind it. */
const uint8_t *mote_next(const uint8_t *item);
/* The bytes of a string. */
mote_bytes_t mote_string(const uint8_t *item);
/* The value of a key of one byte in a map; null when it is not there. */
const uint8_t *mote_field(const uint8_t *map, uint8_t key);

#endif
