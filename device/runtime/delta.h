/* Payloads that travel as a delta: section 5 of docs/spec/inference-module.md. */
#ifndef MOTE_DELTA_H
#define MOTE_DELTA_H

#include "runtime/cbor.h"

/* Whether deltas are taken; 0 leaves out what they need. */
#ifndef MOTE_DELTAS
#define MOTE_DELTAS 1
#endif

/* A delta that is being applied. The base is read in flash, and so is what was made: this is all of the RAM. */
typedef struct {
  mote_bytes_t base;
  uint32_t number;   /* that is being read */
  uint32_t left;     /* bytes of the segment */
  uint32_t cursor;   /* in the base */
  uint32_t count;    /* bytes that the operation still makes */
  uint32_t distance; /* at which it repeats */
  uint16_t folded;   /* a difference that is being read */
  uint8_t step;
  uint8_t operation;
  uint8_t shift;   /* of the number's next bits */
  uint8_t rice;    /* low bits of a difference */
  uint8_t waiting; /* bits that are still to come behind the ones, or STILL_ONES */
} mote_delta_t;

#endif
