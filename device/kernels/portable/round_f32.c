#include <math.h>

#include "portable/common.h"

/* The nearest integer, ties to even. */
typedef struct {
  int32_t count; /* elements */
} mote_round_f32_t;

MOTE_KERNEL void mote_round_f32(const mote_round_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = rintf(x[i]);
  }
}
