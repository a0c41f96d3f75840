#include <float.h>

#include "portable/reduce.h"

/* Largest or smallest of float elements. */
typedef struct {
  MOTE_REDUCE_FIELDS;
  int32_t largest; /* 1: maximum; 0: minimum */
} mote_reduce_extremum_f32_t;

MOTE_KERNEL void mote_reduce_extremum_f32(const mote_reduce_extremum_f32_t *p, const float *x, float *y) {
  MOTE_KEPT(p, base, o) {
    float best = p->largest != 0 ? -FLT_MAX : FLT_MAX;
    MOTE_REDUCED(p, base, at) {
      if (p->largest != 0 ? x[at] > best : x[at] < best) {
        best = x[at];
      }
    }
    y[o] = best;
  }
}
