#include "portable/reduce.h"

/* Largest or smallest of int8_t elements. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t largest; /* 1: maximum; 0: minimum */
} mote_reduce_extremum_s8_t;

MOTE_KERNEL void mote_reduce_extremum_s8(const mote_reduce_extremum_s8_t *p, const int8_t *x, int8_t *y) {
  MOTE_KEPT(p, base, o) {
    int8_t best = p->largest != 0 ? INT8_MIN : INT8_MAX;
    MOTE_REDUCED(p, base, at) {
      if (p->largest != 0 ? x[at] > best : x[at] < best) {
        best = x[at];
      }
    }
    y[o] = best;
  }
}
