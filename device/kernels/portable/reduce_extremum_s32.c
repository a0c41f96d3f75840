#include "portable/reduce.h"

/* Largest or smallest of int32_t elements. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t largest; /* 1: maximum; 0: minimum */
} mote_reduce_extremum_s32_t;

MOTE_KERNEL void mote_reduce_extremum_s32(const mote_reduce_extremum_s32_t *p, const int32_t *x, int32_t *y) {
  MOTE_KEPT(p, base, o) {
    int32_t best = p->largest != 0 ? INT32_MIN : INT32_MAX;
    MOTE_REDUCED(p, base, at) {
      if (p->largest != 0 ? x[at] > best : x[at] < best) {
        best = x[at];
      }
    }
    y[o] = best;
  }
}
