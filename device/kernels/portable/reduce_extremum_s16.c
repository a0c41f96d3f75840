#include "portable/reduce.h"

/* Largest or smallest of int16_t elements. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t largest; /* 1: maximum; 0: minimum */
} mote_reduce_extremum_s16_t;

MOTE_KERNEL void mote_reduce_extremum_s16(const mote_reduce_extremum_s16_t *p, const int16_t *x, int16_t *y) {
  MOTE_KEPT(p, base, o) {
    int16_t best = p->largest != 0 ? INT16_MIN : INT16_MAX;
    MOTE_REDUCED(p, base, at) {
      if (p->largest != 0 ? x[at] > best : x[at] < best) {
        best = x[at];
      }
    }
    y[o] = best;
  }
}
