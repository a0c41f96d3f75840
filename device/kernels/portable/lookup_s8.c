#include "portable/common.h"

/* Any function of one int8, tabulated: the table holds its value for 0 … 127, -128 … -1. */
typedef struct {
  int32_t count; /* elements */
} mote_lookup_s8_t;

MOTE_KERNEL void mote_lookup_s8(const mote_lookup_s8_t *p, const int8_t *x, const int8_t *table, int8_t *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = table[(uint8_t)x[i]];
  }
}
