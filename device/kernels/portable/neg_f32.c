#include "portable/common.h"

/* The negative. */
typedef struct {
  int32_t count; /* elements */
} mote_neg_f32_t;

MOTE_KERNEL void mote_neg_f32(const mote_neg_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = -x[i];
  }
}
