#include "portable/broadcast.h"

/* The smaller or larger of two int8 elements; both operands and the result have one quantization. */
typedef struct {
  MOTE_BROADCAST_FIELDS;
  int32_t largest; /* 1: maximum; 0: minimum */
} mote_extremum_s8_t;

MOTE_KERNEL int8_t mote_extremum_s8_element(const mote_extremum_s8_t *p, int8_t u, int8_t v) {
  return (p->largest != 0 ? u > v : u < v) ? u : v;
}

MOTE_KERNEL void mote_extremum_s8(const mote_extremum_s8_t *p, const int8_t *x, const int8_t *y, int8_t *z) {
  MOTE_BINARY(int8_t, int8_t, mote_extremum_s8_element)
}
