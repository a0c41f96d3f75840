/* Weights in a prefix code; the format is described in docs/reference/weights.md. */
#ifndef MOTE_UNPACK_H
#define MOTE_UNPACK_H

#include "portable/common.h"

#define MOTE_LONGEST_CODE 12

/* Code words of one length: those that make the window at most `last` (and that are no shorter); their bits plus `offset`
 * number the value. */
typedef struct {
  uint32_t last;
  int32_t offset;
} mote_code_length_t;

/* What is left of a code. Bits wait in the window, the next one highest. */
typedef struct {
  const uint8_t *next;  /* first byte that was not read */
  const int8_t *values; /* the values in the order of their code words; null: 0, -1, 1, -2, 2, ... */
  uint32_t window;
  int32_t held;         /* bits in the window */
  int32_t shortest;     /* bits of a code word */
  int32_t longest;
  mote_code_length_t lengths[MOTE_LONGEST_CODE]; /* from the shortest on */
} mote_unpack_t;

/* code: lengths of the shortest and the longest code words; number of listed values, 0 for those around 0; for each length
 * the number of code words; the listed values; the code words, first bit highest. */
MOTE_SHARED void mote_unpack_begin(mote_unpack_t *u, const uint8_t *code) {
  const int32_t shortest = code[0];
  const int32_t longest = code[1];
  const int32_t listed = code[2];
  const uint8_t *const counts = code + 3 - shortest;
  int32_t word = 0; /* the next code word */
  int32_t number = 0;
  for (int32_t length = shortest; length <= longest; ++length) {
    mote_code_length_t *const entry = &u->lengths[length - shortest];
    entry->offset = number - word;
    word += counts[length];
    number += counts[length];
    entry->last = length < longest ? ((uint32_t)word << (32 - length)) - 1u : UINT32_MAX;
    word *= 2;
  }
  u->next = counts + longest + 1;
  u->values = listed != 0 ? (const int8_t *)u->next : NULL;
  u->next += listed;
  u->shortest = shortest;
  u->longest = longest;
  u->window = 0;
  u->held = 0;
}

/* The next `count` values. Reads no byte behind the one that holds bit `longest` of the last code word. */
MOTE_SHARED void mote_unpack(mote_unpack_t *u, int8_t *out, int32_t count) {
  const uint8_t *next = u->next;
  const int8_t *const values = u->values;
  const int32_t longest = u->longest;
  const int32_t shortest = u->shortest;
  uint32_t window = u->window;
  int32_t held = u->held;
  int8_t *const end = out + count;
  while (out != end) {
    const mote_code_length_t *entry = u->lengths;
    int32_t length;
    int32_t number;
    while (held < longest) {
      window |= (uint32_t)*next++ << (24 - held);
      held += 8;
    }
    do {
      ++entry;
    } while (window > entry[-1].last);
    --entry;
    length = shortest + (int32_t)(entry - u->lengths);
    number = (int32_t)(window >> (32 - length)) + entry->offset;
    window <<= length;
    held -= length;
    *out++ = (int8_t)(values != NULL ? values[number] : (number >> 1) ^ -(number & 1));
  }
  u->next = next;
  u->window = window;
  u->held = held;
}

#endif
