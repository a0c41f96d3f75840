/* Weights in a prefix code; the format is described in docs/reference/weights.md. */
#ifndef MOTE_UNPACK_H
#define MOTE_UNPACK_H

#include "portable/common.h"

#define MOTE_LONGEST_CODE 12

/* What is left of a code. Bits wait in the window, the next one highest. Code words of length `shortest + k` are those that
 * make the window at most last[k] (and that are no shorter); their bits plus offsets[k] number the value. */
typedef struct {
  const uint8_t *next;  /* first byte that was not read */
  const int8_t *values; /* the values in the order of their code words; null: 0, -1, 1, -2, 2, ... */
  uint32_t window;
  int32_t held;         /* bits in the window */
  int32_t shortest;     /* bits of a code word */
  int32_t longest;
  uint32_t last[MOTE_LONGEST_CODE];
  int32_t offsets[MOTE_LONGEST_CODE];
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
    const int32_t k = length - shortest;
    u->offsets[k] = number - word;
    word += counts[length];
    number += counts[length];
    u->last[k] = length < longest ? ((uint32_t)word << (32 - length)) - 1u : UINT32_MAX;
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
    int32_t length = shortest;
    const uint32_t *last = u->last;
    int32_t number;
    while (held < longest) {
      window |= (uint32_t)*next++ << (24 - held);
      held += 8;
    }
    while (window > *last) {
      ++last;
      ++length;
    }
    number = (int32_t)(window >> (32 - length)) + u->offsets[length - shortest];
    window <<= length;
    held -= length;
    *out++ = (int8_t)(values != NULL ? values[number] : (number >> 1) ^ -(number & 1));
  }
  u->next = next;
  u->window = window;
  u->held = held;
}

#endif
