#include "portable/common.h"

/* The square. */
typedef struct {
  int32_t count; /* elements */
} mote_square_f32_t;

MOTE_KERNEL void mote_square_f32(const mote_square_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = x[i] * x[i];
  }
}
