#include <math.h>

#include "portable/common.h"

/* Limits to a range, whose ends may be INFINITY; NaN stays. */
typedef struct {
  int32_t count; /* elements */
  float low;
  float high;
} mote_clip_f32_t;

MOTE_KERNEL void mote_clip_f32(const mote_clip_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = x[i] > p->high ? p->high : (x[i] < p->low ? p->low : x[i]);
  }
}
