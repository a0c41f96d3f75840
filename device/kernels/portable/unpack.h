/* Weights in a prefix code; the format is described in docs/reference/weights.md. */
#ifndef MOTE_UNPACK_H
#define MOTE_UNPACK_H

#include "portable/common.h"

#define MOTE_LONGEST_CODE 12
#define MOTE_SHORT_CODE 5 /* bits that are looked up in a table */

/* What is left of a code. Bits wait in the window, the next one highest. Code words of a length: those that make the window
 * at most `last` (and that are no shorter); their bits plus `offset` number the value. */
typedef struct {
  const uint8_t *next;  /* first byte that was not read */
  const int8_t *values; /* the values in the order of their code words; null: 0, -1, 1, -2, 2, ... */
  uint32_t window;
  int32_t held;         /* bits in the window */
  int32_t shortest;     /* bits of a code word */
  int32_t longest;
  uint32_t last[MOTE_LONGEST_CODE]; /* of code words from the shortest on */
  int16_t offset[MOTE_LONGEST_CODE];
  uint16_t words[1 << MOTE_SHORT_CODE]; /* for the highest bits of the window: 256 * bits of the code word, and its value as
                                           a byte; for longer ones the place of their lengths in `last` */
} mote_unpack_t;

MOTE_INTERNAL uint8_t mote_unpack_value(const int8_t *values, int32_t number) {
  return (uint8_t)(values != NULL ? values[number] : (number >> 1) ^ -(number & 1));
}

/* code: lengths of the shortest and the longest code words; number of listed values, 0 for those around 0; for each length
 * the number of code words; the listed values; the code words, first bit highest. */
MOTE_SHARED void mote_unpack_begin(mote_unpack_t *u, const uint8_t *code) {
  const int32_t shortest = code[0];
  const int32_t longest = code[1];
  const int32_t listed = code[2];
  const uint8_t *const counts = code + 3 - shortest;
  uint16_t *entry = u->words;
  uint16_t *const end = entry + (1 << MOTE_SHORT_CODE);
  int32_t word = 0; /* the next code word */
  int32_t number = 0;
  u->next = counts + longest + 1;
  u->values = listed != 0 ? (const int8_t *)u->next : NULL;
  u->next += listed;
  for (int32_t length = shortest; length <= longest; ++length) {
    u->offset[length - shortest] = (int16_t)(number - word);
    for (int32_t i = 0; i < counts[length] && length <= MOTE_SHORT_CODE; ++i) {
      const uint16_t value = (uint16_t)(length << 8 | mote_unpack_value(u->values, number + i));
      for (int32_t same = 1 << (MOTE_SHORT_CODE - length); same > 0; --same) {
        *entry++ = value;
      }
    }
    word += counts[length];
    number += counts[length];
    u->last[length - shortest] = length < longest ? ((uint32_t)word << (32 - length)) - 1u : UINT32_MAX;
    word *= 2;
  }
  while (entry != end) {
    *entry++ = (uint16_t)(shortest > MOTE_SHORT_CODE ? 0 : MOTE_SHORT_CODE + 1 - shortest);
  }
  u->shortest = shortest;
  u->longest = longest;
  u->window = 0;
  u->held = 0;
}

/* The next `count` values, all of four bits: two in a byte. */
MOTE_INTERNAL void mote_unpack_halves(mote_unpack_t *u, int8_t *out, int32_t count) {
  const uint8_t *next = u->next;
  const int8_t *const values = u->values;
  if (count > 0 && u->held != 0) {
    *out++ = values[u->window >> 28];
    --count;
    u->held = 0;
  }
  for (; count > 1; count -= 2) {
    const int32_t both = *next++;
    *out++ = values[both >> 4];
    *out++ = values[both & 15];
  }
  if (count > 0) {
    u->window = (uint32_t)*next++ << 24;
    *out = values[u->window >> 28];
    u->window <<= 4;
    u->held = 4;
  }
  u->next = next;
}

/* The next `count` values. Reads no byte behind the one that holds bit `longest` of the last code word. */
MOTE_SHARED void mote_unpack(mote_unpack_t *u, int8_t *out, int32_t count) {
  const uint8_t *next = u->next;
  const int32_t longest = u->longest;
  uint32_t window = u->window;
  int32_t held = u->held;
  int8_t *const end = out + count;
  if (u->shortest == 4 && longest == 4 && u->values != NULL) {
    mote_unpack_halves(u, out, count);
    return;
  }
  while (out != end) {
    int32_t entry;
    int32_t length;
    while (held < longest) {
      window |= (uint32_t)*next++ << (24 - held);
      held += 8;
    }
    entry = u->words[window >> (32 - MOTE_SHORT_CODE)];
    length = entry >> 8;
    if (length == 0) {
      while (window > u->last[entry]) {
        ++entry;
      }
      length = u->shortest + entry;
      entry = mote_unpack_value(u->values, (int32_t)(window >> (32 - length)) + u->offset[entry]);
    }
    window <<= length;
    held -= length;
    *out++ = (int8_t)(uint8_t)entry;
  }
  u->next = next;
  u->window = window;
  u->held = held;
}

#endif
