#include "portable/reduce.h"

/* Largest or smallest of int64_t elements. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t largest; /* 1: maximum; 0: minimum */
} mote_reduce_extremum_s64_t;

MOTE_KERNEL void mote_reduce_extremum_s64(const mote_reduce_extremum_s64_t *p, const int64_t *x, int64_t *y) {
  MOTE_KEPT(p, base, o) {
    int64_t best = p->largest != 0 ? INT64_MIN : INT64_MAX;
    MOTE_REDUCED(p, base, at) {
      if (p->largest != 0 ? x[at] > best : x[at] < best) {
        best = x[at];
      }
    }
    y[o] = best;
  }
}
