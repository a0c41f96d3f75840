#include "portable/broadcast.h"

/* The smaller or larger of two int16 elements; both operands and the result have one quantization. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t largest; /* 1: maximum; 0: minimum */
} mote_extremum_s16_t;

MOTE_KERNEL int16_t mote_extremum_s16_element(const mote_extremum_s16_t *p, int16_t u, int16_t v) {
  return (p->largest != 0 ? u > v : u < v) ? u : v;
}

MOTE_KERNEL void mote_extremum_s16(const mote_extremum_s16_t *p, const int16_t *x, const int16_t *y, int16_t *z) {
  MOTE_BINARY(int16_t, int16_t, mote_extremum_s16_element)
}
