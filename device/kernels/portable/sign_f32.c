#include "portable/common.h"

/* Sign of x: -1, 0 or 1; x itself where that is no number. */
typedef struct {
  int32_t count; /* elements */
} mote_sign_f32_t;

MOTE_KERNEL void mote_sign_f32(const mote_sign_f32_t *p, const float *x, float *y) {
  for (int32_t i = 0; i < p->count; i++) {
    y[i] = x[i] > 0.0f ? 1.0f : (x[i] < 0.0f ? -1.0f : x[i]);
  }
}
