#include "portable/common.h"

/* Any function of one int8, tabulated: the table holds its value for 0 to 127, then -128 to -1. */
typedef struct {
  int32_t count; /* elements */
} mote_lookup_s8_t;

MOTE_KERNEL void mote_lookup_s8(const mote_lookup_s8_t *p, const int8_t *x, const int8_t *table, int8_t *y) {
  int32_t i = 0;
  for (; i < (p->count & ~3); i += 4) {
    y[i] = table[(uint8_t)x[i]];
    y[i + 1] = table[(uint8_t)x[i + 1]];
    y[i + 2] = table[(uint8_t)x[i + 2]];
    y[i + 3] = table[(uint8_t)x[i + 3]];
  }
  for (; i < p->count; i++) {
    y[i] = table[(uint8_t)x[i]];
  }
}
